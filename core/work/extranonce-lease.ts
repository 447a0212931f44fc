/**
 * Parts of the extranonce lent to miners that roll it themselves: a Stratum V1 or extended-channel miner on the LAN.
 * A lease is one value of the owner bytes, which the scheduler's own extranonces leave at zero.
 */
import { concat } from '../bytes.ts';
import { ownerBytes } from './extranonce-counter.ts';
import type { Job } from './job.ts';

/** More miners at once than this need more owner bytes than a short extranonce has. */
export const MAX_LEASES = 255;
const OWNER_VALUES = 0x10000;

/** What the miner is told, and what comes before its own bytes in the extranonce of its shares. */
export interface LeasedExtranonce {
  /** The source's prefix and the owner bytes. */
  readonly extranoncePrefix: Uint8Array;
  /** Bytes the miner may roll. */
  readonly extranonceSize: number;
  /** First bytes of `Share.extranonce`; the miner's own bytes follow. */
  readonly owner: Uint8Array;
}

export class ExtranonceLeases {
  /** Owners in use. Their low bytes differ too, for extranonces with a single owner byte. */
  readonly #lowBytes = new Set<number>();
  #last = 0;

  /** An owner value; freshly numbered, so that a miner which reconnects does not repeat itself. Undefined when all are lent. */
  take(): number | undefined {
    if (this.#lowBytes.size >= MAX_LEASES) return undefined;
    do this.#last = (this.#last + 1) % OWNER_VALUES;
    while (this.#last % 256 === 0 || this.#lowBytes.has(this.#last % 256));
    this.#lowBytes.add(this.#last % 256);
    return this.#last;
  }

  release(owner: number): void {
    this.#lowBytes.delete(owner % 256);
  }
}

/** The part of a job's extranonce that a lease covers; undefined when the job has no room to lend. */
export function leasedExtranonce(job: Job, owner: number): LeasedExtranonce | undefined {
  if (job.root.kind === 'fixed') return undefined;
  const count = ownerBytes(job.root.extranonceSize);
  if (count === 0) return undefined;
  const bytes = count === 1 ? Uint8Array.of(owner) : Uint8Array.of(owner >>> 8, owner);
  return {
    extranoncePrefix: concat(job.root.extranoncePrefix, bytes),
    extranonceSize: job.root.extranonceSize - count,
    owner: bytes,
  };
}
