/**
 * Runs in the guest: the app's own finder and boards over the real bus, fed with endless work, without the rest of the app.
 * Arguments: the way that is tried first (`usb` or `serial`), powers of two by which difficulty 1 is easier. What happens goes
 * out as JSON lines; `look` on standard input asks for the figures, `end` for the end.
 */
import { createInterface } from 'node:readline';
import { DIFFICULTY_ONE, isChipHash } from '../../../core/bitcoin/chip-difficulty.ts';
import { hashHeader } from '../../../core/bitcoin/header.ts';
import type { Device, DeviceEvent, FoundNonce, Work } from '../../../core/devices/device.ts';
import { UsbFinder } from '../../../core/devices/usb-finder.ts';
import { systemClock } from '../../../core/io/clock.ts';
import { NodeUsbBus } from '../../../core/io/usb-bus.ts';
import { figures } from './figures.ts';

const BIP320 = 0x1fffe000;
const [prefer, shift] = process.argv.slice(2) as ['usb' | 'serial', string];
const difficultyOne = DIFFICULTY_ONE / 2 ** Number(shift);
const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const counts = new Map<string, { good: number; bad: number }>();
/** Only those that are here: what has left must be free to go. */
const running = new Map<Device, string>();
let works = 0;
let crashes = 0;

for (const signal of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(signal, (error: unknown) => {
    crashes += 1;
    say({ say: 'crash', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
}

function nextWork(device: Device): Work {
  works += 1;
  const header = new Uint8Array(80);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x20000000, true);
  view.setUint32(36, works, true); // another merkle root each time: never the same search twice
  view.setUint32(68, Math.floor(Date.now() / 1000), true);
  view.setUint32(72, 0x1d00ffff, true);
  return { id: works, header, versionMask: BIP320 & device.identity.versionMask, ntimeRolls: 0, target: new Uint8Array(32).fill(0xff) };
}

/** Judged from the header alone: nothing of the drivers decides what a good answer is. */
function isGood({ work, nonce, version, ntime }: FoundNonce): boolean {
  const header = work.header.slice();
  const view = new DataView(header.buffer);
  view.setUint32(0, version, true);
  view.setUint32(68, ntime, true);
  view.setUint32(76, nonce, true);
  return isChipHash(hashHeader(header), difficultyOne);
}

function hear(device: Device, event: DeviceEvent): void {
  const { id } = device.identity;
  const count = counts.get(id) ?? { good: 0, bad: 0 };
  counts.set(id, count);
  if (event.type === 'nonce') count[isGood(event.found) ? 'good' : 'bad'] += 1;
  if (event.type === 'hardware-error') count.bad += 1;
  if (event.type === 'fault') say({ say: 'fault', id, fault: event.fault });
  if (event.type !== 'state') return;
  running.set(device, event.state.at);
  say({ say: 'state', id, at: event.state.at });
  if (event.state.at === 'gone') running.delete(device);
}

function look(): void {
  say({
    say: 'look',
    counts: Object.fromEntries(counts),
    states: Object.fromEntries([...running].map(([{ identity }, at]) => [identity.id, at])),
    sights: finder.eyes.now().sights,
    ...figures(),
    cpu: process.cpuUsage(),
    crashes,
  });
}

const bus = new NodeUsbBus({ clock: systemClock, world: { prefer } });
const finder = new UsbFinder({
  bus,
  clock: systemClock,
  difficultyOne,
  log: { write: (level, event, facts) => say({ say: 'log', level, event, facts }) },
});
await finder.start((device) => {
  say({ say: 'device', id: device.identity.id, model: device.identity.model, location: device.identity.location });
  running.set(device, 'offered');
  device.start({ next: () => nextWork(device) }, { paused: false }, (event) => hear(device, event));
});
say({ say: 'listening' });

createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'look') look();
  if (line !== 'end') return;
  await finder.stop();
  await Promise.all([...running.keys()].map((device) => device.stop()));
  const { ttys, nodes } = figures();
  say({ say: 'ended', open: ttys.length + nodes });
  process.exit(0);
});
