/**
 * Runs in the guest: the app itself, composed as the terminal composes it, with boards on USB. Two things are different:
 * `difficultyOne`, because emulated chips hash at a test difficulty, and nonces are counted on their way from the drivers.
 * Arguments: pool address, user, powers of two by which difficulty 1 is easier, the way to boards that is tried first. Commands of the app's contract come in as
 * JSON lines; what the app shows goes out as JSON lines.
 */
import { createInterface } from 'node:readline';
import { DIFFICULTY_ONE } from '../../../core/bitcoin/chip-difficulty.ts';
import type { CommandArgs, CommandName, Snapshot } from '../../../core/contract.ts';
import { UsbFinder } from '../../../core/devices/usb-finder.ts';
import { compose } from '../../../core/host/compose.ts';
import { systemClock } from '../../../core/io/clock.ts';
import { NodeUsbBus } from '../../../core/io/usb-bus.ts';
import type { Log } from '../../../core/ports.ts';
import { watchStalls } from '../stalls.ts';
import { countedFinder } from './counted-finder.ts';
import { figures } from './figures.ts';
import type { FromHearth, ToHearth } from './hearth-talk.ts';

/** The processor joins the list in the same turn in which the app starts; a guest without one would be a strange guest. */
const PROCESSOR_LIMIT_MS = 60_000;

const [url, user, shift, prefer] = process.argv.slice(2) as [string, string, string, 'usb' | 'serial'];
const say = (line: FromHearth) => void process.stdout.write(`${JSON.stringify(line)}\n`);

for (const signal of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(signal, (error: unknown) =>
    say({ say: 'crash', text: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
}

const log: Log = {
  write: (level, event, facts) => {
    if (level === 'warn' || level === 'error') say({ say: 'log', text: `${level} ${event} ${JSON.stringify(facts ?? {})}` });
  },
};
const difficultyOne = DIFFICULTY_ONE / 2 ** Number(shift);
const nonces = new Map<string, number>();
const bus = new NodeUsbBus({ clock: systemClock, world: { prefer } });
const usb = new UsbFinder({ bus, clock: systemClock, log, difficultyOne });
const { door, stop } = await compose({
  dataPath: '/tmp/hearth',
  version: '0.0.0',
  log,
  difficultyOne,
  finders: [countedFinder(usb, (id) => nonces.set(id, (nonces.get(id) ?? 0) + 1))],
});

async function obey({ id, name, args }: ToHearth): Promise<void> {
  const result = await door.command(name as CommandName, args as CommandArgs<CommandName>);
  say({ say: 'reply', id, result });
}

function tell({ now, devices, accepted, refused, pending, faults, mining }: Snapshot): void {
  const boards = devices.filter(({ kind }) => kind === 'usb');
  say({ say: 'snapshot', now, devices: boards, accepted, refused, pending, faults, mining: mining.at, nonces: Object.fromEntries(nonces) });
}

/** Its share of the guest's one processor belongs to USB. */
async function restProcessor(): Promise<void> {
  const id = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('no processor')), PROCESSOR_LIMIT_MS);
    const unwatch = door.watch(
      ({ devices }) => {
        const processor = devices.find(({ kind }) => kind === 'processor');
        if (processor === undefined) return;
        clearTimeout(limit);
        resolve(processor.id);
        setImmediate(() => unwatch());
      },
      () => {},
    );
  });
  await door.command('device.configure', { id, settings: { paused: true } });
}

watchStalls((ms) => say({ say: 'stall', ms }));
await restProcessor();
/** Shares are many, and counted in snapshots. */
const isSilent = (type: string) => type === 'share-found' || type === 'share-accepted';
door.watch(tell, (event) => {
  if (!isSilent(event.type)) say({ say: 'event', event });
});
const source = { kind: 'pool', id: 'bench', name: 'Bench', url, user, channel: 'extended' } as const;
const finished = await door.command('welcome.finish', { source });
say({ say: 'mining', ok: finished.ok });
createInterface({ input: process.stdin }).on('line', (line) => void obey(JSON.parse(line) as ToHearth));
process.on('SIGUSR2', () => say({ say: 'figures', ...figures() }));
process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
