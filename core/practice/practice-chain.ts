/**
 * The simulated chain: a tip, a mempool that fills by itself, blocks that appear from elsewhere, and blocks of the user,
 * which count only if every rule is kept. Blocks from elsewhere are templates as they stand, without proof of work: nobody
 * mined them. Everything follows the injected clock and randomness.
 */
import { joinCoinbase, splitCoinbase } from '../bitcoin/coinbase.ts';
import { decodeHeader, encodeHeader, hashHeader } from '../bitcoin/header.ts';
import { foldMerklePath } from '../bitcoin/merkle.ts';
import { targetOfNbits } from '../bitcoin/nbits.ts';
import { sha256d } from '../bitcoin/sha256d.ts';
import { EMPTY, showHash } from '../bytes.ts';
import type { Clock, Random } from '../ports.ts';
import { type CheckedBlock, checkBlock } from './check-block.ts';
import { drawWaitMs, drawWhole } from './draw.ts';
import { makeTransaction } from './make-transaction.ts';
import { outpointKey, type PracticeCoin, type PracticeLock, practiceLock } from './practice-coin.ts';
import { PracticeMempool } from './practice-mempool.ts';
import { assembleTemplate, type PracticeTemplate } from './practice-template.ts';

export interface PracticeChainOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Difficulty 1 by default: at 5 MH/s a block in fourteen minutes. */
  readonly nbits?: number;
  /** Of the block the chain begins with. */
  readonly height?: number;
  /** Mean time between blocks from elsewhere; 0 = there are none. */
  readonly elsewhereEveryMs?: number;
  /** Mean time between new transactions; 0 = there are none. */
  readonly transactionEveryMs?: number;
  /** Transactions that wait when the chain begins, so that the first template is not empty (60). */
  readonly firstTransactions?: number;
}

export interface PracticeBlock {
  readonly height: number;
  /** 32 bytes, wire order. */
  readonly hash: Uint8Array;
  /** The hash as block explorers print it. */
  readonly id: string;
  /** Unix seconds. */
  readonly ntime: number;
  /** Who found it; undefined = elsewhere. */
  readonly finder: string | undefined;
  /** The coinbase counted. */
  readonly transactions: number;
  /** Satoshi. */
  readonly fees: bigint;
}

export type Submission = { readonly ok: true; readonly block: PracticeBlock } | { readonly ok: false; readonly code: string };

const DIFFICULTY_1_NBITS = 0x1d00ffff;
const FIRST_HEIGHT = 200;
const ELSEWHERE_EVERY_MS = 4 * 60_000;
const TRANSACTION_EVERY_MS = 1_500;
/** Coins that exist when the chain begins, and what each is worth at most. */
const FIRST_COINS = 300;
const MOST_FIRST_SATOSHI = 2_000_000_000;
const FIRST_TRANSACTIONS = 60;
const MATURITY_BLOCKS = 100;
const MEDIAN_OF = 11;
/** Blocks remembered for whoever asks. */
const MAX_BLOCKS = 200;

export class PracticeChain {
  readonly mempool = new PracticeMempool();
  readonly #options: PracticeChainOptions;
  #nbits: number;
  #pendingNbits: number | undefined;
  readonly #blocks: PracticeBlock[] = [];
  /** Confirmed and unspent, by outpoint. */
  readonly #coins = new Map<string, PracticeCoin>();
  /** Coinbases of blocks from elsewhere, not yet a hundred deep. */
  readonly #immature: { readonly height: number; readonly coin: PracticeCoin }[] = [];
  readonly #listeners = new Set<(block: PracticeBlock) => void>();
  readonly #cancels: { block: () => void; transaction: () => void } = { block: () => {}, transaction: () => {} };
  #templates = 0n;
  #newest: { readonly changes: number; readonly outputBytes: number; readonly template: PracticeTemplate } | undefined;

  constructor(options: PracticeChainOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#nbits = options.nbits ?? DIFFICULTY_1_NBITS;
    const hash = sha256d(random.bytes(32));
    const ntime = Math.floor(clock.now() / 1000) - 1;
    const id = showHash(hash);
    this.#blocks.push({ height: options.height ?? FIRST_HEIGHT, hash, id, ntime, finder: undefined, transactions: 1, fees: 0n });
    this.#keep(firstCoins(random));
    for (let made = 0; made < (options.firstTransactions ?? FIRST_TRANSACTIONS); made += 1) this.#addTransaction();
  }

  get tip(): PracticeBlock {
    return this.#blocks.at(-1) as PracticeBlock;
  }

  /** The latest blocks, oldest first. */
  get blocks(): readonly PracticeBlock[] {
    return this.#blocks;
  }

  /** Of the next block. */
  get nbits(): number {
    return this.#nbits;
  }

  /** Another difficulty, from the block after the next tip on: templates already handed out stay good. */
  setNextNbits(nbits: number): void {
    this.#pendingNbits = nbits;
  }

  /** Begins to live: transactions and blocks from elsewhere appear. */
  start(): void {
    this.#scheduleBlock();
    this.#scheduleTransaction();
  }

  stop(): void {
    this.#cancels.block();
    this.#cancels.transaction();
  }

