/**
 * What waits to be confirmed on the practice chain, and the coins that may still be spent: confirmed ones and those of
 * waiting transactions. Nothing in it conflicts with anything else in it.
 */
import { toHex } from '../bytes.ts';
import { outpointKey, type PracticeCoin } from './practice-coin.ts';
import type { PracticeTransaction } from './practice-transaction.ts';

/** Enough for a lively template; more would only cost memory. */
export const MAX_WAITING = 400;

export class PracticeMempool {
  /** By txid in hex, oldest first. */
  readonly #waiting = new Map<string, PracticeTransaction>();
  /** Unspent, by outpoint: of confirmed and of waiting transactions. */
  readonly #coins = new Map<string, PracticeCoin>();
  /** By the array that holds them: templates hand out this one. */
  readonly #byBytes = new WeakMap<Uint8Array, PracticeTransaction>();
  #changes = 0;

  /** Grows with every change; two equal values mean the same set. */
  get changes(): number {
    return this.#changes;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get isFull(): boolean {
    return this.#waiting.size >= MAX_WAITING;
  }

  /** Coins that no waiting transaction spends. */
  get spendable(): PracticeCoin[] {
    return [...this.#coins.values()];
  }

  get transactions(): IterableIterator<PracticeTransaction> {
    return this.#waiting.values();
  }

  get(txid: Uint8Array): PracticeTransaction | undefined {
    return this.#waiting.get(toHex(txid));
  }

  /** The transaction whose very bytes these are. */
  known(bytes: Uint8Array): PracticeTransaction | undefined {
    return this.#byBytes.get(bytes);
  }

  /** Coins that came from a block. */
  addCoins(coins: readonly PracticeCoin[]): void {
    for (const coin of coins) this.#coins.set(outpointKey(coin.txid, coin.index), coin);
  }

  /** False: it spends what is not there, or there is no room. */
  add(transaction: PracticeTransaction): boolean {
    if (this.isFull || !transaction.spends.every((key) => this.#coins.has(key))) return false;
    for (const key of transaction.spends) this.#coins.delete(key);
    this.addCoins(transaction.coins);
    this.#waiting.set(toHex(transaction.txid), transaction);
    this.#byBytes.set(transaction.bytes, transaction);
    this.#changes += 1;
    return true;
  }

  /** A block confirmed these outpoints as spent: its transactions wait no more, and what conflicts with them is dropped. */
  confirm(txids: readonly Uint8Array[], spent: ReadonlySet<string>): void {
    for (const txid of txids) this.#waiting.delete(toHex(txid));
    for (const key of spent) this.#coins.delete(key);
    for (const waiting of [...this.#waiting.values()]) if (waiting.spends.some((key) => spent.has(key))) this.#drop(waiting);
    this.#changes += 1;
  }

  /** With its descendants; their coins are gone, and so are the conflicting ones it spent. */
  #drop(transaction: PracticeTransaction): void {
    if (!this.#waiting.delete(toHex(transaction.txid))) return;
    const made = new Set(transaction.coins.map((coin) => outpointKey(coin.txid, coin.index)));
    for (const key of made) this.#coins.delete(key);
    for (const child of [...this.#waiting.values()]) if (child.spends.some((key) => made.has(key))) this.#drop(child);
  }
}
