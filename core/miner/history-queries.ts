/** History as the contract shows it: charts with even buckets, pages of rows, hashes as explorers print them. */
import { showHash } from '../bytes.ts';
import type { BlockRow, ChartPoint, OutageRow, ShareRow } from '../contract.ts';
import { type FaultCode, isFaultCode } from '../faults.ts';
import type { BlockHistory, Clock, HashrateRecord, OutageRecord, ShareHistory } from '../ports.ts';
import type { History } from './history.ts';

interface Range {
  readonly seconds: number;
  readonly stepSeconds: number;
  readonly bucket: 'minute' | 'hour';
}

/** Points a chart of some hundred pixels can show. */
const ranges: Readonly<Record<'1h' | '24h' | '7d' | '1y', Range>> = {
  '1h': { seconds: 3_600, stepSeconds: 60, bucket: 'minute' },
  '24h': { seconds: 86_400, stepSeconds: 300, bucket: 'minute' },
  '7d': { seconds: 7 * 86_400, stepSeconds: 3_600, bucket: 'hour' },
  '1y': { seconds: 366 * 86_400, stepSeconds: 86_400, bucket: 'hour' },
};
export type ChartRange = keyof typeof ranges;

/** Rows of a list that has no pages. */
const BEST_ROWS = 50;
const BLOCK_ROWS = 500;

export function chartOf(history: History, clock: Clock, range: ChartRange): readonly ChartPoint[] {
  const { seconds, stepSeconds, bucket } = ranges[range];
  const now = Math.floor(clock.now() / 1000);
  const from = now - seconds - ((now - seconds) % stepSeconds);
  const records = history.read((store) => store.hashrate(bucket, from), []);
  return evenPoints(records, stepSeconds, now);
}

/** One point a step from the first record to now; a step without a record is a step without mining. */
export function evenPoints(records: readonly HashrateRecord[], stepSeconds: number, now: number): readonly ChartPoint[] {
  const first = records[0];
  if (!first) return [];
  const start = first.at - (first.at % stepSeconds);
  const sums = Array.from({ length: Math.max(Math.floor((now - start) / stepSeconds) + 1, 1) }, () => ({
    hashes: 0,
    accepted: 0,
    refused: 0,
  }));
  for (const { at, hashes, accepted, refused } of records) {
    const sum = sums[Math.floor((at - start) / stepSeconds)];
    if (!sum) continue; // the clock was ahead when it was written
    sum.hashes += hashes;
    sum.accepted += accepted;
    sum.refused += refused;
  }
  return sums.map(({ hashes, accepted, refused }, index) => {
    const at = start + index * stepSeconds;
    // The running step is not over: its mean is over the time so far.
    return { at, hashesPerSecond: hashes / Math.min(stepSeconds, Math.max(now - at, 1)), accepted, refused };
  });
}

export function sharesOf(history: History, before: number | undefined, limit: number): readonly ShareRow[] {
  return history.read((store) => store.shares(before ?? Number.MAX_SAFE_INTEGER, limit), []).map(shareRow);
}

export function bestOf(history: History, practice: boolean): readonly ShareRow[] {
  return history.read((store) => store.best(practice, BEST_ROWS), []).map(shareRow);
}

export function blocksOf(history: History): readonly BlockRow[] {
  return history.read((store) => store.blocks(BLOCK_ROWS), []).map(blockRow);
}

export function outagesOf(history: History, before: number | undefined, limit: number): readonly OutageRow[] {
  return history.read((store) => store.outages(before ?? Number.MAX_SAFE_INTEGER, limit), []).map(outageRow);
}

function shareRow({ hash, practice: _, ...row }: ShareHistory): ShareRow {
  return { ...row, hash: showHash(hash) };
}

function blockRow({ hash, ...row }: BlockHistory): BlockRow {
  return { ...row, hash: showHash(hash) };
}

function outageRow({ code, ...row }: OutageRecord): OutageRow {
  // A code from a later version of this app, read by this one.
  const known: FaultCode = isFaultCode(code) ? code : 'internal';
  return { ...row, code: known };
}
