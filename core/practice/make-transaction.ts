/**
 * Makes up transactions: payments, batches, consolidations, data, children of unconfirmed parents; fee rates between one
 * and a hundred satoshi a virtual byte. Keeps the number of spendable outputs within bounds.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { concat } from '../bytes.ts';
import type { Random } from '../ports.ts';
import { drawUnit, drawWhole } from './draw.ts';
import { type PracticeCoin, practiceLock } from './practice-coin.ts';
import { type PracticeOutput, type PracticeTransaction, practiceTransaction } from './practice-transaction.ts';

/** Below it payments split coins, above it consolidations merge them. */
const FEWEST_COINS = 150;
const MOST_COINS = 600;
const HIGHEST_FEE_RATE = 100;
/** An output below it would not be relayed. */
const DUST = 330n;
const OP_RETURN = 0x6a;
const MAX_DATA_BYTES = 60; // with its mark it stays one plain push

interface Shape {
  readonly inputs: number;
  readonly outputs: number;
  readonly data: boolean;
}

/**
 * A transaction that spends some of `coins`; undefined when those drawn are too small.
 * @param coins none of them spent yet; those of unconfirmed transactions make children
 */
export function makeTransaction(coins: readonly PracticeCoin[], random: Random): PracticeTransaction | undefined {
  if (coins.length === 0) return undefined;
  const shape = drawShape(coins.length, random);
  const inputs = drawCoins(coins, shape.inputs, random);
  const value = inputs.reduce((sum, { satoshi }) => sum + satoshi, 0n);
  const data = shape.data ? dataScript(random) : undefined;
  const fee = BigInt(Math.ceil(virtualBytes(inputs.length, shape.outputs, data) * drawFeeRate(random)));
  if (value - fee < DUST * BigInt(shape.outputs)) return undefined;
  return practiceTransaction(inputs, outputsOf(value - fee, shape.outputs, data, random));
}

/** Near enough for choosing a fee; the fee rate shown anywhere is worked out from the real weight. */
function virtualBytes(inputs: number, outputs: number, data: Uint8Array | undefined): number {
  return 11 + inputs * 44 + outputs * 43 + (data === undefined ? 0 : 9 + data.length);
}

/** Log-uniform: most are cheap, a few are in a hurry. */
function drawFeeRate(random: Random): number {
  return HIGHEST_FEE_RATE ** drawUnit(random);
}

function drawShape(coins: number, random: Random): Shape {
  const kind = drawUnit(random);
  if (coins > MOST_COINS || (kind < 0.12 && coins > FEWEST_COINS)) return { inputs: drawWhole(random, 4, 12), outputs: 1, data: false };
  if (kind < 0.25) return { inputs: drawWhole(random, 1, 2), outputs: drawWhole(random, 4, 16), data: false };
  if (kind < 0.33) return { inputs: 1, outputs: 1, data: true };
  return { inputs: drawWhole(random, 1, 2), outputs: 2, data: false };
}

/** Different coins, from a random place on. */
function drawCoins(coins: readonly PracticeCoin[], count: number, random: Random): PracticeCoin[] {
  const start = drawWhole(random, 0, coins.length - 1);
  const taken = Math.min(count, coins.length);
  return Array.from({ length: taken }, (_, offset) => coins[(start + offset) % coins.length] as PracticeCoin);
}

function outputsOf(value: bigint, count: number, data: Uint8Array | undefined, random: Random): PracticeOutput[] {
  const paid = split(value, count, random).map((satoshi) => {
    const lock = practiceLock(random);
    return { satoshi, script: lock.script, lock };
  });
  return data === undefined ? paid : [...paid, { satoshi: 0n, script: data }];
}

/** Random parts of at least the dust limit where the value allows it; they add up exactly. */
function split(value: bigint, parts: number, random: Random): bigint[] {
  const amounts: bigint[] = [];
  let left = value;
  for (let more = parts - 1; more > 0; more -= 1) {
    const spare = left - DUST * BigInt(more + 1);
    const amount = spare > 0n ? DUST + (spare * BigInt(drawWhole(random, 1, 999))) / BigInt(1000 * more) : DUST;
    amounts.push(amount);
    left -= amount;
  }
  return [...amounts, left];
}

function dataScript(random: Random): Uint8Array {
  const data = concat(utf8ToBytes('PRACTICE '), random.bytes(drawWhole(random, 4, MAX_DATA_BYTES)));
  return concat(Uint8Array.of(OP_RETURN, data.length), data);
}
