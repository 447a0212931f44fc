/**
 * The golden job: a job of a known block, whose nonce an Icarus device finds within a millisecond. What follows the four
 * nonce bytes in the same answer tells the devices apart. It is the only way to know them: their strings say little.
 */
import { equal, fromHex } from '../../../bytes.ts';
import { JOB_BYTES } from '../bm1384/job.ts';

/** Block 171874: midstate, 20 zero bytes, tail. */
export const GOLDEN_JOB: Uint8Array = goldenJob(
  '4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a',
  '87320b1a1426674f2fa722ce',
);
/** Its nonce on the wire. */
export const GOLDEN_NONCE: Uint8Array = fromHex('000187a2');
/** The original device needs 0.53 ms; the rest is for USB. */
export const PROBE_MS = 300;
/** Bytes beyond the nonce come with it: this is longer than any bridge holds them back. */
export const PROBE_IDLE_MS = 50;

export type IcarusKind = 'icarus' | 'antminer' | 'rockminer';

/** What answered the golden job; undefined when it is nothing known, or the nonce is wrong. */
export function kindOfAnswer(answer: Uint8Array): IcarusKind | undefined {
  if (!equal(answer.subarray(0, GOLDEN_NONCE.length), GOLDEN_NONCE)) return undefined;
  return kinds[answer.length - GOLDEN_NONCE.length];
}

const kinds: Readonly<Record<number, IcarusKind>> = { 0: 'icarus', 1: 'antminer', 4: 'rockminer' };

/** A second job: its first answer tells into how many parts a device splits the nonces. */
export const DIVISION_JOB: Uint8Array = goldenJob(
  '2e4c8f91fd595d2d7ea20aaacb64a2a04382860277cf26b6a1ee04c56a5b504a',
  '6461011ac906a951fb9b3c73',
);

const divisions: Readonly<Record<string, number>> = { '04c0fdb4': 1, '82540e46': 2, '417c0f36': 4, '60c994d5': 8 };

/** Parts of the nonces, by the answer (hex of the four wire bytes) to `DIVISION_JOB`. */
export function divisionOf(answerHex: string): number | undefined {
  return divisions[answerHex];
}

function goldenJob(midstateWire: string, tail: string): Uint8Array {
  const job = new Uint8Array(JOB_BYTES);
  job.set(fromHex(midstateWire));
  job.set(fromHex(tail), 52);
  return job;
}
