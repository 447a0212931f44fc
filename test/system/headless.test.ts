import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../core/io/clock.ts';
import { systemRandom } from '../../core/io/random.ts';
import { tcpListeners } from '../../core/io/tcp.ts';
import { STOP_GRACE_MS } from '../../core/miner/mining-control.ts';
import { defaultSettings } from '../../core/miner/settings.ts';
import { startPractice } from '../../core/practice/practice.ts';
import { HearthProcess, inHistory, LAUNCHER, temporaryFolder } from './hearth-process.ts';

let folder: ReturnType<typeof temporaryFolder>;
const running: HearthProcess[] = [];

function hearth(...args: string[]): HearthProcess {
  const started = new HearthProcess(args);
  running.push(started);
  return started;
}
const practice = (...args: string[]) => hearth('--headless', '--practice', '--threads', '1', '--data', folder.path, ...args);
const accepted = ({ events }: HearthProcess) => events.filter(({ type }) => type === 'share-accepted').length;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map(({ exited }) => exited));
  running.length = 0;
  folder.remove();
});

test('one accepted practice share ends it with 0, and the share is in the history', async () => {
  const process = practice('--shares', '1', '--json');
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(process.events[0]).toMatchObject({ type: 'started', practice: true });
  expect(process.events.at(-1)).toMatchObject({ type: 'ended', accepted: expect.any(Number) });
  expect(process.stderr).toBe('');
  const rows = inHistory(folder.path, (store) => store.shares(9e15, 100));
  expect(rows.filter(({ outcome }) => outcome === 'accepted').length).toBe(process.events.at(-1)?.['accepted']);
  expect(rows[0]).toMatchObject({ sourceId: 'practice', deviceId: 'processor', practice: true });
});

test('lines for people mark practice, say how private the way is, and carry no control characters', async () => {
  const process = practice('--shares', '3');
  await process.exited;
  expect(process.stdout).toMatch(/PRACTICE: a simulated chain on this computer, it earns nothing\./);
  expect(process.stdout).toMatch(/Connected to Practice: encrypted, key checked, 127\.0\.0\.1:\d+\./);
  expect(process.stdout).toMatch(/Ended\. \d+ shares accepted, 0 refused\. PRACTICE: they earned nothing\./);
  expect(process.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it cleanly with 0 and leaves no pending share behind', async (signal) => {
  const process = practice('--json');
  await process.until((now) => accepted(now) > 2);
  process.child.kill(signal);
  expect(await process.exited).toEqual({ code: 0, signal: null });
  const outcomes = inHistory(folder.path, (store) => store.shares(9e15, 1_000).map(({ outcome }) => outcome));
  expect(outcomes.length).toBeGreaterThan(2);
  expect(outcomes).not.toContain('pending');
});

test('stopping waits for the pool’s last answers, but only for so long; a second Ctrl-C does not wait', async () => {
  const acks = { batch: 100_000, withinMs: 3_600_000 }; // a pool that never answers
  const pool = await startPractice({
    listeners: tcpListeners,
    clock: systemClock,
    random: systemRandom,
    log: { write: () => {} },
    options: { policy: { acks } },
  });
  const silent = () => hearth('--headless', '--pool', pool.url, '--user', 'x', '--threads', '1', '--json', '--data', folder.path);
  const sent = ({ events }: HearthProcess) => events.some(({ type }) => type === 'share-found');
  const patient = silent();
  await patient.until(sent);
  const began = performance.now();
  patient.child.kill('SIGINT');
  expect((await patient.exited).code).toBe(0);
  expect(performance.now() - began).toBeGreaterThan(STOP_GRACE_MS - 100);
  expect(inHistory(folder.path, (store) => store.shares(9e15, 1_000)).some(({ outcome }) => outcome === 'unanswered')).toBe(true);
  const hasty = silent();
  await hasty.until(sent);
  hasty.child.kill('SIGINT');
  await hasty.until(({ events }) => events.some(({ type }) => type === 'note'));
  hasty.child.kill('SIGINT');
  expect(await hasty.exited).toEqual({ code: 130, signal: null });
  await pool.stop();
});

test('ended before its shares were reached is a failure', async () => {
  const process = practice('--json', '--shares', '1000000');
  await process.until((now) => accepted(now) > 0);
  process.child.kill('SIGINT');
  expect((await process.exited).code).toBe(1);
});

test('killed at any moment, every share the pool accepted is in the history, and the next run goes on', async () => {
  const counts: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const process = practice('--json');
    await process.until((now) => accepted(now) > 2 + round);
    process.child.kill('SIGKILL');
    await process.exited;
    const told = process.events.filter(({ type }) => type === 'share-accepted').length;
    const rows = inHistory(folder.path, (store) => store.shares(9e15, 5_000));
    expect(rows.length).toBeGreaterThanOrEqual((counts.at(-1) ?? 0) + told);
    expect(new Set(rows.map(({ hash }) => hash.join())).size).toBe(rows.length);
    counts.push(rows.length);
  }
  const last = practice('--json', '--shares', '1');
  expect((await last.exited).code).toBe(0);
  expect(inHistory(folder.path, (store) => store.shares(9e15, 5_000)).filter(({ outcome }) => outcome === 'pending')).toEqual([]);
});

