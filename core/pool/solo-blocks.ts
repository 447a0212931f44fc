/**
 * Blocks found, on their way to the node: sent at once, sent again until the node has judged them, and kept on disk
 * meanwhile, so that neither a node's restart nor our own loses one. A block is accepted only when the node says so
 * (BIP 22: null) or its chain shows it.
 */
import * as z from 'zod';
import { describe, faultOf } from '../errors.ts';
import type { Clock, Files, Log } from '../ports.ts';
import { headerOfNode, submitAnswerOf } from './node-chain.ts';
import type { NodeFailure } from './node-failure.ts';
import type { NodeRpc } from './node-rpc.ts';
import type { FoundBlock } from './solo-work.ts';

/** Validating a full block takes a small computer some seconds. */
const SUBMIT = { timeoutMs: 60_000, maxBytes: 1 << 20 };
/** A node that is only busy is back within a moment; one that is down is asked twice a minute. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** More than a house ever finds while its node is away; on practice chains the rest is dropped with a word. */
const MAX_HELD = 16;
/** Six blocks on top of another one: this one will not come back. */
const FINAL_DEPTH = 6;
/** A node that never saw it may still have use for it this long: so deep are coinbases locked. */
const MAX_AGE_BLOCKS = 100;
/** How often a block beside the chain is looked up when no new tip reminds us. */
const WATCH_MS = 60_000;
/** The file holds whole blocks as hex; it is read by nobody else. */
const MAX_STORED_CHARACTERS = 24_000_000;

/** Words of a node that another time, or another tip, may change. */
const NOT_NOW = new Set(['prev-blk-not-found', 'bad-prevblk', 'time-too-new', 'bad-prevblk-missing']);
const KNOWN_ALREADY = new Set(['duplicate', 'duplicate-inconclusive', 'inconclusive']);
/** Numbers of Bitcoin Core: the node does not have this block; the bytes are no block. */
const RPC_NOT_FOUND = -5;
const RPC_DESERIALIZATION_ERROR = -22;

const storedShape = z.object({
  version: z.literal(1),
  blocks: z
    .array(
      z.object({
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        height: z.int().min(0),
        hex: z
          .string()
          .regex(/^[0-9a-f]+$/)
          .max(MAX_STORED_CHARACTERS),
      }),
    )
    .max(MAX_HELD),
});

export interface SoloBlocksOptions {
  readonly rpc: NodeRpc;
  readonly clock: Clock;
  readonly log: Log;
  /** Where blocks without a verdict are kept; undefined keeps them in memory only. */
  readonly store: { readonly files: Files; readonly path: string } | undefined;
  /** Called once a block. `shareId` is undefined for one from an earlier run. */
  readonly onVerdict: (verdict: BlockVerdict) => void;
}

export interface BlockVerdict {
  readonly shareId: number | undefined;
  readonly hash: string;
  readonly accepted: boolean;
  readonly text: string;
}

interface Held extends FoundBlock {
  readonly shareId: number | undefined;
  tries: number;
  busy: boolean;
  /** The node has it beside its chain: it is looked up, not sent again. */
  watched: boolean;
  cancelTimer: () => void;
}

export class SoloBlocks {
  readonly #options: SoloBlocksOptions;
  readonly #held = new Map<string, Held>();
  #tipHeight = 0;
  #stopped = false;
  #restored: Promise<void> | undefined;
  #idle: (() => void)[] = [];

  constructor(options: SoloBlocksOptions) {
    this.#options = options;
  }

  /** Blocks without a verdict. */
  get waiting(): number {
    return this.#held.size;
  }

  /** Blocks that an earlier run could not bring home are sent now. Called once, before the first `submit`. */
  restore(): Promise<void> {
    this.#restored = this.#restore();
    return this.#restored;
  }

