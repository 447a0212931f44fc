/** Vectors of jobs: from the coinbase halves, or a fixed merkle root, to the header and its hash. */
import * as z from 'zod';
import { coinbaseTxid, joinCoinbase } from '../../core/bitcoin/coinbase.ts';
import { decodeHeader, encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { foldMerklePath } from '../../core/bitcoin/merkle.ts';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import { toHex } from '../../core/bytes.ts';
import { Comparison } from './outcome.ts';
import { bytes32, hex, name, u32 } from './schemas.ts';

const coinbaseParts = z.strictObject({
  prefix: hex,
  extranoncePrefix: hex.default(new Uint8Array()),
  extranonce: hex.default(new Uint8Array()),
  suffix: hex,
  whole: hex,
  txid: bytes32.optional(),
  merklePath: z.array(bytes32).default([]),
});

export const jobVector = z.strictObject({
  kind: z.literal('job'),
  name,
  coinbase: coinbaseParts.optional(),
  version: u32,
  prevHash: bytes32,
  merkleRoot: bytes32,
  ntime: u32,
  nbits: u32,
  nonce: u32,
  header: hex,
  hash: bytes32,
  target: bytes32.optional(),
  isBlock: z.boolean().optional(),
});
type JobVector = z.infer<typeof jobVector>;

/** Inputs to header and hash, and the header back to its inputs. */
export function checkJob(vector: JobVector): string[] {
  const compare = new Comparison();
  compare.step('the coinbase', () => checkCoinbase(vector, compare));
  compare.step('the header', () => checkHeader(vector, compare));
  compare.step('the hash', () => checkHash(vector, compare));
  return compare.wrong;
}

function checkCoinbase({ coinbase, merkleRoot }: JobVector, compare: Comparison): void {
  if (coinbase === undefined) return;
  const whole = joinCoinbase(coinbase, coinbase.extranoncePrefix, coinbase.extranonce);
  compare.bytes('the coinbase', whole, coinbase.whole);
  const txid = coinbaseTxid(whole);
  if (coinbase.txid !== undefined) compare.bytes('the coinbase txid', txid, coinbase.txid);
  compare.bytes('the merkle root', foldMerklePath(txid, coinbase.merklePath), merkleRoot);
}

function checkHeader(vector: JobVector, compare: Comparison): void {
  compare.bytes('the header', encodeHeader(vector), vector.header);
  const { version, prevHash, merkleRoot, ntime, nbits, nonce } = vector;
  compare.text('the header read back', shown(decodeHeader(vector.header)), shown({ version, prevHash, merkleRoot, ntime, nbits, nonce }));
}

function checkHash({ header, hash, nbits, target, isBlock }: JobVector, compare: Comparison): void {
  const got = hashHeader(header);
  compare.bytes('the hash', got, hash);
  if (target !== undefined) compare.bytes('the target', targetOfNbits(nbits), target);
  if (isBlock !== undefined) compare.text('isBlock', String(meetsTarget(got, targetOfNbits(nbits))), String(isBlock));
}

function shown(fields: object): string {
  return JSON.stringify(fields, (_, value) => (value instanceof Uint8Array ? toHex(value) : value));
}
