/** Bytes a second on the leg to the pool, from the counters of successive snapshots. */
import type { Snapshot, SourceSnapshot } from '../../core/contract.ts';

export interface Throughput {
  readonly bytesInPerSecond: number;
  readonly bytesOutPerSecond: number;
}

interface Sample {
  readonly at: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const WINDOW_MS = 60_000; // shares are seconds apart: a shorter window would jump between nothing and much
const MAX_SAMPLES = 64;
const samples = new Map<string, Sample[]>();

/** Undefined until two samples are far enough apart. A counter that fell (a new connection) begins anew. */
export function throughputOf(snapshot: Snapshot, source: SourceSnapshot | undefined): Throughput | undefined {
  if (!source) return undefined;
  const kept = samples.get(source.id) ?? [];
  samples.set(source.id, kept);
  const last = kept.at(-1);
  if (last && (source.bytesIn < last.bytesIn || source.bytesOut < last.bytesOut)) kept.length = 0;
  if (!last || snapshot.now - last.at >= WINDOW_MS / MAX_SAMPLES)
    kept.push({ at: snapshot.now, bytesIn: source.bytesIn, bytesOut: source.bytesOut });
  while (kept.length > 1 && snapshot.now - (kept[0]?.at ?? 0) > WINDOW_MS) kept.shift();
  return rate(kept[0], kept.at(-1));
}

function rate(first: Sample | undefined, last: Sample | undefined): Throughput | undefined {
  const seconds = first && last ? (last.at - first.at) / 1000 : 0;
  if (!first || !last || seconds < 1) return undefined;
  return { bytesInPerSecond: (last.bytesIn - first.bytesIn) / seconds, bytesOutPerSecond: (last.bytesOut - first.bytesOut) / seconds };
}
