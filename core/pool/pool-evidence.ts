/** What a pool's connections have proved, added up over reconnects, in the shape the user interface shows. */
import type { Network } from '../bitcoin/network.ts';
import type { Job } from '../work/job.ts';
import { payoutOf } from './payout.ts';
import { CIPHER, type SessionFacts } from './session-facts.ts';
import type { SourceProof } from './source.ts';
import { V1Equivalent } from './v1-equivalent.ts';

/** Bytes that one connection moved so far. */
interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export class PoolEvidence {
  readonly v1: V1Equivalent;
  /** The last job given out, while it stands. */
  job: Job | undefined;
  #facts: SessionFacts | undefined;
  #earlierIn = 0;
  #earlierOut = 0;

  constructor(user: string) {
    this.v1 = new V1Equivalent(user);
  }

  learn(facts: SessionFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** A connection ended: its bytes stay counted, its job is gone. */
  ended(traffic: Traffic): void {
    this.#earlierIn += traffic.bytesIn;
    this.#earlierOut += traffic.bytesOut;
    this.job = undefined;
  }

  /** @param view whose script is `mine` in the coinbase, and how to write addresses */
  proof(
    now: Traffic | undefined,
    view: { readonly network: Network; readonly mine?: Uint8Array },
  ): Omit<SourceProof, 'endpoint' | 'authorityKey'> {
    const facts = this.#facts ?? {};
    const { certificate, clockOffsetSeconds, channel, extensions, roundTripMs } = facts;
    return {
      protocol: 'stratum-v2',
      privacy: facts.authenticated ? 'authenticated' : 'encrypted',
      ...(this.#facts && { cipher: CIPHER }),
      ...(certificate && { certificateFrom: certificate.validFrom, certificateUntil: certificate.notValidAfter }),
      ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }),
      ...(channel && { channel }),
      ...(extensions && { extensions }),
      ...(roundTripMs !== undefined && { roundTripMs }),
      ...(this.job && { payout: payoutOf(this.job.root, view) }),
      bytesIn: this.#earlierIn + (now?.bytesIn ?? 0),
      bytesOut: this.#earlierOut + (now?.bytesOut ?? 0),
      v1BytesIn: this.v1.bytesIn,
      v1BytesOut: this.v1.bytesOut,
    };
  }
}
