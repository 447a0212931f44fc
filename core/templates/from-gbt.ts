/**
 * getblocktemplate (BIP 22, 23, 145) → `BlockTemplate`. Everything is checked at this door: types, lengths, limits,
 * order of dependencies, rules that we do not know. A bad answer is a coded failure and never a half-built template.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { concat } from '../bytes.ts';
import { PeerError } from '../errors.ts';
import { type BlockTemplate, MAX_TEMPLATE_TRANSACTIONS, MAX_TEMPLATE_WEIGHT, type TemplateTransaction } from './template.ts';

export type GbtFailure =
  /** The answer breaks its own format. */
  | { readonly code: 'node-answer-bad'; readonly text: string }
  /** Blocks obey a rule here that this program does not know (BIP 9: its name begins with `!`). */
  | { readonly code: 'node-rule-unknown'; readonly rule: string }
  /** A signet whose blocks need its keeper's signature. */
  | { readonly code: 'node-signet-signed' };

/** A template, and what to ask with for the next one. */
export interface GbtAnswer {
  readonly template: BlockTemplate;
  /** BIP 22: the node answers a request with this id only when the template has changed. */
  readonly longpollId: string | undefined;
}

/** What the request must say: rules that this program knows (BIP 9, BIP 145, BIP 325). */
export const gbtRequest = { rules: ['segwit', 'signet'] } as const;

const KNOWN_RULES = new Set(['csv', 'segwit', 'taproot', 'signet']);
/** OP_TRUE as signet challenge: blocks need no signature. */
const OPEN_CHALLENGE = '51';
/** All bitcoin there will ever be. */
const MAX_SATOSHI = 21_000_000 * 100_000_000;
/** The whole coinbase script has 100 bytes, of which most are ours. */
const MAX_AUX_BYTES = 32;
const MAX_RULES = 100;
const COMMITMENT_HEADER = '6a24aa21a9ed';
const HASH = /^[0-9a-f]{64}$/;

const u32 = z.int().min(0).max(0xffffffff);
const satoshi = z.int().min(0).max(MAX_SATOSHI);

const envelope = z.object({
  // Signed in JSON: a version with its top bit set comes as a negative number.
  version: z
    .int()
    .min(-(2 ** 31))
    .max(0xffffffff),
  rules: z.array(z.string().max(100)).max(MAX_RULES).default([]),
  vbavailable: z.record(z.string().max(100), z.int().min(0).max(31)).default({}),
  vbrequired: u32.default(0),
  previousblockhash: z.string().regex(HASH),
  transactions: z.array(z.unknown()).max(MAX_TEMPLATE_TRANSACTIONS),
  coinbaseaux: z
    .record(
      z.string().max(100),
      z
        .string()
        .max(200)
        .refine((text) => text === '' || isHex(text)),
    )
    .default({}),
  coinbasevalue: satoshi,
  longpollid: z.string().min(1).max(500).optional(),
  mintime: u32,
  curtime: u32,
  bits: z.string().regex(/^[0-9a-f]{8}$/),
  height: z.int().min(1).max(0x7fffffff),
  signet_challenge: z.string().max(20_000).optional(),
  default_witness_commitment: z
    .string()
    .regex(/^6a24aa21a9ed[0-9a-f]{64}$/)
    .optional(),
});

/**
 * The template in a getblocktemplate result. `previous` may be the template before it: transactions that both hold are
 * shared, so that a new template costs what is new in it. @throws PeerError<GbtFailure>
 */
