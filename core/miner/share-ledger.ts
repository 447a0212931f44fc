/**
 * What became of each share. On record before it is sent, answered once, counted once; also across crashes, because
 * history keeps it by its hash. Counters here are of this run.
 */

import { showHash } from '../bytes.ts';
import type { HearthEvent } from '../contract.ts';
import type { BlockRecord, Clock, HistoryWrite } from '../ports.ts';
import { HashrateMeter } from '../work/hashrate.ts';
import type { Share } from '../work/job.ts';
import type { History } from './history.ts';

/** Far more than a pool leaves open; beyond, the oldest counts as unanswered. */
export const MAX_PENDING = 5_000;
/** Accepted ones a pool may still take back (MIN-45: an error may come after the acknowledgement that passes it). */
const MAX_REMEMBERED = 1_000;

export interface SourceCounts {
  accepted: number;
  refused: number;
  lastRefusal: { readonly code: string; readonly at: number } | undefined;
}

export interface LedgerOptions {
  readonly clock: Clock;
  readonly history: History;
  emit(event: HearthEvent): void;
  /** Name of a source, and whether it is practice. */
  about(sourceId: string): { readonly name: string; readonly practice: boolean };
  /** A share was answered. */
  onAnswer(accepted: boolean): void;
}

export class ShareLedger {
  accepted = 0;
  refused = 0;
  unanswered = 0;
  bestSession: number | undefined;
  lastAcceptedAt: number | undefined;
  readonly #options: LedgerOptions;
  readonly #pending = new Map<number, Share>();
  readonly #remembered = new Map<number, Share>();
  readonly #sources = new Map<string, SourceCounts>();
  #best: { [kind in 'real' | 'practice']: { difficulty: number; at: number } | undefined } = { real: undefined, practice: undefined };
  readonly #blocks: { [kind in 'real' | 'practice']: number };
  #estimate: HashrateMeter;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#estimate = new HashrateMeter(options.clock.monotonic());
    for (const kind of ['real', 'practice'] as const) {
      const best = options.history.read((store) => store.best(kind === 'practice', 1), [])[0];
      this.#best[kind] = best && { difficulty: best.difficulty, at: best.at };
    }
    const count = (practice: boolean) => options.history.read((store) => store.countBlocks(practice), 0);
    this.#blocks = { real: count(false), practice: count(true) };
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** When the oldest share without an answer was found, Unix milliseconds. */
  oldestPendingOf(sourceId: string): number | undefined {
    for (const share of this.#pending.values()) if (share.job.sourceId === sourceId) return share.foundAt;
    return undefined;
  }

  countsOf(sourceId: string): SourceCounts {
    const counts = this.#sources.get(sourceId) ?? { accepted: 0, refused: 0, lastRefusal: undefined };
    this.#sources.set(sourceId, counts);
    return counts;
  }

  bestEver(practice: boolean): { readonly difficulty: number; readonly at: number } | undefined {
    return this.#best[practice ? 'practice' : 'real'];
  }

  /** Blocks found in all runs, those refused not counted. */
  blocks(practice: boolean): number {
    return this.#blocks[practice ? 'practice' : 'real'];
  }

  /** What the pool can know of our hashrate: from accepted shares of the last ten minutes. */
  estimate(): { readonly hashesPerSecond: number; readonly relativeError: number; readonly shares: number } | undefined {
    const { hashesPerSecond, error, samples } = this.#estimate.estimate('10min', this.#options.clock.monotonic());
    return samples === 0 ? undefined : { hashesPerSecond, relativeError: error, shares: samples };
  }

  /** Another source, or a fresh start: the estimate begins anew. */
  restartEstimate(): void {
    this.#estimate = new HashrateMeter(this.#options.clock.monotonic());
  }

  /** Puts a share on record. It may be sent when this returns. */
  found(share: Share): void {
    const { history, emit, about } = this.#options;
    const { hash, deviceId, difficulty, shareDifficulty, foundAt } = share;
    const { sourceId } = share.job;
    const { practice } = about(sourceId);
    const writes: HistoryWrite[] = [
      { type: 'share', share: { at: foundAt, hash, sourceId, deviceId, difficulty, shareDifficulty, practice } },
    ];
    if (share.isBlock) writes.push({ type: 'block', block: this.#blockOf(share) });
    history.write(...writes);
    this.#pending.set(share.id, share);
    if (this.#pending.size > MAX_PENDING) this.#giveUpOldest();
    emit({ type: 'share-found', deviceId, difficulty });
    if (!share.isBlock) return;
    this.#blocks[practice ? 'practice' : 'real'] += 1;
    emit({ type: 'block-found', hash: showHash(hash), sourceId, ...heightOf(share) });
  }

  /** Ids that are unknown, or were answered before, count nothing. */
  accept(shareIds: readonly number[]): void {
    const shares = shareIds.map((id) => this.#take(id)).filter((share) => share !== undefined);
    if (shares.length === 0) return;
    this.#options.history.write(
      ...shares.map(({ hash }) => ({ type: 'answer' as const, hash, outcome: 'accepted' as const })),
      ...shares.filter(({ isBlock }) => isBlock).map(({ hash }) => ({ type: 'block-answer' as const, hash, accepted: true })),
    );
    this.accepted += shares.length;
    this.lastAcceptedAt = this.#options.clock.now();
    for (const share of shares) this.#count(share);
    this.#tellAccepted(shares);
  }

  /** Also one that had been accepted before: a pool may take it back. */
  refuse(shareId: number, code: string): void {
    const { clock, history, emit, onAnswer } = this.#options;
    const late = this.#remembered.get(shareId);
    const share = this.#take(shareId) ?? late;
    this.#remembered.delete(shareId);
    if (!share) return;
    const sourceId = share.job.sourceId;
    const counts = this.countsOf(sourceId);
    if (late) {
      this.accepted -= 1;
      counts.accepted -= 1;
    }
    this.refused += 1;
    counts.refused += 1;
    counts.lastRefusal = { code, at: clock.now() };
    history.write(
      { type: 'answer', hash: share.hash, outcome: 'refused', reason: code },
      ...(share.isBlock ? [{ type: 'block-answer' as const, hash: share.hash, accepted: false }] : []),
    );
    emit({ type: 'share-refused', reason: code, sourceId, deviceId: share.deviceId });
    onAnswer(false);
  }

  unanswer(shareIds: readonly number[]): void {
    const shares = shareIds.map((id) => this.#pending.get(id)).filter((share) => share !== undefined);
    for (const { id } of shares) this.#pending.delete(id);
    this.unanswered += shares.length;
    this.#options.history.write(...shares.map(({ hash }) => ({ type: 'answer' as const, hash, outcome: 'unanswered' as const })));
  }

  /** The node or pool said what became of a block, perhaps after the share itself was answered. */
  block(shareId: number, accepted: boolean): void {
    const share = this.#pending.get(shareId) ?? this.#remembered.get(shareId);
    if (!share) return;
    const { hash, job } = share;
    this.#options.history.write({ type: 'block-answer', hash, accepted });
    this.#options.emit({ type: 'block-found', hash: showHash(hash), sourceId: job.sourceId, accepted, ...heightOf(share) });
  }

  /** A block whose job was replaced before it was found: shown, for it may explain a fork; nobody takes it. */
  staleBlock(share: Share): void {
    const { history, emit } = this.#options;
    history.write({ type: 'block', block: this.#blockOf(share) }, { type: 'block-answer', hash: share.hash, accepted: false });
    emit({ type: 'block-found', hash: showHash(share.hash), sourceId: share.job.sourceId, accepted: false, ...heightOf(share) });
  }

  #blockOf({ foundAt, hash, ...share }: Share): BlockRecord {
    const { sourceId } = share.job;
    const { name, practice } = this.#options.about(sourceId);
    return { at: foundAt, hash, sourceId, sourceName: name, practice, ...heightOf(share) };
  }

  #take(id: number): Share | undefined {
    const share = this.#pending.get(id);
    if (!share) return undefined;
    this.#pending.delete(id);
    this.#remembered.set(id, share);
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value as number);
    return share;
  }

  #count(share: Share): void {
    const { clock, about, onAnswer } = this.#options;
    this.countsOf(share.job.sourceId).accepted += 1;
    this.#estimate.addShare(share.shareDifficulty, clock.monotonic());
    this.bestSession = Math.max(this.bestSession ?? 0, share.difficulty);
    this.#compareBest(share, about(share.job.sourceId).practice);
    onAnswer(true);
  }

  #compareBest({ difficulty, foundAt }: Share, practice: boolean): void {
    const kind = practice ? 'practice' : 'real';
    const before = this.#best[kind];
    if (before && before.difficulty >= difficulty) return;
    this.#best = { ...this.#best, [kind]: { difficulty, at: foundAt } };
    if (before) this.#options.emit({ type: 'best-share', difficulty });
  }

  #tellAccepted(shares: readonly Share[]): void {
    for (const sourceId of new Set(shares.map((share) => share.job.sourceId))) {
      const count = shares.filter((share) => share.job.sourceId === sourceId).length;
      this.#options.emit({ type: 'share-accepted', count, sourceId, total: this.accepted });
    }
  }

  #giveUpOldest(): void {
    const oldest = this.#pending.keys().next().value;
    if (oldest !== undefined) this.unanswer([oldest]);
  }
}

function heightOf({ job }: Pick<Share, 'job'>): { readonly height?: number } {
  return job.height === undefined ? {} : { height: job.height };
}
