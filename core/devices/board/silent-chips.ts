/**
 * Tells that some chips of a chain give no answers while the others do, and that all of them do again. The board hashes on: a
 * reset does not mend what is broken, and the others are not to pay for it. Only where a nonce tells which chip found it.
 */
import type { ChipCount } from '../chip/chip-counts.ts';
import type { DeviceEvent } from '../device.ts';

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
  readonly #tell: (event: DeviceEvent) => void;
  #seen: readonly ChipSeen[] = [];
  #standing: ChipsSilentFault | undefined;

  constructor(tell: (event: DeviceEvent) => void) {
    this.#tell = tell;
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
    if (silent === 0 || silent === chips.length) this.over();
    else if (silent !== this.#standing?.silent) this.#told({ code: 'device-chips-silent', silent, chips: chips.length });
  }

  /** Whoever counts faults takes a board that hashes anew for one without. */
  again(): void {
    if (this.#standing !== undefined) this.#tell({ type: 'fault', fault: this.#standing });
  }

  over(): void {
    if (this.#standing === undefined) return;
    this.#standing = undefined;
    this.#tell({ type: 'fault-over', code: 'device-chips-silent' });
  }

  #told(fault: ChipsSilentFault): void {
    this.#standing = fault;
    this.again();
  }
}