/** A Node.js too old for Hearth, if this machine has one. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const version = existsSync(path) ? /^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout)?.[1] : undefined;
  return version !== undefined && Number(version) < 22;
});

test.skipIf(!oldNode)(
  'an old Node.js starts the one that npm install brought, passes signals on, and gives back its exit code',
  async () => {
    const process = new HearthProcess(['--headless', '--practice', '--threads', '1', '--json', '--data', folder.path], undefined, oldNode);
    running.push(process);
    await process.until((now) => accepted(now) > 0);
    process.child.kill('SIGTERM');
    expect(await process.exited).toEqual({ code: 0, signal: null });
    expect(process.events.at(-1)).toMatchObject({ type: 'ended' });
    expect(spawnSync(oldNode as string, [LAUNCHER, '--nonsense']).status).toBe(2);
  },
);

test.skipIf(!oldNode)('when the old launcher is killed the miner ends cleanly by itself', async () => {
  const process = new HearthProcess(['--headless', '--practice', '--threads', '1', '--json', '--data', folder.path], undefined, oldNode);
  running.push(process);
  await process.until((now) => accepted(now) > 0);
  process.child.kill('SIGKILL');
  await process.exited; // its output closes when the miner itself has ended
  expect(process.events.at(-1)).toMatchObject({ type: 'ended' });
});

test('two with one data folder: the second says so and ends with 1, the first goes on', async () => {
  const first = practice('--json');
  await first.until((now) => accepted(now) > 0);
  const second = practice('--json');
  expect((await second.exited).code).toBe(1);
  expect(second.events.at(-2)).toMatchObject({ type: 'failed', code: 'already-running', facts: { pid: first.child.pid } });
  const before = accepted(first);
  await first.until((now) => accepted(now) > before);
});

test('the folder is free again after a kill', async () => {
  const first = practice('--json');
  await first.until((now) => accepted(now) > 0);
  first.child.kill('SIGKILL');
  await first.exited;
  expect((await practice('--json', '--shares', '1').exited).code).toBe(0);
});

test.each([
  [['--headless', '--practice', '--pool', 'x', '--user', 'y'], /--practice and --pool/],
  [['--headless', '--pool', 'stratum2+tcp://127.0.0.1:1'], /--pool needs --user/],
  [['--headless', '--solo', 'http://127.0.0.1:1'], /--solo needs --address/],
  [['--headless', '--practice', '--user', 'x'], /--user needs --pool/],
  [['--headless', '--practice', '--duty', '0'], /--duty/],
  [['--headless', '--practice', '--threads', '1.5'], /--threads/],
  [['--headless', '--practice', '--shares', '0'], /--shares/],
  [['--headless', '--practise'], /practise/],
  [['--headless', '--practice', 'extra'], /extra/],
  [['--practice'], /--headless/],
  [['--headless', '--pool', 'pool.example:3333', '--user', 'x'], /This is not a pool address/],
  [['--headless', '--pool', 'stratum2+tcp://pool.example:3333', '--user', 'x'], /no authority key/],
  [['--headless', '--solo', 'http://127.0.0.1:1', '--address', 'hello'], /not a bitcoin address/],
  [
    ['--headless', '--solo', 'http://127.0.0.1:1', '--address', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', '--rpc-user', 'x'],
    /password/,
  ],
])('a wrong command line %j ends with 2 and one line that says what is wrong', async (args, text) => {
  const process = hearth(...args, '--data', folder.path);
  const { code } = await process.exited;
  expect([code, process.stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(process.stderr).toMatch(text);
  expect(process.stderr).not.toMatch(/at .*\.ts:\d+/);
});

test('help and version go to standard output with 0, also into a pipe that closes', () => {
  for (const option of ['--help', '-h']) {
    const run = spawnSync(process.execPath, [LAUNCHER, option], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('--headless --practice');
    expect(Math.max(...run.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  }
  expect(spawnSync(process.execPath, [LAUNCHER, '-v'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a reader that goes away ends it quietly', async () => {
  const process = practice('--json');
  await process.until((now) => accepted(now) > 0);
  process.child.stdout?.destroy();
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(process.stderr).toBe('');
});

test('without a source and without settings it says what to do, with 2', async () => {
  const process = hearth('--headless', '--data', folder.path);
  expect((await process.exited).code).toBe(2);
  expect(process.stderr).toMatch(/nowhere to mine.*\(no-source\)/);
});

test('without a source it mines what was set up, and a source on the command line leaves that as it was', async () => {
  const settings = { ...defaultSettings(), sources: [{ kind: 'practice', id: 'mine', name: 'My practice' }], welcomed: true };
  const path = join(folder.path, 'settings.json');
  writeFileSync(path, JSON.stringify(settings));
  expect((await practice('--json', '--shares', '1').exited).code).toBe(0);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(settings);
  const process = hearth('--headless', '--json', '--shares', '1', '--data', folder.path);
  expect((await process.exited).code).toBe(0);
  expect(process.events.find(({ type }) => type === 'share-accepted')).toMatchObject({ sourceId: 'mine' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ mining: true, sources: settings.sources });
});

test('damaged settings and a damaged history are set aside, named, and mining starts all the same', async () => {
  writeFileSync(join(folder.path, 'settings.json'), '{"version":1,');
  writeFileSync(join(folder.path, 'history.db'), 'not a database '.repeat(1_000));
  const process = practice('--shares', '1');
  expect((await process.exited).code).toBe(0);
  expect(process.stdout).toMatch(/settings-broken/);
  expect(process.stdout).toMatch(/history-broken.*history\.db\.broken-1/);
  expect(existsSync(join(folder.path, 'history.db.broken-1'))).toBe(true);
});

test.skipIf(process.platform === 'win32')(
  'when the disk takes no more, mining goes on, the fault says so, and the end is clean',
  async () => {
    const KILOBYTES = 60; // room for the empty tables only
    const command = `ulimit -f ${KILOBYTES}; exec "$0" "$@"`;
    const args = [LAUNCHER, '--headless', '--practice', '--threads', '1', '--json', '--shares', '12', '--data', folder.path];
    const run = spawnSync('bash', ['-c', command, process.execPath, ...args], { encoding: 'utf8' });
    const events = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'fault', fault: expect.objectContaining({ code: 'history-not-saved' }) }),
    );
    expect([run.status, events.at(-1)]).toEqual([0, expect.objectContaining({ type: 'ended' })]);
    expect(events.at(-1).accepted).toBeGreaterThanOrEqual(12);
  },
);

test('a data folder that cannot be made is an error with its cause, and 1', async () => {
  writeFileSync(join(folder.path, 'file'), '');
  const process = hearth('--headless', '--practice', '--data', join(folder.path, 'file', 'inside'));
  expect((await process.exited).code).toBe(1);
  expect(process.stderr).toMatch(/may not be written.*\(file-not-writable/);
});

test.skipIf(process.platform === 'win32')('what it writes is readable by its owner alone', async () => {
  await practice('--json', '--shares', '1').exited;
  for (const name of ['history.db', 'hearth.log']) expect([name, statSync(join(folder.path, name)).mode & 0o077]).toEqual([name, 0]);
});

test('a pool that refuses for good ends a run from the command line with 1 and its fault', async () => {
  const process = hearth('--headless', '--json', '--pool', 'stratum2+tcp://127.0.0.1:9', '--user', 'x'.repeat(300), '--data', folder.path);
  expect((await process.exited).code).toBe(1);
  const failed = process.events.find(({ type }) => type === 'failed');
  expect(failed).toMatchObject({ code: 'bad-arguments', facts: { field: 'user', bytes: 300, most: 255 } });
});
