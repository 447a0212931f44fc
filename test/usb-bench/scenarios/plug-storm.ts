/**
 * Eight boards pulled out and put back at random, a thousand times, while the app's finder drives those that are there: over the
 * real kernel and the real packages. Afterwards every board hashes, the program is the same one, and its memory and files are
 * what they were.
 */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';
import { WatchedFinder } from './watched-finder.ts';

const BOARDS: readonly BoardName[] = ['compac-f', 'compac', 'newpac', '2pac', 'bitaxe-gamma', 'compac-a2', 'r606', 'compac-f'];
/** The chips must cost this machine next to nothing: what it has no time for, they do not find. */
const SHIFT = 28;
const SETTLE_MS = 240_000;
/** What a replug costs and gives back late: strings, buffers of the package. */
const HEAP_GROWTH = 6_000_000;
/** A plug lasts so long at most: some boards hash by then, others are caught in every step of waking up. */
const LONGEST_MS = 400;

export async function plugStorm(bench: Bench, events: number, seed: number, prefer: 'usb' | 'serial', settleMs = SETTLE_MS): Promise<void> {
  const random = seeded(seed);
  const slots = [];
  for (const [index, name] of BOARDS.entries())
    slots.push({ busid: await bench.plugIn(name, { shift: SHIFT, serial: `S${index}` }), isIn: true });
  const finder = new WatchedFinder(bench, prefer, SHIFT);
  const isWhole = ({ states }: { states: Readonly<Record<string, string>> }) =>
    Object.values(states).filter((at) => at === 'hashing').length === BOARDS.length;
  const before = await finder.lookUntil(isWhole, settleMs);
  bench.check('eight boards hash before the storm', isWhole(before), JSON.stringify(before.states));
  for (let event = 0; event < events; event += 1) {
    const slot = slots[Math.floor(random() * slots.length)] as (typeof slots)[number];
    if (slot.isIn) await bench.unplug(slot.busid);
    else await bench.replug(slot.busid);
    slot.isIn = !slot.isIn;
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_MS));
    if (event % 100 === 99) console.log(`${event + 1} events`);
  }
  for (const slot of slots) if (!slot.isIn) await bench.replug(slot.busid);
  const after = await finder.lookUntil(isWhole, settleMs);
  const there = Object.keys(after.states).sort().join();
  bench.check('every board is there, under the id that it had', there === Object.keys(before.states).sort().join(), there);
  bench.check('eight boards hash after the storm', isWhole(after), JSON.stringify(after.states));
  bench.check('the program did not crash', after.crashes === 0);
  bench.check('no file is left open', after.files <= before.files + 2, `${before.files} before, ${after.files} after`);
  bench.check('the memory is what it was', after.heap <= before.heap + HEAP_GROWTH, `${before.heap} before, ${after.heap} after`);
  const end = await finder.end();
  bench.check('it ends cleanly and leaves nothing open', end.code === 0 && JSON.stringify(end.ttys) === '[]', JSON.stringify(end));
}

/** Numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
