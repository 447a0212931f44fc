/** Log lines and the rotating file. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileLog, lineLog } from '../../core/io/log.ts';
import { logLine } from '../../core/io/log-line.ts';
import type { Clock } from '../../core/ports.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const clock: Clock = { now: () => AT, monotonic: () => 0, after: () => () => {} };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['plain facts', { code: 'dial-timeout', port: 3333, on: true }, 'code=dial-timeout port=3333 on=true'],
  ['undefined facts are left out', { a: undefined, b: null }, 'b=null'],
  ['text with spaces is quoted', { text: 'no route' }, 'text="no route"'],
  ['a forged line break stays inside its line', { text: 'a\n2026 error b\u2028' }, 'text="a\\n2026 error b\\u{2028}"'],
  ['text that turns reading direction is escaped', { text: 'a\u202eb' }, 'text="a\\u{202e}b"'],
  ['bytes are counted, not shown', { bytes: new Uint8Array(32) }, 'bytes="32 bytes"'],
  ['large numbers pass', { satoshi: 5n, nested: { value: 7n } }, 'satoshi=5 nested="{\\"value\\":\\"7\\"}"'],
])('a line of %s', (_, facts, text) => {
  expect(logLine(AT, 'info', 'some event', facts)).toBe(`2026-11-20T10:00:00.000Z info some-event ${text}`);
});

test.each([
  { password: 'hunter2' },
  { rpcPassword: 'hunter2' },
  { nested: { secretKey: 'hunter2' } },
  { url: 'http://user:hunter2@127.0.0.1:8332' },
  { text: '__cookie__:hunter2' },
  { header: 'Basic aHVudGVyMmh1bnRlcjI=' },
  { cause: new Error('401 for http://me:hunter2@node/') },
])('a secret never reaches a line: %o', (facts) => {
  const line = logLine(AT, 'info', 'x', facts);
  expect(line).not.toMatch(/hunter2|aHVudGVyMm/);
  expect(line).toContain('***');
});

test('a line has a limit', () => {
  const facts = Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`fact${number}`, 'x'.repeat(10_000)]));
  expect(logLine(AT, 'info', 'x', facts).length).toBe(4_000);
});

test('lines below the level are not written', () => {
  const lines: string[] = [];
  const log = lineLog(clock, (line) => lines.push(line), 'warn');
  log.write('info', 'quiet');
  log.write('error', 'loud');
  expect(lines).toEqual(['2026-11-20T10:00:00.000Z error loud']);
});

test('the file rotates by size and keeps a fixed number of old ones, newest first', async () => {
  const path = join(folder, 'deeper', 'hearth.log');
  const log = fileLog({ path, clock, maxBytes: 100, keep: 2 });
  for (let number = 0; number < 12; number += 1) {
    log.write('info', `event-${number}`, { pad: 'x'.repeat(30) });
    await log.flush();
  }
  expect((await readdir(join(folder, 'deeper'))).sort()).toEqual(['hearth.log', 'hearth.log.1', 'hearth.log.2']);
  expect(await readFile(path, 'utf8')).toContain('event-11');
  expect(await readFile(`${path}.1`, 'utf8')).toContain('event-9');
  expect(await readFile(`${path}.2`, 'utf8')).toContain('event-7');
});

test('lines that could not be written are counted, and told when writing works again', async () => {
  const path = join(folder, 'hearth.log');
  const { mkdir } = await import('node:fs/promises');
  await mkdir(path); // a folder in the way
  const log = fileLog({ path, clock });
  log.write('info', 'lost');
  await log.flush();
  await rm(path, { recursive: true });
  log.write('info', 'kept');
  await log.flush();
  expect(await readFile(path, 'utf8')).toBe('2026-11-20T10:00:00.000Z warn log-lines-lost count=1\n2026-11-20T10:00:00.000Z info kept\n');
});
