/**
 * Transactions: parse and serialise with witness (BIP 144) and without, txid, wtxid, weight (BIP 141).
 * Hashes are in wire order, also those of spent outputs.
 */
import { BTCArray, CompactSize, RawWitness, VarBytes } from '@scure/btc-signer/script.js';
import * as P from 'micro-packed';
import { PeerError } from '../errors.ts';
import { sha256d } from './sha256d.ts';

/** No transaction is larger than a block: 4,000,000 weight units, at least one a byte. */
export const MAX_TRANSACTION_BYTES = 4_000_000;

export type TransactionFailure = { readonly code: 'transaction-malformed'; readonly text: string };

export interface TransactionInput {
  /** Wire order; 32 zero bytes in a coinbase. */
  readonly txid: Uint8Array;
  readonly index: number;
  readonly script: Uint8Array;
  readonly sequence: number;
}

export interface TransactionOutput {
  readonly satoshi: bigint;
  readonly script: Uint8Array;
}

export interface Transaction {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  /** One stack an input; empty when no input has a witness. */
  readonly witnesses: readonly (readonly Uint8Array[])[];
  readonly lockTime: number;
}

// The coders' own types promise array buffers that are not shared; any bytes will do here.
const Script = VarBytes as P.CoderType<Uint8Array>;
const Stack = RawWitness as P.CoderType<Uint8Array[]>;
const Input = P.struct({ txid: P.bytes(32) as P.CoderType<Uint8Array>, index: P.U32LE, script: Script, sequence: P.U32LE });
const Output = P.struct({ satoshi: P.U64LE, script: Script });
const body = { inputs: BTCArray(Input), outputs: BTCArray(Output) };
const Old = P.struct({ version: P.U32LE, ...body, lockTime: P.U32LE });
const WithWitness = P.struct({
  version: P.U32LE,
  marker: P.magic(P.bytes(2), Uint8Array.of(0, 1)),
  ...body,
  witnesses: P.array('inputs/length', Stack),
  lockTime: P.U32LE,
});

/** Coder for a list of outputs with its count before it, as in a transaction and in SV2 coinbase outputs. */
const Outputs = BTCArray(Output);

/** @throws PeerError<TransactionFailure> when the bytes are not exactly one transaction. */
export function parseTransaction(bytes: Uint8Array): Transaction {
  if (bytes.length > MAX_TRANSACTION_BYTES) throw malformed('longer than a block');
  const segwit = bytes[4] === 0;
  const transaction = decoded(() => (segwit ? WithWitness.decode(bytes) : { ...Old.decode(bytes), witnesses: [] }));
  if (transaction.inputs.length === 0) throw malformed('no inputs');
  if (segwit && !hasWitness(transaction)) throw malformed('a witness flag without witness');
  const { version, inputs, outputs, witnesses, lockTime } = transaction;
  return { version, inputs, outputs, witnesses, lockTime };
}

/** With marker, flag and witnesses if there are any; BIP 144 demands the old form otherwise. */
export function serialiseTransaction(transaction: Transaction): Uint8Array {
  if (!hasWitness(transaction)) return serialiseWithoutWitness(transaction);
  return WithWitness.encode({ ...mutable(transaction), witnesses: transaction.witnesses.map((stack) => [...stack]) });
}

/** The form that the txid commits to. */
export function serialiseWithoutWitness(transaction: Transaction): Uint8Array {
  return Old.encode(mutable(transaction));
}

/** 32 bytes, wire order. */
export function txidOf(transaction: Transaction): Uint8Array {
  return sha256d(serialiseWithoutWitness(transaction));
}

/** BIP 141 wtxid, 32 bytes, wire order. A coinbase's counts as zero in the commitment; this is its real hash. */
export function wtxidOf(transaction: Transaction): Uint8Array {
  return sha256d(serialiseTransaction(transaction));
}

/** BIP 141: three times the size without witness plus the whole size. */
export function weightOf(transaction: Transaction): number {
  return serialiseWithoutWitness(transaction).length * 3 + serialiseTransaction(transaction).length;
}

/** Outputs with their count before them. */
export function serialiseOutputs(outputs: readonly TransactionOutput[]): Uint8Array {
  return Outputs.encode([...outputs]);
}

/** Outputs with their count before them. @throws PeerError<TransactionFailure> */
export function parseOutputs(bytes: Uint8Array): TransactionOutput[] {
  if (bytes.length > MAX_TRANSACTION_BYTES) throw malformed('longer than a block');
  return decoded(() => Outputs.decode(bytes));
}

/** A count or length as Bitcoin writes it, 1 to 9 bytes. */
export function compactSize(value: number): Uint8Array {
  return CompactSize.encode(BigInt(value));
}

function hasWitness(transaction: { readonly witnesses: readonly (readonly Uint8Array[])[] }): boolean {
  return transaction.witnesses.some((stack) => stack.length > 0);
}

function mutable({ version, inputs, outputs, lockTime }: Transaction) {
  return { version, inputs: [...inputs], outputs: [...outputs], lockTime };
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

function malformed(text: string): PeerError<TransactionFailure> {
  return new PeerError({ code: 'transaction-malformed', text });
}