export function templateFromGbt(result: unknown, previous?: BlockTemplate): GbtAnswer {
  const parsed = envelope.safeParse(result);
  if (!parsed.success) throw bad(whereOf(parsed.error));
  const gbt = parsed.data;
  const strange = gbt.rules.find((rule) => rule.startsWith('!') && !KNOWN_RULES.has(rule.slice(1)));
  if (strange !== undefined) throw new PeerError<GbtFailure>({ code: 'node-rule-unknown', rule: strange.slice(1) });
  if (gbt.signet_challenge !== undefined && gbt.signet_challenge !== OPEN_CHALLENGE)
    throw new PeerError<GbtFailure>({ code: 'node-signet-signed' });
  const template: BlockTemplate = {
    version: gbt.version >>> 0,
    signalBits: signalBits(gbt.vbrequired, Object.values(gbt.vbavailable)),
    prevHash: hexToBytes(gbt.previousblockhash).reverse(),
    nbits: Number.parseInt(gbt.bits, 16),
    height: gbt.height,
    curtime: Math.max(gbt.curtime, gbt.mintime),
    mintime: gbt.mintime,
    coinbaseSatoshi: BigInt(gbt.coinbasevalue),
    transactions: transactionsOf(gbt.transactions, previous),
    witnessCommitment: commitmentOf(gbt.default_witness_commitment),
    coinbaseAux: auxOf(Object.values(gbt.coinbaseaux)),
  };
  return { template, longpollId: gbt.longpollid };
}

function transactionsOf(rows: readonly unknown[], previous: BlockTemplate | undefined): TemplateTransaction[] {
  const known = new Map(previous?.transactions.map((transaction) => [transaction.hex, transaction]));
  let weight = 0;
  return rows.map((row, index) => {
    const transaction = transactionOf(row, index, known);
    weight += transaction.weight;
    if (weight > MAX_TEMPLATE_WEIGHT) throw bad('transactions outweigh a block');
    return transaction;
  });
}

/** Thousands come with every template and a new block waits for them: checked by hand, not by a schema. */
function transactionOf(row: unknown, index: number, known: ReadonlyMap<string, TemplateTransaction>): TemplateTransaction {
  const { data, txid, hash: wtxid, weight, fee, sigops, depends } = (row ?? {}) as Record<string, unknown>;
  const wrong = (field: string): PeerError<GbtFailure> => bad(`transactions.${index}.${field}`);
  if (typeof data !== 'string' || data.length > MAX_TEMPLATE_WEIGHT * 2) throw wrong('data');
  if (!isWhole(weight, MAX_TEMPLATE_WEIGHT)) throw wrong('weight');
  if (!isWhole(fee, MAX_SATOSHI)) throw wrong('fee');
  if (sigops !== undefined && !isWhole(sigops, MAX_TEMPLATE_WEIGHT)) throw wrong('sigops');
  if (!Array.isArray(depends) || depends.length > index) throw wrong('depends');
  const same = known.get(data);
  if (!same && !isHex(data)) throw wrong('data');
  // A byte without witness weighs four, one of the witness one.
  if (data.length > weight * 2 || weight > data.length * 2) throw wrong('weight');
  return {
    txid: same?.txid ?? hash(txid, index, 'txid'),
    wtxid: same?.wtxid ?? hash(wtxid, index, 'hash'),
    hex: same?.hex ?? data,
    weight,
    feeSatoshi: BigInt(fee),
    sigops,
    depends: depends.map((position: unknown) => {
      // BIP 22 counts from 1.
      if (!isWhole(position, index) || position === 0) throw wrong('depends');
      return position - 1;
    }),
  };
}

/** BIP 9: bits of forks under way, and those the node wants set. */
function signalBits(required: number, available: readonly number[]): number {
  return available.reduce((bits, bit) => bits | (1 << bit), required) >>> 0;
}

function commitmentOf(script: string | undefined): Uint8Array | undefined {
  return script === undefined ? undefined : hexToBytes(script.slice(COMMITMENT_HEADER.length));
}

function auxOf(parts: readonly string[]): Uint8Array {
  const aux = concat(...parts.map(hexToBytes));
  if (aux.length > MAX_AUX_BYTES) throw bad('coinbaseaux is too long');
  return aux;
}

/** Explorers' order in JSON, wire order here. */
function hash(text: unknown, index: number, field: string): Uint8Array {
  if (typeof text !== 'string' || !HASH.test(text)) throw bad(`transactions.${index}.${field}`);
  return hexToBytes(text).reverse();
}

function isHex(text: string): boolean {
  return text.length > 0 && text.length % 2 === 0 && !/[^0-9a-f]/.test(text);
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function whereOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'getblocktemplate' : `${issue.path.join('.') || 'getblocktemplate'}: ${issue.message}`.slice(0, 200);
}

function bad(text: string): PeerError<GbtFailure> {
  return new PeerError({ code: 'node-answer-bad', text });
}
