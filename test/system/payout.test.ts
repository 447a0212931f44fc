/** Solo through a pool: what does not pay the person is not mined, over a real connection. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SourceSettings } from '../../core/contract.ts';
import { systemClock } from '../../core/io/clock.ts';
import { diskFiles } from '../../core/io/files.ts';
import { nodeHttp } from '../../core/io/http.ts';
import { systemRandom } from '../../core/io/random.ts';
import { tcpDialer, tcpListeners } from '../../core/io/tcp.ts';
import { workSources } from '../../core/miner/work-sources.ts';
import type { SourceEvent, WorkSource } from '../../core/pool/source.ts';
import { type Practice, startPractice } from '../../core/practice/practice.ts';
import { QuietLog } from '../fake/quiet-log.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'; // BIP 173's example program, on regtest
const log = new QuietLog();
const world = {
  clock: systemClock,
  random: systemRandom,
  log,
  files: diskFiles(),
  dialer: tcpDialer,
  http: nodeHttp,
  listeners: tcpListeners,
};
let practice: Practice;
let source: WorkSource | undefined;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-payout-'));
  practice = await startPractice({ listeners: tcpListeners, clock: systemClock, random: systemRandom, log, host: '127.0.0.1' });
});

afterEach(async () => {
  await source?.stop(0);
  await practice.stop();
  rmSync(folder, { recursive: true });
});

async function open(paysUser: boolean): Promise<SourceEvent[]> {
  const settings: SourceSettings = {
    kind: 'pool',
    id: 'pool',
    name: 'Pool',
    url: practice.url,
    user: `${ADDRESS}.w1`,
    channel: 'extended',
    paysUser,
  };
  source = await workSources({ ...world, version: '0', dataPath: folder })(settings, undefined);
  const events: SourceEvent[] = [];
  source.start((event) => events.push(event));
  return events;
}

const states = (events: readonly SourceEvent[]) => events.flatMap((event) => (event.type === 'state' ? [event.state] : []));

test('a pool that pays the person is mined, and the proof says what is theirs', async () => {
  const events = await open(true);
  await expect.poll(() => events.some(({ type }) => type === 'job')).toBe(true);
  expect(source?.proof().payout).toMatchObject({
    kind: 'outputs',
    outputs: expect.arrayContaining([expect.objectContaining({ mine: true })]),
  });
});

test('a pool that pays somebody else gets no work done and is not tried again', async () => {
  practice.faults.payElsewhere(true);
  const events = await open(true);
  await expect.poll(() => states(events).at(-1)?.at).toBe('refused');
  expect(states(events).at(-1)).toMatchObject({ fault: { code: 'payout-mismatch' } });
  expect(events.some(({ type }) => type === 'job')).toBe(false);
});

test('a pool that shares its blocks is mined without that promise', async () => {
  practice.faults.payElsewhere(true);
  const events = await open(false);
  await expect.poll(() => events.some(({ type }) => type === 'job')).toBe(true);
});
