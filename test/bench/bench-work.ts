/**
 * Work as a pool on the main network sends it: a coinbase that pays two outputs beside the witness commitment, and a merkle
 * path of twelve siblings, which is what some three thousand transactions make.
 */
import { type SplitCoinbase, splitCoinbase } from '../../core/bitcoin/coinbase.ts';
import { heightPush } from '../../core/bitcoin/height-push.ts';
import { MAX_TARGET } from '../../core/bitcoin/target.ts';
import { concat } from '../../core/bytes.ts';
import type { MiningFromServer } from '../../core/sv2/codec.ts';
import { seededRandom } from '../fake/seeded-random.ts';

export const CHANNEL_ID = 7;
const PATH_NODES = 12;
const EXTRANONCE_PREFIX = Uint8Array.of(1, 2, 3, 4);
const EXTRANONCE_BYTES = 8;
const FIRST_HEIGHT = 900_000;
/** As hard as the main network: nothing found in a bench is a block. */
export const NBITS = 0x17034219;
const POOL_TAG = new TextEncoder().encode('/bench pool/');

const random = seededRandom('bench-work');

/** Siblings of the coinbase; other ones for each number. */
export function merklePath(count = PATH_NODES): Uint8Array[] {
  return Array.from({ length: count }, () => random.bytes(32));
}

export function coinbaseAt(height: number, payoutScript: Uint8Array, extranonceBytes: number): SplitCoinbase {
  return splitCoinbase({
    version: 2,
    scriptPrefix: concat(heightPush(height), POOL_TAG),
    extranonceBytes,
    sequence: 0xffffffff,
    outputs: [
      { satoshi: 315_000_000n, script: payoutScript },
      { satoshi: 0n, script: concat(Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed), random.bytes(32)) },
    ],
    lockTime: 0,
  });
}

/** Pays to a witness key hash. */
export const PAYOUT_SCRIPT = concat(Uint8Array.of(0, 20), random.bytes(20));

/** What a client asks for after setup, and what it is told then. */
export interface FirstWork {
  readonly asked: MiningFromServer['name'] | string;
  readonly answer: readonly MiningFromServer[];
}

export function firstWork(channel: 'standard' | 'extended'): FirstWork {
  const common = { requestId: 1, channelId: CHANNEL_ID, target: MAX_TARGET, groupChannelId: 100 };
  const work = [futureJob(channel, 1), prevHashOf(1, Math.floor(Date.now() / 1000))];
  if (channel === 'standard') {
    const opened = { name: 'OpenStandardMiningChannelSuccess', ...common, extranoncePrefix: random.bytes(20) } as const;
    return { asked: 'OpenStandardMiningChannel', answer: [opened, ...work] };
  }
  const room = { extranonceSize: EXTRANONCE_BYTES, extranoncePrefix: EXTRANONCE_PREFIX };
  return { asked: 'OpenExtendedMiningChannel', answer: [{ name: 'OpenExtendedMiningChannelSuccess', ...common, ...room }, ...work] };
}

/** A job that waits for its SetNewPrevHash. */
export function futureJob(channel: 'standard' | 'extended', jobId: number, versionRollingAllowed = true): MiningFromServer {
  const common = { channelId: CHANNEL_ID, jobId, minNtime: undefined, version: 0x20000000 };
  if (channel === 'standard') return { name: 'NewMiningJob', ...common, merkleRoot: random.bytes(32) };
  const { prefix, suffix } = coinbaseAt(FIRST_HEIGHT + jobId, PAYOUT_SCRIPT, EXTRANONCE_PREFIX.length + EXTRANONCE_BYTES);
  return {
    name: 'NewExtendedMiningJob',
    ...common,
    versionRollingAllowed,
    merklePath: merklePath(),
    coinbaseTxPrefix: prefix,
    coinbaseTxSuffix: suffix,
  };
}

/** A new tip on which job `jobId` starts. */
export function prevHashOf(jobId: number, minNtime: number): MiningFromServer {
  return { name: 'SetNewPrevHash', channelId: CHANNEL_ID, jobId, prevHash: random.bytes(32), minNtime, nbits: NBITS };
}
