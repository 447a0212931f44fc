/** When a pool hears of a new speed. */
import { expect, test } from 'vitest';
import { HashrateReport, LEAST_HASH_RATE, UPDATE_PAUSE_MS } from '../../core/pool/hashrate-report.ts';

test('MIN-14 a speed is told again when it differs by more than a fifth, and a minute has passed', () => {
  const report = new HashrateReport(10e6);
  expect(report.dueAt).toBeUndefined();
  report.told(1000);
  report.changed(12e6);
  expect(report.dueAt).toBeUndefined();
  report.changed(12.1e6);
  expect(report.dueAt).toBe(1000 + UPDATE_PAUSE_MS);
  report.changed(7.9e6);
  expect(report.dueAt).toBe(1000 + UPDATE_PAUSE_MS);
  report.changed(10e6);
  expect(report.dueAt).toBeUndefined();
});

test('MIN-3 a speed too small for a target is rounded up', () => {
  const report = new HashrateReport(0);
  expect(report.rate).toBe(LEAST_HASH_RATE);
  report.changed(-5);
  expect(report.rate).toBe(LEAST_HASH_RATE);
});

test('SEC-11 what is really known of a slow device is kept beside what is told', () => {
  const report = new HashrateReport(1000);
  expect([report.known, report.rate]).toEqual([1000, LEAST_HASH_RATE]);
  report.changed(0);
  expect(report.known).toBe(LEAST_HASH_RATE);
});
