import { expect, test } from 'vitest';
import { decodeHeader, encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { midstate, midstateWire } from '../../core/bitcoin/midstate.ts';
import { fromHex, showHash, toHex } from '../../core/bytes.ts';
import { block125552, block881423, genesis, regtestBlock } from './vectors.ts';

const blocks = [genesis, block125552, block881423];

test.each([...blocks, regtestBlock])('MIN-28 header of block $hash decodes, encodes and hashes', ({ header, hash }) => {
  const bytes = fromHex(header);
  expect(toHex(encodeHeader(decodeHeader(bytes)))).toBe(header);
  expect(showHash(hashHeader(bytes))).toBe(hash);
});

test('MIN-28 integers of a header are little-endian and unsigned', () => {
  expect(decodeHeader(fromHex(block881423.header))).toMatchObject({
    version: 0x2e596000,
    ntime: 0x679ac169,
    nbits: 0x17029a8a,
    nonce: 0xff05fb02,
  });
});

test.each(blocks)('midstate of block $hash is as BM13xx chips take it', ({ header, midstateWire: wire }) => {
  expect(toHex(midstateWire(midstate(fromHex(header))))).toBe(wire);
});

test('a header of another length, or with short hashes, is refused', () => {
  expect(() => decodeHeader(new Uint8Array(79))).toThrow(RangeError);
  const header = decodeHeader(fromHex(genesis.header));
  expect(() => encodeHeader({ ...header, merkleRoot: new Uint8Array(31) })).toThrow(RangeError);
  expect(() => midstate(new Uint8Array(63))).toThrow(RangeError);
});