  /** Called for every new tip, whoever found it. Returns the unsubscribe. */
  onTip(listener: (block: PracticeBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The best template now; the same one again as long as nothing changed. */
  template(outputBytes = 0): PracticeTemplate {
    const { changes } = this.mempool;
    const known = this.#newest;
    const fresh = known?.template.prevHash === this.tip.hash && known.changes === changes && known.outputBytes === outputBytes;
    if (known !== undefined && fresh) return known.template;
    this.#templates += 1n;
    const { hash: prevHash, height } = this.tip;
    const nbits = this.#nbits;
    const earlier = known?.template.prevHash === prevHash ? known.template.ntime : 0; // the clock may have been set back
    const ntime = Math.max(this.#unixSeconds(), earlier);
    const ground = { id: this.#templates, height: height + 1, prevHash, nbits, target: targetOfNbits(nbits), ntime };
    const template = assembleTemplate(ground, this.mempool, outputBytes);
    this.#newest = { changes, outputBytes, template };
    return template;
  }

  /**
   * A found block: becomes the tip if every rule is kept.
   * @param header 80 bytes
   * @param transactions serialised, the coinbase first and with its witness
   */
  submit(header: Uint8Array, transactions: readonly Uint8Array[], finder: string): Submission {
    const verdict = checkBlock(header, transactions, {
      prevHash: this.tip.hash,
      height: this.tip.height + 1,
      nbits: this.#nbits,
      medianTime: this.#medianTime(),
      unixSeconds: this.#unixSeconds(),
      coin: (key) => {
        const coin = this.#coins.get(key);
        return coin && { satoshi: coin.satoshi, script: coin.lock.script };
      },
      known: (bytes) => this.mempool.known(bytes),
    });
    return verdict.ok ? { ok: true, block: this.#confirm(verdict.block, finder) } : verdict;
  }

  /** A block appears from elsewhere now. */
  mineElsewhere(): PracticeBlock {
    const template = this.template();
    const { transactions, fees } = template;
    const lock = practiceLock(this.#options.random);
    const coinbase = elsewhereCoinbase(template, lock, this.#options.random);
    const txid = sha256d(coinbase);
    const header = encodeHeader({ ...template, merkleRoot: foldMerklePath(txid, template.merklePath), nonce: 0 });
    this.#immature.push({ height: template.height, coin: { txid, index: 0, satoshi: template.coinbase.value, lock } });
    const txids = [txid, ...transactions.map((transaction) => transaction.txid)];
    const spent = new Set(transactions.flatMap(({ spends }) => spends));
    return this.#confirm({ hash: hashHeader(header), header: decodeHeader(header), txids, fees, spent }, undefined);
  }

  #confirm({ hash, header, txids, fees, spent }: CheckedBlock, finder: string | undefined): PracticeBlock {
    const id = showHash(hash);
    const block = { height: this.tip.height + 1, hash, id, ntime: header.ntime, finder, transactions: txids.length, fees };
    for (const txid of txids) this.#keep(this.mempool.get(txid)?.coins ?? [], 'already in the mempool');
    for (const key of spent) this.#coins.delete(key);
    this.mempool.confirm(txids, spent);
    this.#mature(block.height);
    this.#blocks.push(block);
    if (this.#blocks.length > MAX_BLOCKS) this.#blocks.shift();
    this.#nbits = this.#pendingNbits ?? this.#nbits;
    this.#pendingNbits = undefined;
    for (const listener of [...this.#listeners]) listener(block);
    return block;
  }

  #keep(coins: readonly PracticeCoin[], where: 'new' | 'already in the mempool' = 'new'): void {
    for (const coin of coins) this.#coins.set(outpointKey(coin.txid, coin.index), coin);
    if (where === 'new') this.mempool.addCoins(coins);
  }

  #mature(height: number): void {
    while (this.#immature[0] !== undefined && this.#immature[0].height + MATURITY_BLOCKS <= height) {
      this.#keep([(this.#immature.shift() as { coin: PracticeCoin }).coin]);
    }
  }

  /** Now, unless the clock was set back behind the chain. */
  #unixSeconds(): number {
    return Math.max(this.#medianTime() + 1, Math.floor(this.#options.clock.now() / 1000));
  }

  #medianTime(): number {
    const times = this.#blocks.slice(-MEDIAN_OF).map(({ ntime }) => ntime);
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] as number;
  }

  #addTransaction(): void {
    if (this.mempool.isFull) return;
    const transaction = makeTransaction(this.mempool.spendable, this.#options.random);
    if (transaction !== undefined) this.mempool.add(transaction);
  }

  #scheduleBlock(): void {
    const meanMs = this.#options.elsewhereEveryMs ?? ELSEWHERE_EVERY_MS;
    this.#cancels.block();
    if (meanMs <= 0) return;
    this.#cancels.block = this.#options.clock.after(drawWaitMs(this.#options.random, meanMs), () => {
      this.mineElsewhere();
      this.#scheduleBlock();
    });
  }

  #scheduleTransaction(): void {
    const meanMs = this.#options.transactionEveryMs ?? TRANSACTION_EVERY_MS;
    this.#cancels.transaction();
    if (meanMs <= 0) return;
    this.#cancels.transaction = this.#options.clock.after(drawWaitMs(this.#options.random, meanMs), () => {
      this.#addTransaction();
      this.#scheduleTransaction();
    });
  }
}

/** As if paid by blocks long ago. */
function firstCoins(random: Random): PracticeCoin[] {
  return Array.from({ length: FIRST_COINS }, () => ({
    txid: random.bytes(32),
    index: 0,
    satoshi: BigInt(drawWhole(random, 100_000, MOST_FIRST_SATOSHI)),
    lock: practiceLock(random),
  }));
}

function elsewhereCoinbase({ coinbase }: PracticeTemplate, { script }: PracticeLock, random: Random): Uint8Array {
  const { version, scriptPrefix, sequence, lockTime, value, commitment } = coinbase;
  const outputs = [{ satoshi: value, script }, commitment];
  return joinCoinbase(splitCoinbase({ version, scriptPrefix, extranonceBytes: 8, sequence, outputs, lockTime }), random.bytes(8), EMPTY);
}
