/**
 * Signs that the chips have stopped, run wild or fall behind. Pure; asked now and then while there is work. Nonces come at
 * random: limits are multiples of their mean interval that chance does not reach.
 *
 * What counts for silence and rate is the time in which the chips had fresh work (`feed-record.ts`). Work that rolls no version
 * lasts less than its way over a slow UART, a bus stalls, a pool sends little: chips that stand without work are not at fault.
 */
import type { ChipCounts } from '../chip/chip-counts.ts';
import type { BoardFault } from './board-fault.ts';

/** A gap of 20 mean intervals comes by chance once in 5 · 10^8 gaps. */
const SILENT_INTERVALS = 20;
/** A stalled bus may keep answers back for a moment. */
const LEAST_SILENCE_MS = 5_000;
/** Work is there, and none was taken for so long: a bus that only stalls moves again before. */
const UNFED_MS = 20_000;
/** A chip that hangs repeats its last answer. */
const SAME_NONCES = 3;
/** So much without fresh work in a look, and chips may have searched the same job again and again: they repeat answers then. */
const STARVED_MS = 1;
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

export interface HealthTimes {
  /** Monotonic. */
  readonly nowMs: number;
  /** How much of it the chips had fresh work; counts from anywhere. */
  readonly fedMs: number;
}

export class HealthWatch {
  /** The last look. */
  #last: HealthTimes;
  /** When the chips were last seen to be given work. */
  #fedAtMs: number;
  /** Both in time with fresh work. */
  #lastSignMs: number;
  #plateauMs: number;
  #plateauNonces = 0;
  #lastNonces = 0;
  /** Of the present run of equal answers, those that may come from a job searched again. */
  #excusedRun = 0;

  constructor(times: HealthTimes) {
    this.#last = times;
    this.#fedAtMs = times.nowMs;
    this.#lastSignMs = times.fedMs;
    this.#plateauMs = times.fedMs;
  }

  /** Answers come more or less often from now on: silence and rate count anew. @param nonces so far */
  restart({ fedMs }: HealthTimes, nonces: number): void {
    this.#lastSignMs = fedMs;
    this.#lastNonces = nonces;
    this.#restartPlateau(fedMs);
  }

  /** There is no work to take. */
  rest(times: HealthTimes): void {
    this.#last = times;
    this.#fedAtMs = times.nowMs;
  }

  /** @param meanIntervalMs between two nonces, at the present frequency and ticket, while the chips have work */
  judge(counts: ChipCounts, meanIntervalMs: number, times: HealthTimes): BoardFault | undefined {
    const { nowMs, fedMs } = times;
    const fresh = counts.nonces - this.#lastNonces;
    this.#lastNonces = counts.nonces;
    this.#plateauNonces += fresh;
    if (fresh > 0) this.#lastSignMs = fedMs;
    if (fedMs > this.#last.fedMs) this.#fedAtMs = nowMs;
    this.#excuse(counts, times);
    this.#last = times;
    return (
      this.#silence(meanIntervalMs, fedMs) ?? this.#unfed(nowMs) ?? this.#stuck(counts) ?? wild(counts) ?? this.#slow(meanIntervalMs, fedMs)
    );
  }

  #silence(meanIntervalMs: number, fedMs: number): BoardFault | undefined {
    const silentMs = fedMs - this.#lastSignMs;
    if (silentMs <= Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * meanIntervalMs)) return undefined;
    return { code: 'device-hung', text: `no correct answer for ${Math.round(silentMs / 1000)} s` };
  }

  #unfed(nowMs: number): BoardFault | undefined {
    const unfedMs = nowMs - this.#fedAtMs;
    return unfedMs <= UNFED_MS ? undefined : { code: 'device-hung', text: `took no work for ${Math.round(unfedMs / 1000)} s` };
  }

  #excuse({ sameNonceRun }: ChipCounts, { nowMs, fedMs }: HealthTimes): void {
    const starvedMs = nowMs - this.#last.nowMs - (fedMs - this.#last.fedMs);
    this.#excusedRun = starvedMs >= STARVED_MS ? sameNonceRun : Math.min(this.#excusedRun, sameNonceRun - 1);
  }

  #stuck({ sameNonceRun }: ChipCounts): BoardFault | undefined {
    if (sameNonceRun - Math.max(0, this.#excusedRun) < SAME_NONCES) return undefined;
    return { code: 'device-hung', text: `the same answer ${sameNonceRun} times` };
  }

  #slow(meanIntervalMs: number, fedMs: number): BoardFault | undefined {
    const passedMs = fedMs - this.#plateauMs;
    const expected = passedMs / meanIntervalMs;
    const ripe = passedMs >= PLATEAU_MS || (passedMs >= PLATEAU_LEAST_MS && this.#plateauNonces >= PLATEAU_NONCES);
    if (!ripe || expected < LEAST_EXPECTED) return undefined;
    const share = this.#plateauNonces / expected;
    this.#restartPlateau(fedMs);
    return share < SLOW_SHARE ? { code: 'device-slow', percent: Math.round(share * 100) } : undefined;
  }

  #restartPlateau(fedMs: number): void {
    this.#plateauMs = fedMs;
    this.#plateauNonces = 0;
  }
}

function wild(counts: ChipCounts): BoardFault | undefined {
  if (counts.hardwareErrors < LEAST_ERRORS || counts.errorRate < WILD_RATE) return undefined;
  const answers = counts.nonces + counts.hardwareErrors;
  return { code: 'device-nonsense', text: `${Math.round(counts.errorRate * 100)} % of ${answers} answers are wrong` };
}
