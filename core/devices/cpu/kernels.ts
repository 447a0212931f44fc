/** The hash kernels that threads choose from, plainest first, and the known answers that each must give before it is used. */
import { base64 } from '@scure/base';
import { hashHeader, headerAt } from '../../bitcoin/header.ts';
import { readU32Le, writeU32Le } from '../../bitcoin/u32.ts';
import { fromHex } from '../../bytes.ts';
import type { HashKernel, HashTrial } from '../../ports.ts';
import { taskWords } from './hash-task.ts';
import { mixedKernel, scalarKernel, wideKernel } from './hasher.wasm.ts';

/** Decoded once: every thread is given the same bytes. The first is the reference that the others are compared with. */
export const hashKernels: readonly HashKernel[] = [
  { name: 'scalar', lanes: 1, wasm: base64.decode(scalarKernel) },
  { name: 'mixed', lanes: 5, wasm: base64.decode(mixedKernel) },
  { name: 'wide', lanes: 8, wasm: base64.decode(wideKernel) },
];

/** Block 125552's header, nonce zeroed. */
const header = fromHex(
  '0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a00000000',
);

/** Block 125552's own nonce: its hash begins with fourteen zeros. */
const BLOCK_NONCE = 0x9546a142;
const OTHER_NONCES = [0, 1, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff];

export const hashTrial: HashTrial = {
  words: taskWords(header, new Uint8Array(32)),
  // Answers of another implementation, so that no kernel is its own witness.
  answers: [BLOCK_NONCE, ...OTHER_NONCES].map((nonce) => ({ nonce, topWord: topWordOf(nonce) })),
};

function topWordOf(nonce: number): number {
  const bytes = header.slice();
  writeU32Le(bytes, headerAt.nonce, nonce);
  return readU32Le(hashHeader(bytes), 28);
}
