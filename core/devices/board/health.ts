/**
 * Signs that the chips have stopped, run wild or fall behind. Pure; asked now and then while there is work. Nonces come at
 * random: limits are multiples of their mean interval that chance does not reach.
 */
import type { ChipCounts } from '../chip/chip-counts.ts';
import type { BoardFault } from './board-fault.ts';

/** A gap of 20 mean intervals comes by chance once in 5 · 10^8 gaps. */
const SILENT_INTERVALS = 20;
/** A stalled bus may keep answers back for a moment. */
const LEAST_SILENCE_MS = 5_000;
/** A chip that hangs repeats its last answer. */
const SAME_NONCES = 3;
/** Chips that err more often than not do not do what they were told. */
const WILD_RATE = 0.5;
const LEAST_ERRORS = 50;
/** The plateau: judged over five minutes, or 400 nonces, but not before two minutes have passed. */
const PLATEAU_MS = 300_000;
const PLATEAU_LEAST_MS = 120_000;
const PLATEAU_NONCES = 400;
/** Below this share of what it should do a board is better off slower. */
const SLOW_SHARE = 0.65;
/** Fewer expected nonces say nothing: at 50 the chance of being 35 % below is one in a thousand. */
const LEAST_EXPECTED = 50;

export class HealthWatch {
  #sinceMs: number;
  #lastSignMs: number;
  #plateauMs: number;
  #plateauNonces = 0;
  #lastNonces = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#lastSignMs = nowMs;
    this.#plateauMs = nowMs;
  }

  /** There was no work, or the frequency changed: silence and rate count anew. */
  restart(nowMs: number): void {
    this.#lastSignMs = nowMs;
    this.#restartPlateau(nowMs);
  }

  /** @param meanIntervalMs between two nonces, at the present frequency and ticket */
  judge(counts: ChipCounts, meanIntervalMs: number, nowMs: number): BoardFault | undefined {
    const fresh = counts.nonces - this.#lastNonces;
    this.#lastNonces = counts.nonces;
    this.#plateauNonces += fresh;
    if (fresh > 0) this.#lastSignMs = nowMs;
    return this.#silence(meanIntervalMs, nowMs) ?? stuck(counts) ?? wild(counts) ?? this.#slow(meanIntervalMs, nowMs);
  }

  /** How long the chips have been well. */
  wellMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  #silence(meanIntervalMs: number, nowMs: number): BoardFault | undefined {
    const silentMs = nowMs - this.#lastSignMs;
    if (silentMs <= Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * meanIntervalMs)) return undefined;
    return { code: 'device-hung', text: `no correct answer for ${Math.round(silentMs / 1000)} s` };
  }

  #slow(meanIntervalMs: number, nowMs: number): BoardFault | undefined {
    const passedMs = nowMs - this.#plateauMs;
    const expected = passedMs / meanIntervalMs;
    const ripe = passedMs >= PLATEAU_MS || (passedMs >= PLATEAU_LEAST_MS && this.#plateauNonces >= PLATEAU_NONCES);
    if (!ripe || expected < LEAST_EXPECTED) return undefined;
    const share = this.#plateauNonces / expected;
    this.#restartPlateau(nowMs);
    return share < SLOW_SHARE ? { code: 'device-slow', percent: Math.round(share * 100) } : undefined;
  }

  #restartPlateau(nowMs: number): void {
    this.#plateauMs = nowMs;
    this.#plateauNonces = 0;
  }
}

function stuck({ sameNonceRun }: ChipCounts): BoardFault | undefined {
  return sameNonceRun < SAME_NONCES ? undefined : { code: 'device-hung', text: `the same answer ${sameNonceRun} times` };
}

function wild(counts: ChipCounts): BoardFault | undefined {
  if (counts.hardwareErrors < LEAST_ERRORS || counts.errorRate < WILD_RATE) return undefined;
  const answers = counts.nonces + counts.hardwareErrors;
  return { code: 'device-nonsense', text: `${Math.round(counts.errorRate * 100)} % of ${answers} answers are wrong` };
}
