/**
 * Shares of one channel that were sent and not yet answered (specification 5.3.11 to 5.3.13; MIN-40, MIN-43, MIN-45, SEC-18,
 * SEC-19). One acknowledgement covers many; an error may come before or after the acknowledgement that passes it.
 */

/** At one share a second and the largest batches seen, far more than a healthy server leaves open. */
export const MOST_PENDING = 1000;
/** How many acknowledged shares are remembered so that a late error still finds its share. */
export const MOST_REMEMBERED = 256;

interface Pending {
  readonly shareId: number;
  readonly sentAt: number;
}

export class PendingShares {
  readonly #pending = new Map<number, Pending>();
  readonly #acknowledged = new Map<number, number>();
  #sequenceNumber = 0;

  get count(): number {
    return this.#pending.size;
  }

  /** Monotonic milliseconds of the oldest share without an answer. */
  get oldestSentAt(): number | undefined {
    for (const { sentAt } of this.#pending.values()) return sentAt;
    return undefined;
  }

  /** The next sequence number, and the share that was given up to make room. */
  add(shareId: number, now: number): { readonly sequenceNumber: number; readonly givenUp: number | undefined } {
    this.#sequenceNumber += 1;
    const sequenceNumber = this.#sequenceNumber;
    this.#pending.set(sequenceNumber, { shareId, sentAt: now });
    return { sequenceNumber, givenUp: this.#pending.size > MOST_PENDING ? this.#dropOldest() : undefined };
  }

  /** Shares that a SubmitShares.Success accepts: all that are open up to `lastSequenceNumber`. Counts of the peer are not used. */
  acknowledge(lastSequenceNumber: number): number[] {
    const accepted: number[] = [];
    for (const [sequenceNumber, { shareId }] of this.#pending) {
      if (sequenceNumber > lastSequenceNumber) break;
      this.#pending.delete(sequenceNumber);
      this.#remember(sequenceNumber, shareId);
      accepted.push(shareId);
    }
    return accepted;
  }

  /** The share that a SubmitShares.Error refuses, once; `late`: it had been acknowledged. */
  refuse(sequenceNumber: number): { readonly shareId: number; readonly late: boolean } | undefined {
    const open = this.#pending.get(sequenceNumber);
    if (this.#pending.delete(sequenceNumber) && open !== undefined) return { shareId: open.shareId, late: false };
    const shareId = this.#acknowledged.get(sequenceNumber);
    this.#acknowledged.delete(sequenceNumber);
    return shareId === undefined ? undefined : { shareId, late: true };
  }

  /** Everything without an answer; nothing is pending afterwards. */
  giveUp(): number[] {
    const all = Array.from(this.#pending.values(), ({ shareId }) => shareId);
    this.#pending.clear();
    return all;
  }

  #dropOldest(): number | undefined {
    for (const [sequenceNumber, { shareId }] of this.#pending) {
      this.#pending.delete(sequenceNumber);
      return shareId;
    }
    return undefined;
  }

  #remember(sequenceNumber: number, shareId: number): void {
    this.#acknowledged.set(sequenceNumber, shareId);
    if (this.#acknowledged.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#acknowledged.keys()) {
      this.#acknowledged.delete(oldest);
      return;
    }
  }
}
