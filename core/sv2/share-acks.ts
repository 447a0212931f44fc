/**
 * Acknowledges accepted shares of one channel in batches (specification 5.3.13; POOL-8): when a batch is full, when its
 * oldest share has waited long enough, or at once on request. The counters are per batch. Pure.
 */

export interface AckPolicy {
  /** Shares in a batch; 1 acknowledges each at once. */
  readonly batch: number;
  /** No accepted share waits longer for its acknowledgement. */
  readonly withinMs: number;
}

export const IMMEDIATE_ACKS: AckPolicy = { batch: 1, withinMs: 0 };

export interface ShareAck {
  readonly lastSequenceNumber: number;
  readonly newSubmitsAcceptedCount: number;
  /** Sum of the shares' difficulties, rounded down. */
  readonly newSharesSum: bigint;
}

export interface ShareAcks {
  /** When `due` will have something; Infinity while nothing waits. */
  readonly deadline: number;
  accept(sequenceNumber: number, difficulty: number, nowMs: number): void;
  /** The batch, if it is full or old enough. */
  due(nowMs: number): ShareAck | undefined;
  /** The batch, whatever its size; undefined when nothing waits. */
  flush(): ShareAck | undefined;
}

/** @param policy asked at every share, so that it may change */
export function shareAcks(policy: () => AckPolicy): ShareAcks {
  let count = 0;
  let difficulty = 0;
  let lastSequenceNumber = 0;
  let deadline = Number.POSITIVE_INFINITY;
  const acks: ShareAcks = {
    get deadline() {
      return deadline;
    },
    accept(sequenceNumber, shareDifficulty, nowMs) {
      if (count === 0) deadline = nowMs + policy().withinMs;
      count += 1;
      difficulty += shareDifficulty;
      lastSequenceNumber = sequenceNumber;
    },
    due(nowMs) {
      return count >= policy().batch || nowMs >= deadline ? acks.flush() : undefined;
    },
    flush() {
      if (count === 0) return undefined;
      const ack = { lastSequenceNumber, newSubmitsAcceptedCount: count, newSharesSum: BigInt(Math.floor(difficulty)) };
      count = 0;
      difficulty = 0;
      deadline = Number.POSITIVE_INFINITY;
      return ack;
    },
  };
  return acks;
}
