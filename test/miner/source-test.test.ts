import { expect, test } from 'vitest';
import { SourceTests, TEST_LIMIT_MS } from '../../core/miner/source-test.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { poolSettings } from '../fake/fake-miner.ts';
import { FakeSource, fakeJob } from '../fake/fake-source.ts';

function tester() {
  const clock = new FakeClock();
  const opened: FakeSource[] = [];
  const tests = new SourceTests({
    clock,
    onChange: () => {},
    open: ({ id }) => {
      const source = new FakeSource(id);
      opened.push(source);
      return source;
    },
  });
  const shown = () => tests.current?.lines.map(({ state }) => state).join(' ');
  return { clock, opened, tests, shown };
}

test('each step turns from waiting to running to passed, with what was learnt', () => {
  const { opened, tests, shown } = tester();
  tests.start(poolSettings('a'), undefined);
  expect(shown()).toBe('waiting waiting waiting waiting waiting waiting waiting waiting waiting');
  opened[0]?.state({ at: 'connecting', step: 'name' });
  opened[0]?.emit({ type: 'step', step: 'name', text: '1 address' });
  opened[0]?.state({ at: 'connecting', step: 'address' });
  opened[0]?.emit({ type: 'step', step: 'address', text: '192.0.2.1' });
  opened[0]?.state({ at: 'connecting', step: 'tcp' });
  expect(shown()).toBe('passed passed running waiting waiting waiting waiting waiting waiting');
  expect(tests.current?.lines[0]).toEqual({ step: 'name', state: 'passed', text: '1 address' });
});

test('the first job ends it well; steps that this kind of source does not have are skipped', () => {
  const { clock, opened, tests, shown } = tester();
  tests.start(poolSettings('a'), undefined);
  opened[0]?.state({ at: 'connecting', step: 'tcp' });
  opened[0]?.emit({ type: 'step', step: 'setup', text: 'ok' });
  opened[0]?.emit({ type: 'job', job: fakeJob('a'), clean: true });
  expect(shown()).toBe('skipped skipped passed skipped skipped skipped passed skipped passed');
  expect(tests.current).toMatchObject({ done: true, ok: true });
  expect(opened[0]?.stops).toEqual([0]);
  expect(tests.lastOf('a')).toEqual({ at: clock.now(), ok: true });
  expect(clock.waiting).toBe(0);
});

test('a failure is shown on its step with its fault, and the rest is skipped', () => {
  const { opened, tests, shown } = tester();
  tests.start(poolSettings('a'), undefined);
  opened[0]?.state({ at: 'connecting', step: 'tcp' });
  opened[0]?.refuse('certificate-wrong-key');
  expect(shown()).toBe('skipped skipped passed skipped failed skipped skipped skipped skipped');
  expect(tests.current).toMatchObject({ done: true, ok: false, lines: { 4: { fault: { code: 'certificate-wrong-key', about: 'a' } } } });
  expect(tests.lastOf('a')?.ok).toBe(false);
});

test('a source that would try again has failed the test at its first failure', () => {
  const { opened, tests } = tester();
  tests.start(poolSettings('a'), undefined);
  opened[0]?.fail('dial-timeout');
  expect(tests.current).toMatchObject({ done: true, ok: false });
  expect(opened[0]?.stops).toEqual([0]);
});

test('a test that hangs ends within its limit, on the step it hangs at', () => {
  const { clock, opened, tests, shown } = tester();
  tests.start(poolSettings('a'), undefined);
  opened[0]?.state({ at: 'connecting', step: 'noise' });
  clock.advance(TEST_LIMIT_MS);
  expect(shown()).toBe('skipped skipped skipped failed skipped skipped skipped skipped skipped');
});

test('a new test ends the one before, whose late events change nothing', () => {
  const { opened, tests } = tester();
  const first = tests.start(poolSettings('a'), undefined);
  const second = tests.start(poolSettings('b'), undefined);
  expect(second).not.toBe(first);
  expect(opened[0]?.stops).toEqual([0]);
  opened[0]?.emit({ type: 'job', job: fakeJob('a'), clean: true });
  expect(tests.current).toMatchObject({ id: second, done: false });
});
