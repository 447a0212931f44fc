/**
 * `npm run bench -- [--only NAME] [--idle-minutes N] [--window-minutes N]`: measures, and prints one line a measurement with what it was compared
 * with in the same run, the goal, and whether it is met. Benches inform: only a crash ends with another code than 0.
 */
// As Hearth itself is started: the sizes of the heap are part of what is measured.
import '../../core/host/engine.cjs';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { hashing } from './hashing.ts';
import { idle } from './idle.ts';
import type { Line } from './line.ts';
import { prevhash } from './prevhash.ts';
import { sharePath } from './share-path.ts';
import { start } from './start.ts';
import { table } from './table.ts';
import { traffic } from './traffic.ts';
import { usbCpu, usbFeed, usbPath, usbPrevhash } from './usb.ts';
import { window } from './window.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    'idle-minutes': { type: 'string', default: '10' },
    'window-minutes': { type: 'string', default: '1' },
  },
});

/** Each leaves the processor to the next; the longest comes last. */
const benches: Readonly<Record<string, () => Promise<Line[]>>> = {
  prevhash,
  'share-path': sharePath,
  traffic: async () => traffic(),
  start,
  hashing,
  'usb-cpu': usbCpu,
  'usb-path': usbPath,
  'usb-prevhash': usbPrevhash,
  'usb-feed': usbFeed,
  window: () => window(Number(values['window-minutes'])),
  idle: () => idle(Number(values['idle-minutes'])),
};

async function main(): Promise<number> {
  if (!(Number(values['idle-minutes']) > 0)) return wrong('--idle-minutes is a number of minutes');
  const chosen = values.only === undefined ? Object.keys(benches) : [values.only];
  let code = 0;
  for (const name of chosen) {
    const bench = benches[name];
    if (bench === undefined) return wrong(`there is no bench ${name}; there are ${Object.keys(benches).join(', ')}`);
    if (!(await tell(name, bench))) code = 1;
  }
  return code;
}

/** False when it crashed; the others go on. */
async function tell(name: string, bench: () => Promise<Line[]>): Promise<boolean> {
  const before = load();
  try {
    const lines = await bench();
    process.stdout.write(`${name} (load ${before} before, ${load()} after, ${availableParallelism()} processors)\n${table(lines)}\n\n`);
    return true;
  } catch (error) {
    process.stderr.write(`${name} crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return false;
  }
}

/** Processes that wanted to run, on average over the last minute. */
function load(): string {
  return (loadavg()[0] ?? 0).toFixed(2);
}

function wrong(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

process.exitCode = await main();
