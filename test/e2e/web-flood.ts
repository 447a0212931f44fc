/**
 * The real page server and door in front of a door that says ten thousand things a second, far more than any miner: for
 * ten seconds after `flood` on standard input, then `{"events":N}` is printed. Snapshots come as the miner sends them.
 */
import { createInterface } from 'node:readline';
import type { Door, EventEntry } from '../../core/contract.ts';
import { serveDoor } from '../../core/host/door-client.ts';
import { systemRandom } from '../../core/io/random.ts';
import { serveWeb } from '../../core/io/web-server.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import { root } from './web-program.ts';

const EVENTS_A_SECOND = 10_000;
const TURN_MS = 10;
const LASTS_MS = 10_000;

const demo = new DemoDoor('mining');
const watchers = new Set<(event: EventEntry) => void>();
const door: Door = {
  command: (name, args) => demo.command(name, args),
  watch(onSnapshot, onEvent) {
    watchers.add(onEvent);
    const unwatch = demo.watch(onSnapshot, onEvent);
    return () => {
      watchers.delete(onEvent);
      unwatch();
    };
  },
};
const print = (line: string) => void process.stdout.write(`${line}\n`);
const server = await serveWeb({
  folder: `${root}dist/renderer`,
  port: 0,
  random: systemRandom,
  onLink: print,
  onClient: (client) => serveDoor(door, client, () => performance.now()),
});

function flood(): void {
  const startedAt = performance.now();
  let events = 0;
  const timer = setInterval(() => {
    const passedMs = performance.now() - startedAt;
    for (; events < (Math.min(passedMs, LASTS_MS) * EVENTS_A_SECOND) / 1000; events += 1) tell(events);
    if (passedMs < LASTS_MS) return;
    clearInterval(timer);
    print(JSON.stringify({ events }));
  }, TURN_MS);
}

function tell(index: number): void {
  const at = Date.now();
  const kinds: readonly EventEntry[] = [
    { type: 'share-found', deviceId: 'gamma', difficulty: index, at },
    { type: 'share-accepted', count: 1, sourceId: 'lantern', total: index, at },
    { type: 'job', sourceId: 'lantern', clean: true, at },
  ];
  for (const watcher of watchers) watcher(kinds[index % kinds.length] as EventEntry);
}

createInterface({ input: process.stdin }).on('line', (line) => line === 'flood' && flood());
process.once('SIGTERM', () => {
  demo.stop();
  void server.close().then(() => process.exit(0));
});
