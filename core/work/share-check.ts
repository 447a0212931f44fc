/**
 * Every nonce is checked here before it leaves: the header is put together again, hashed twice, and compared with the
 * share target and the block target. MIN-38: a hash equal to the target counts.
 */
import { DIFFICULTY_ONE, isChipHash } from '../bitcoin/chip-difficulty.ts';
import { headerAt } from '../bitcoin/header.ts';
import { sha256d } from '../bitcoin/sha256d.ts';
import { difficultyOf, meetsTarget } from '../bitcoin/target.ts';
import { readU32Le, writeU32Le } from '../bitcoin/u32.ts';

/** What was to be hashed, and what counts. Targets are 32 bytes little-endian. */
export interface CheckedWork {
  /** 80 bytes; nonce, and the version bits of `versionMask`, come from the device. */
  readonly header: Uint8Array;
  readonly versionMask: number;
  /** ntime may be up to so much later than the header's. */
  readonly ntimeRolls: number;
  readonly shareTarget: Uint8Array;
  readonly blockTarget: Uint8Array;
}

/** A claim to be checked. Integers as they stand in the header. */
export interface ClaimedNonce {
  readonly nonce: number;
  readonly version: number;
  readonly ntime: number;
}

/** `share`: meets the share target or is a block. `easier`: a real hash that meets neither. `wrong`: see `hardwareErrorOf`. */
export type NonceCheck =
  | { readonly kind: 'share'; readonly hash: Uint8Array; readonly difficulty: number; readonly isBlock: boolean }
  | { readonly kind: 'easier'; readonly hash: Uint8Array; readonly difficulty: number }
  | { readonly kind: 'wrong'; readonly reason: WrongNonce };

export type WrongNonce = 'version-outside-mask' | 'ntime-outside-range' | 'hash-too-high';

/** Puts the header together and judges it. @param difficultyOne hashes behind what a chip calls difficulty 1 */
export function checkNonce(work: CheckedWork, claimed: ClaimedNonce, difficultyOne = DIFFICULTY_ONE): NonceCheck {
  const reason = outsideWork(work, claimed);
  if (reason !== undefined) return { kind: 'wrong', reason };
  const header = work.header.slice();
  writeU32Le(header, headerAt.version, claimed.version);
  writeU32Le(header, headerAt.ntime, claimed.ntime);
  writeU32Le(header, headerAt.nonce, claimed.nonce);
  const hash = sha256d(header);
  const isBlock = meetsTarget(hash, work.blockTarget);
  if (isBlock || meetsTarget(hash, work.shareTarget)) return { kind: 'share', hash, difficulty: difficultyOf(hash), isBlock };
  if (!isChipHash(hash, difficultyOne)) return { kind: 'wrong', reason: 'hash-too-high' };
  return { kind: 'easier', hash, difficulty: difficultyOf(hash) };
}

/** MIN-32, MIN-34: only the bits of the mask may differ, and ntime only as far as the work allows. */
function outsideWork(work: CheckedWork, claimed: ClaimedNonce): WrongNonce | undefined {
  const version = readU32Le(work.header, headerAt.version);
  if (((claimed.version ^ version) & ~work.versionMask) !== 0) return 'version-outside-mask';
  const rolled = claimed.ntime - readU32Le(work.header, headerAt.ntime);
  return rolled >= 0 && rolled <= work.ntimeRolls ? undefined : 'ntime-outside-range';
}
