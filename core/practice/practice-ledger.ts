/** The practice pool's books: every accepted share, by channel and by user, so that a miner's own history can be compared. */
import { showHash, toHex } from '../bytes.ts';
import type { AcceptedShare } from '../sv2/mining-server-events.ts';

/** Shares remembered one by one; at six a minute that is a day of one miner. */
const MAX_SHARES = 10_000;
/** Users and channels with totals; beyond, the oldest are forgotten. */
const MAX_TOTALS = 2_000;

export interface LedgerShare {
  readonly channelId: number;
  readonly sequence: number;
  readonly user: string;
  /** Negotiated extension 0x0002: the worker's name in hex, as it came. */
  readonly worker?: string;
  /** As block explorers print it. */
  readonly hash: string;
  readonly difficulty: number;
  readonly isBlock: boolean;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
}

export interface LedgerTotal {
  readonly accepted: number;
  readonly refused: number;
  /** Sum of the difficulties asked for. */
  readonly difficulty: number;
}

export interface PracticeStats {
  readonly accepted: number;
  readonly refused: number;
  /** Oldest first, bounded. */
  readonly shares: readonly LedgerShare[];
  readonly channels: ReadonlyMap<number, LedgerTotal>;
  readonly users: ReadonlyMap<string, LedgerTotal>;
  /** How often each error code was given to a share. */
  readonly refusals: ReadonlyMap<string, number>;
}

const NOTHING: LedgerTotal = { accepted: 0, refused: 0, difficulty: 0 };

export class PracticeLedger implements PracticeStats {
  accepted = 0;
  refused = 0;
  readonly shares: LedgerShare[] = [];
  readonly channels = new Map<number, LedgerTotal>();
  readonly users = new Map<string, LedgerTotal>();
  readonly refusals = new Map<string, number>();

  accept(share: AcceptedShare, acceptedAt: number): LedgerShare {
    const { channelId, sequenceNumber: sequence, userIdentity: user, difficulty, isBlock } = share;
    const worker = share.worker === undefined ? {} : { worker: toHex(share.worker) };
    const entry = { channelId, sequence, user, ...worker, hash: showHash(share.hash), difficulty, isBlock, acceptedAt };
    this.accepted += 1;
    this.shares.push(entry);
    if (this.shares.length > MAX_SHARES) this.shares.shift();
    add(this.channels, channelId, { accepted: 1, refused: 0, difficulty });
    add(this.users, user, { accepted: 1, refused: 0, difficulty });
    return entry;
  }

  refuse(channelId: number, user: string | undefined, errorCode: string): void {
    this.refused += 1;
    this.refusals.set(errorCode, (this.refusals.get(errorCode) ?? 0) + 1);
    add(this.channels, channelId, { ...NOTHING, refused: 1 });
    if (user !== undefined) add(this.users, user, { ...NOTHING, refused: 1 });
  }
}

function add<K>(totals: Map<K, LedgerTotal>, key: K, more: LedgerTotal): void {
  const old = totals.get(key) ?? NOTHING;
  totals.set(key, {
    accepted: old.accepted + more.accepted,
    refused: old.refused + more.refused,
    difficulty: old.difficulty + more.difficulty,
  });
  if (totals.size > MAX_TOTALS) totals.delete(totals.keys().next().value as K);
}
