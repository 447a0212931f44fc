/** Rows of the history's tables as records of core/ports.ts. Part of io/sqlite-history.ts. */
import type { BlockHistory, DeviceRecord, OutageRecord, ShareHistory, ShareOutcome } from '../ports.ts';

/** In the order of their numbers in the file; never reorder. */
const outcomes: readonly ShareOutcome[] = ['pending', 'accepted', 'refused', 'unanswered'];

export function outcomeNumber(outcome: ShareOutcome): number {
  return outcomes.indexOf(outcome);
}

export interface ShareColumns {
  readonly at: number;
  readonly hash: Uint8Array;
  readonly source: string;
  readonly device: string;
  readonly difficulty: number;
  readonly share_difficulty: number;
  readonly practice: number;
  readonly outcome: number;
  readonly reason: string | null;
}

export function shareOf(row: ShareColumns): ShareHistory {
  return {
    at: row.at,
    hash: new Uint8Array(row.hash),
    sourceId: row.source,
    deviceId: row.device,
    difficulty: row.difficulty,
    shareDifficulty: row.share_difficulty,
    practice: row.practice !== 0,
    outcome: outcomes[row.outcome] ?? 'unanswered',
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}

export interface BlockColumns {
  readonly at: number;
  readonly hash: Uint8Array;
  readonly height: number | null;
  readonly source: string;
  readonly source_name: string;
  readonly practice: number;
  readonly outcome: number;
}

export function blockOf(row: BlockColumns): BlockHistory {
  const outcome = outcomes[row.outcome];
  return {
    at: row.at,
    hash: new Uint8Array(row.hash),
    ...(row.height === null ? {} : { height: row.height }),
    sourceId: row.source,
    sourceName: row.source_name,
    practice: row.practice !== 0,
    outcome: outcome === 'accepted' || outcome === 'refused' ? outcome : 'pending',
  };
}

export interface OutageColumns {
  readonly from_at: number;
  readonly until_at: number | null;
  readonly about: string;
  readonly code: string;
}

export function outageOf(row: OutageColumns): OutageRecord {
  return { from: row.from_at, ...(row.until_at === null ? {} : { until: row.until_at }), about: row.about, code: row.code };
}

export interface DeviceColumns {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly serial: string | null;
  readonly location: string;
  readonly chips: number;
  readonly seen_at: number;
}

export function deviceOf(row: DeviceColumns): DeviceRecord {
  const { id, model, location, chips } = row;
  const kind = row.kind === 'processor' || row.kind === 'lan' ? row.kind : 'usb';
  return { id, kind, model, location, chips, seenAt: row.seen_at, ...(row.serial === null ? {} : { serial: row.serial }) };
}
