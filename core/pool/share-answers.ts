/** A pool's answers as source events: what they say of the shares, and of the blocks among them. */
import type { Share } from '../work/job.ts';
import type { SourceEvent } from './source.ts';

export class ShareAnswers {
  /** Ids of blocks that were sent and not answered. */
  readonly #blocks = new Set<number>();

  sent(share: Share): void {
    if (share.isBlock) this.#blocks.add(share.id);
  }

  accepted(shareIds: readonly number[]): SourceEvent[] {
    const blocks = shareIds.filter((shareId) => this.#blocks.delete(shareId));
    return [{ type: 'accepted', shareIds }, ...blocks.map((shareId) => ({ type: 'block', shareId, accepted: true }) as const)];
  }

  refused(shareId: number, code: string): SourceEvent[] {
    const block = this.#blocks.delete(shareId);
    return [{ type: 'refused', shareId, code }, ...(block ? [{ type: 'block', shareId, accepted: false, text: code } as const] : [])];
  }
}

/** The answer to a share that was not sent at all. */
export function refusedHere({ id: shareId, isBlock }: Share, code: string): SourceEvent[] {
  return [{ type: 'refused', shareId, code }, ...(isBlock ? [{ type: 'block', shareId, accepted: false, text: code } as const] : [])];
}
