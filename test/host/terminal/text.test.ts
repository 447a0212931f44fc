import { expect, test } from 'vitest';
import type { Snapshot, SourceSnapshot } from '../../../core/contract.ts';
import { type FaultCode, faults } from '../../../core/faults.ts';
import { eventText } from '../../../core/host/terminal/event-text.ts';
import { faultText } from '../../../core/host/terminal/fault-text.ts';
import { Screen, type ScreenOutput } from '../../../core/host/terminal/screen.ts';
import { statusLine } from '../../../core/host/terminal/status-line.ts';
import { clip, plainText, showDifficulty, showHashrate, widthOf } from '../../../core/host/terminal/text.ts';
import { fakeMiner, poolSettings } from '../../fake/fake-miner.ts';

async function snapshot(more: Partial<Snapshot> = {}, source: Partial<SourceSnapshot> = {}): Promise<Snapshot> {
  const fake = await fakeMiner({ settings: { sources: [poolSettings('a', { name: 'Public Pool' })], mining: true } });
  fake.source('a').open();
  const base = fake.snapshot();
  return { ...base, sources: base.sources.map((one) => ({ ...one, ...source })), ...more };
}

test.each([
  [0, '0 H/s'],
  [950, '950 H/s'],
  [1_234, '1.23 kH/s'],
  [12_345_678, '12.3 MH/s'],
  [456e9, '456 GH/s'],
  [1.2e12, '1.20 TH/s'],
])('%d hashes a second read %s', (value, text) => expect(showHashrate(value)).toBe(text));

test('difficulties far below one, as on the practice chain, are not shown as nothing', () => {
  expect([showDifficulty(0.000123456), showDifficulty(0.5), showDifficulty(38_204)]).toEqual(['0.000123', '0.50', '38.2 k']);
});

test('other people’s words cannot move the cursor, colour or hide anything', () => {
  expect(plainText('a\u001b[2Jb\r\nc\u202ed')).toBe('a [2Jb  c d');
  expect(plainText('x'.repeat(500))).toHaveLength(200);
});

test('widths count columns: wide characters two, marks none', () => {
  expect([widthOf('abc'), widthOf('矿池'), widthOf('e\u0301')]).toEqual([3, 4, 1]);
  expect([clip('abcdef', 4), clip('矿池矿池', 5), clip('abc', 3), clip('abc', 0)]).toEqual(['abc…', '矿池…', 'abc', '']);
});

test('the status line says what, for whom and how private, and never takes more columns than there are', async () => {
  const shown = await snapshot({ accepted: 12, refused: 1, bestSession: 612e6, hashesPerSecond: 456e9 });
  expect(statusLine(shown, 200)).toBe('mining · 456 GH/s · 12 accepted, 1 refused · Public Pool (encrypted, key checked) · best 612 M');
  for (let columns = 0; columns < 120; columns += 1) expect(widthOf(statusLine(shown, columns))).toBeLessThanOrEqual(columns);
});

test('what was not proven is not said: each kind of privacy has its own words', async () => {
  const words = async (privacy: SourceSnapshot['privacy']) => statusLine(await snapshot({}, { privacy }), 200);
  expect(await words('encrypted')).toContain('(encrypted, not authenticated)');
  expect(await words('plain')).toContain('(readable by anyone on the path)');
  expect(await words('local')).toContain('(on this computer)');
});

test('practice stands first, also where there is room for nothing else', async () => {
  const shown = await snapshot({ practice: true });
  expect(statusLine(shown, 200)).toMatch(/^PRACTICE · /);
  expect(statusLine(shown, 8)).toBe('PRACTICE');
});

test('a source that waits says when it tries again', async () => {
  const shown = await snapshot();
  const waiting = { state: 'waiting', step: 'tcp', retryAt: shown.now + 4_200 } as const;
  expect(statusLine(await snapshot({}, waiting), 200)).toContain('Public Pool waiting (tcp), next try in 5 s');
});

test('every fault has its sentence, cause, advice and code', () => {
  for (const code of Object.keys(faults) as FaultCode[]) expect(faultText({ code, facts: {} })).toMatch(/^.+ · .+ · .+ \([a-z0-9-]+\)$/);
  expect(faultText({ code: 'dial-timeout', facts: { host: 'pool\u001b[0m' } })).toMatch(/\(dial-timeout, host pool \[0m\)$/);
});

test('events become sentences; those of every second become none', async () => {
  const shown = await snapshot();
  expect(eventText({ type: 'share-accepted', count: 1, sourceId: 'a', total: 7 }, shown)).toBe('Share accepted by Public Pool, 7 in all.');
  const fault = { code: 'connection-refused', about: 'a', facts: {}, since: 0 } as const;
  expect(eventText({ type: 'fault', fault }, shown)).toMatch(/^Public Pool: Nothing answers at this port\. · /);
  expect(eventText({ type: 'share-found', deviceId: 'd', difficulty: 1 }, shown)).toBeUndefined();
  expect(eventText({ type: 'source-state', sourceId: 'a', state: 'open' }, shown)).toBe(
    'Connected to Public Pool: encrypted, key checked, 127.0.0.1:3333.',
  );
  expect(eventText({ type: 'block-found', hash: 'ab', sourceId: 'a', height: 5 }, { ...shown, practice: true })).toBe(
    'Block found! Height 5, ab. PRACTICE: it earns nothing.',
  );
});

class FakeOutput implements ScreenOutput {
  isTTY = true;
  columns = 40;
  writableLength = 0;
  text = '';
  broken: () => void = () => {};
  write(text: string): void {
    this.text += text;
  }
  on(_: 'error', listener: (error: Error) => void): void {
    this.broken = () => listener(new Error('EPIPE'));
  }
}

test('in a terminal lines stay and the status is redrawn below them, without wrapping', () => {
  const output = new FakeOutput();
  const screen = new Screen(output, { NO_COLOR: '1' }, () => {});
  screen.status('x'.repeat(100));
  screen.line('hello');
  screen.end();
  expect(output.text).toBe(`\r\u001b[2K${'x'.repeat(38)}…\r\u001b[2Khello\n${'x'.repeat(38)}…\r\u001b[2K`);
});

test('colour only in a terminal and only where NO_COLOR is not set', () => {
  const colours = (environment: Record<string, string>, isTTY = true) => {
    const output = Object.assign(new FakeOutput(), { isTTY });
    new Screen(output, environment, () => {}).status('mining · fast');
    return output.text.includes('\u001b[1m');
  };
  expect([colours({}), colours({ NO_COLOR: '1' }), colours({ NO_COLOR: '' }), colours({ TERM: 'dumb' }), colours({}, false)]).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

test('without a terminal there is no status and no control character', () => {
  const output = Object.assign(new FakeOutput(), { isTTY: false });
  const screen = new Screen(output, {}, () => {});
  screen.status('mining');
  screen.line('hello');
  screen.end();
  expect(output.text).toBe('hello\n');
});

test('a reader that is gone is told of once and written to no more; a slow one loses lines instead of holding memory', () => {
  const output = new FakeOutput();
  let broken = 0;
  const screen = new Screen(output, {}, () => {
    broken += 1;
  });
  output.writableLength = 1 << 21;
  screen.line('lost');
  output.writableLength = 0;
  output.broken();
  output.broken();
  screen.line('never');
  expect([output.text, broken]).toEqual(['', 1]);
});
