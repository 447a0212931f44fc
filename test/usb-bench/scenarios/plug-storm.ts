/**
 * Eight boards pulled out and put back at random, a thousand times, while the app mines with those that are there: over the real
 * kernel and the real packages, at a practice pool. Afterwards every board hashes under the id that it had, the pool's books and
 * the app's history tell of the same shares, the program is the same one, and its memory and files are what they were.
 */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';
import { unlikeLedger } from './ledger.ts';
import { type House, openHouse } from './practice-house.ts';

const BOARDS: readonly BoardName[] = ['compac-f', 'compac', 'newpac', '2pac', 'bitaxe-gamma', 'compac-a2', 'r606', 'compac-f'];
/** The chips must cost this machine next to nothing: what it has no time for, they do not find. */
const SHIFT = 26;
/** Of a share: all boards together find a few a second. */
const DIFFICULTY = 256;
const SETTLE_MS = 240_000;
/** What a replug costs and gives back late, strings and buffers of the package; and what the app remembers of the shares of a run. */
const HEAP_GROWTH = 8_000_000;
/** A plug lasts so long at most: some boards hash by then, others are caught in every step of waking up. */
const LONGEST_MS = 400;

interface Slot {
  readonly busid: string;
  isIn: boolean;
}

export async function plugStorm(bench: Bench, events: number, seed: number, prefer: 'usb' | 'serial', settleMs = SETTLE_MS): Promise<void> {
  const house = await openHouse(bench, { difficulty: DIFFICULTY, shift: SHIFT, prefer });
  try {
    await storm(house, events, seeded(seed), settleMs);
  } finally {
    await house.close();
  }
}

async function storm(house: House, events: number, random: () => number, settleMs: number): Promise<void> {
  const { bench, hearth, practice } = house;
  const slots: Slot[] = [];
  for (const [index, name] of BOARDS.entries())
    slots.push({ busid: await bench.plugIn(name, { shift: SHIFT, serial: `S${index}` }), isIn: true });
  bench.check('eight boards hash before the storm', await allHash(house, settleMs), statesOf(house));
  const ids = idsOf(house);
  const before = await hearth.figures();
  await blow(bench, slots, events, random);
  bench.check('eight boards hash after the storm', await allHash(house, settleMs), statesOf(house));
  bench.check('every board is there, under the id that it had', idsOf(house) === ids, idsOf(house));
  const after = await hearth.figures();
  bench.check('the app did not crash', hearth.exit === undefined && hearth.crashes.length === 0, hearth.crashes.join('\n'));
  const bugs = hearth.events.filter((event) => event.type === 'fault' && event.fault.code === 'internal');
  bench.check('no fault that it told is a bug of its own', bugs.length === 0, JSON.stringify(bugs.slice(0, 3)));
  bench.check('no file is left open', after.files <= before.files + 2, `${before.files} before, ${after.files} after`);
  bench.check('the memory is what it was', after.heap <= before.heap + HEAP_GROWTH, `${before.heap} before, ${after.heap} after`);
  const { accepted, refused, refusals } = practice.stats;
  bench.check('the pool refused no share', refused === 0, JSON.stringify([...refusals]));
  const { lost, invented } = await unlikeLedger(house);
  bench.check(
    'no accepted share is lost, and none made up',
    lost === 0 && invented === 0,
    `${accepted}: ${lost} lost, ${invented} made up`,
  );
  const code = await hearth.stop();
  bench.check('the app ends when it is asked to', code === 0, `exit code ${code}`);
}

async function blow(bench: Bench, slots: readonly Slot[], events: number, random: () => number): Promise<void> {
  for (let event = 0; event < events; event += 1) {
    const slot = slots[Math.floor(random() * slots.length)] as Slot;
    if (slot.isIn) await bench.unplug(slot.busid);
    else await bench.replug(slot.busid);
    slot.isIn = !slot.isIn;
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_MS));
    if (event % 100 === 99) console.log(`${event + 1} events`);
  }
  for (const slot of slots) if (!slot.isIn) await bench.replug(slot.busid);
}

async function allHash({ bench, hearth }: House, limitMs: number): Promise<boolean> {
  const isSo = () => hearth.snapshot?.devices.filter(({ state }) => state === 'hashing').length === BOARDS.length;
  return (await bench.until(() => (isSo() ? true : undefined), limitMs)) ?? false;
}

function idsOf({ hearth }: House): string {
  return (hearth.snapshot?.devices ?? [])
    .map(({ id }) => id)
    .sort()
    .join();
}

function statesOf({ hearth }: House): string {
  return (hearth.snapshot?.devices ?? []).map(({ id, state, detail = '' }) => `${id} ${state} ${detail}`.trim()).join(', ');
}

/** Numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
