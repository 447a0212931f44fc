/**
 * Tells that some chips of a chain give no answers while the others do, and that all of them do again. The board hashes on: a
 * reset does not mend what is broken, and the others are not to pay for it. Only where a nonce tells which chip found it.
 */
import type { ChipCount } from '../chip/chip-counts.ts';
import type { DeviceEvent } from '../device.ts';
import { StandingNotice } from './standing-notice.ts';

/**
 * A gap of 20 of its own mean intervals comes to a chip by chance once in 5 · 10^8 answers; that of two minutes of work is 58
 * intervals on the slowest board that there is, and 1,500 on the fastest: never.
 */
const SILENT_INTERVALS = 20;
const LEAST_SILENCE_MS = 120_000;

export type ChipsSilentFault = { readonly code: 'device-chips-silent'; readonly silent: number; readonly chips: number };

interface ChipSeen {
  nonces: number;
  /** In time with fresh work. */
  lastSignMs: number;
}

export class SilentChips {
  readonly notice: StandingNotice<ChipsSilentFault>;
  #seen: readonly ChipSeen[] = [];

  constructor(tell: (event: DeviceEvent) => void) {
    this.notice = new StandingNotice(tell);
  }

  /** @param meanIntervalMs between two nonces of the whole chain; @param fedMs how long the chips had fresh work so far */
  judge(chips: readonly ChipCount[], meanIntervalMs: number, fedMs: number): void {
    if (this.#seen.length !== chips.length) this.#seen = chips.map(({ nonces }) => ({ nonces, lastSignMs: fedMs }));
    const limitMs = Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * meanIntervalMs * chips.length);
    const silent = this.#seen.filter((seen, index) => {
      const { nonces } = chips[index] as ChipCount;
      if (nonces > seen.nonces) Object.assign(seen, { nonces, lastSignMs: fedMs });
      return fedMs - seen.lastSignMs > limitMs;
    }).length;
    // All of them: that is a board that hangs, and it is told as one.
    if (silent === 0 || silent === chips.length) this.notice.over();
    else if (silent !== this.notice.standing?.silent) this.notice.raise({ code: 'device-chips-silent', silent, chips: chips.length });
  }
}
