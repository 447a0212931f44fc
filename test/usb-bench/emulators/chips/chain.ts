/** What all emulated chip chains share: power, the reset line, counts, and a record of what the host sent. */
import type { SerialMachine } from '../serial-wire.ts';
import type { SearchOptions } from './nonce-search.ts';

/** One thing that the host sent: a whole frame without its preamble, or bytes that belong to none. */
export interface Heard {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly verdict: 'command' | 'job' | 'garbage';
}

export interface ChainStats {
  readonly hashes: number;
  /** Emulated hashes that this machine had no time for. */
  readonly lostHashes: number;
  /** Hashes that were not done because a job was through before the host had sent the next. */
  readonly starvedHashes: number;
  readonly jobs: number;
  readonly noncesSent: number;
  readonly chips: number;
  readonly megahertz: number;
  readonly hashesPerSecond: number;
}

export interface Chain extends SerialMachine {
  /** Newest last; at most HEARD_LIMIT. */
  readonly heard: readonly Heard[];
  /** What a real chip might put up with, but the document does not allow. Each sentence once. */
  readonly complaints: ReadonlySet<string>;
  readonly stats: ChainStats;
  /** Low: registers return to their reset values, and nothing is heard or said. */
  setReset(isLow: boolean): void;
  setPower(isOn: boolean): void;
  /** Chips that still answer: the first `count` of the chain. */
  setAlive(count: number): void;
}

export interface ChainOptions {
  readonly chips: number;
  readonly search: SearchOptions;
  /** Measured rate over cores x MHz (1 where the document has no such factor). */
  readonly rateScale?: number;
  /** Bytes that the document leaves open are 0, as in its tables; else they vary as a real chip's do. */
  readonly plain?: boolean;
}

export const HEARD_LIMIT = 20_000;

/** The record of one chain. */
export class Hearing {
  readonly heard: Heard[] = [];
  readonly complaints = new Set<string>();

  note(bytes: Uint8Array, at: number, verdict: Heard['verdict']): void {
    if (this.heard.length === HEARD_LIMIT) this.heard.shift();
    this.heard.push({ at, bytes: bytes.slice(), verdict });
  }
}
