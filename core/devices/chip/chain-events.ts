/** What is said to a chain of chips, and what it says: the vocabulary of `ChipChain`. */
import type { FoundNonce, Work } from '../device.ts';
import type { ChipReply, InitSettings } from './chip-family.ts';
import type { WrongReply } from './job-ring.ts';

export type ChainFailure =
  | { readonly code: 'chips-missing'; readonly found: number; readonly expected: number }
  | { readonly code: 'chips-too-many'; readonly found: number; readonly limit: number }
  | { readonly code: 'chip-unexpected'; readonly idWord: number };

export type ChainCommand =
  /** Finds the chips, after a reset. Forgets everything from before. */
  | { readonly type: 'discover' }
  /** After `discovered`. */
  | ({ readonly type: 'init' } & Omit<InitSettings, 'chips'>)
  /** In one go; after `ready`. */
  | { readonly type: 'frequency'; readonly mhz: number }
  | { readonly type: 'ticket'; readonly difficulty: number }
  /** A job for all chips, in place of the one before. Ignored unless `takesWork`. */
  | { readonly type: 'work'; readonly work: Work }
  /** All works so far are void: their nonces are stale. */
  | { readonly type: 'void' }
  /** A command of the family that has no name here; after `ready`. */
  | { readonly type: 'raw'; readonly bytes: Uint8Array }
  /** To as little power as commands can achieve; `stopped` follows. */
  | { readonly type: 'shutdown' };

export type ChainEvent =
  | { readonly type: 'write'; readonly bytes: Uint8Array }
  | { readonly type: 'host-baud'; readonly baud: number }
  | { readonly type: 'discovered'; readonly chips: number; readonly idWord: number }
  | { readonly type: 'failed'; readonly fault: ChainFailure }
  | { readonly type: 'ready'; readonly mhz: number }
  /** A change of frequency is through. `mhz` is what the PLL really makes. */
  | { readonly type: 'frequency'; readonly mhz: number }
  | { readonly type: 'stopped' }
  | { readonly type: 'nonce'; readonly found: FoundNonce; readonly chip: number; readonly difficulty: number; readonly recovered: boolean }
  /** Correct, but for a voided work; the scheduler may want to see it all the same. */
  | { readonly type: 'stale'; readonly found: FoundNonce; readonly chip: number }
  | { readonly type: 'duplicate'; readonly chip: number }
  | { readonly type: 'hardware-error'; readonly reason: WrongReply; readonly chip: number }
  | { readonly type: 'healthy-core' }
  /** `mhz` where it is a PLL register. */
  | (Extract<ChipReply, { kind: 'register' }> & { readonly type: 'register'; readonly mhz?: number })
  /** So many bytes belonged to no reply. */
  | { readonly type: 'garbage'; readonly bytes: number };