  async #restore(): Promise<void> {
    const { store, log } = this.#options;
    if (!store) return;
    try {
      const { blocks } = storedShape.parse(JSON.parse(await store.files.read(store.path)));
      for (const block of blocks) this.submit(block, undefined);
    } catch (error) {
      if (faultOf(error).code === 'file-not-found') return;
      log.write('warn', 'held-blocks-unreadable', { text: describe(faultOf(error)) });
      await store.files.setAside(store.path).catch(() => {});
    }
  }

  /** Sends a block before it returns; everything else follows. */
  submit(block: FoundBlock, shareId: number | undefined): void {
    if (this.#stopped || this.#held.has(block.hash)) return;
    if (this.#held.size >= MAX_HELD)
      return this.#options.onVerdict({ shareId, hash: block.hash, accepted: false, text: 'too many blocks wait' });
    const held: Held = { ...block, shareId, tries: 0, busy: false, watched: false, cancelTimer: () => {} };
    this.#held.set(block.hash, held);
    void this.#visit(held);
    void this.#save();
  }

  /** The node has another tip, at this height: blocks beside its chain are looked up. */
  tipChanged(height: number): void {
    this.#tipHeight = height;
    for (const held of [...this.#held.values()]) if (held.watched) void this.#visit(held);
  }

  /** The node answers again: whatever waits is tried now. */
  retryNow(): void {
    for (const held of [...this.#held.values()]) void this.#visit(held);
  }

  /** Resolves when every block has its verdict, or after `graceMs`. What is left stays on disk. */
  async stop(graceMs: number): Promise<void> {
    if (this.#held.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(graceMs, resolve);
        this.#idle.push(cancel, resolve);
      });
    }
    this.#stopped = true;
    for (const held of this.#held.values()) held.cancelTimer();
  }

  async #visit(held: Held): Promise<void> {
    if (held.busy || this.#stopped || !this.#held.has(held.hash)) return;
    held.busy = true;
    held.cancelTimer();
    const next = await (held.watched ? this.#lookUp(held, 'beside the chain') : this.#send(held)).catch((error) =>
      this.#failed(held, error),
    );
    held.busy = false;
    if (next === undefined || this.#stopped) return;
    held.cancelTimer = this.#options.clock.after(next, () => void this.#visit(held));
  }

  /** Milliseconds until the next try; undefined when there is a verdict. */
  async #send(held: Held): Promise<number | undefined> {
    const answer = submitAnswerOf(await this.#options.rpc.call('submitblock', [held.hex], SUBMIT).result);
    if (answer === null) return this.#settle(held, true, 'accepted');
    if (KNOWN_ALREADY.has(answer)) return this.#lookUp(held, answer);
    if (NOT_NOW.has(answer)) return this.#later(held, answer);
    return this.#settle(held, false, answer.slice(0, 200));
  }

  /** The node has the block: is it on the chain? */
  async #lookUp(held: Held, answer: string): Promise<number | undefined> {
    const { confirmations } = headerOfNode(await this.#options.rpc.call('getblockheader', [held.hash, true]).result);
    if (confirmations >= 1) return this.#settle(held, true, answer);
    if (this.#tipHeight >= held.height + FINAL_DEPTH) return this.#settle(held, false, 'another block was faster');
    held.watched = true;
    return WATCH_MS;
  }

  #failed(held: Held, error: unknown): number | undefined {
    const fault = faultOf(error) as NodeFailure;
    const lost = fault.code === 'node-error' && fault.rpcCode === RPC_NOT_FOUND && held.watched;
    if (lost)
      held.watched = false; // the node forgot it: send it again
    else if (fault.code === 'node-error' && fault.rpcCode === RPC_DESERIALIZATION_ERROR) return this.#settle(held, false, fault.text);
    return this.#later(held, describe(fault));
  }

  #later(held: Held, why: string): number | undefined {
    if (this.#tipHeight >= held.height + MAX_AGE_BLOCKS) return this.#settle(held, false, `too late: ${why}`);
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(held.tries, 10));
    held.tries += 1;
    this.#options.log.write('warn', 'block-not-delivered-yet', { hash: held.hash, why, retryMs: waitMs });
    return waitMs;
  }

  #settle(held: Held, accepted: boolean, text: string): undefined {
    const { shareId, hash } = held;
    this.#held.delete(hash);
    void this.#save();
    this.#options.log.write(accepted ? 'info' : 'error', 'block-verdict', { hash, height: held.height, accepted, text });
    this.#options.onVerdict({ shareId, hash, accepted, text });
    if (this.#held.size === 0) for (const call of this.#idle.splice(0)) call();
  }

  async #save(): Promise<void> {
    const { store, log } = this.#options;
    if (!store) return;
    await this.#restored; // the file is not written before what it held is here
    let room = MAX_STORED_CHARACTERS;
    const blocks = [...this.#held.values()]
      .map(({ hash, height, hex }) => ({ hash, height, hex }))
      .filter(({ hex }) => {
        room -= hex.length;
        return room >= 0;
      });
    await store.files.write(store.path, JSON.stringify({ version: 1, blocks })).catch((error) => {
      log.write('error', 'held-blocks-not-saved', { text: describe(faultOf(error)) });
    });
  }
}
