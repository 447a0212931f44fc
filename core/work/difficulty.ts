/**
 * Variable difficulty, server side: finds the share target at which a miner sends so many shares a minute. Used by
 * the practice pool and by the LAN side. Takes the time, gives targets; holds no timer.
 */
import { hashesPerShare, MAX_TARGET, targetOfHashrate } from '../bitcoin/target.ts';
import { compareLe } from '../bytes.ts';

export interface VardiffOptions {
  readonly sharesPerMinute: number;
  /** What the miner says it does; 0 when it does not say. */
  readonly hashesPerSecond: number;
  /** Easiest target to give: 32 bytes little-endian. */
  readonly easiest?: Uint8Array;
}

/** A look at the rate happens this often at most … */
const REVIEW_MS = 30_000;
/** … but a rush of shares is answered at once: so many times what a review expects. */
const RUSH_FACTOR = 4;
/** With fewer shares than this the rate is mostly chance, except that too few came. */
const MIN_SHARES = 8;
/** A target within this factor of the ideal one stays. */
const TOLERANCE = 1.5;
/** Largest step at once: one lucky minute must not starve the miner. */
const MAX_STEP = 4;
/** A miner that says nothing starts here: it is corrected upwards within seconds. */
const UNKNOWN_HASHES_PER_SECOND = 1_000_000;

export class Vardiff {
  readonly #options: VardiffOptions;
  readonly #easiest: Uint8Array;
  #target: Uint8Array;
  #shares = 0;
  #sinceMs: number;

  constructor(options: VardiffOptions, nowMs: number) {
    this.#options = options;
    this.#easiest = options.easiest ?? MAX_TARGET;
    this.#target = this.#clamped(options.hashesPerSecond > 0 ? options.hashesPerSecond : UNKNOWN_HASHES_PER_SECOND);
    this.#sinceMs = nowMs;
  }

  /** The share target in force: 32 bytes little-endian. */
  get target(): Uint8Array {
    return this.#target;
  }

  /** A share came in. True when the target changed. */
  share(nowMs: number): boolean {
    this.#shares += 1;
    const rush = Math.max(MIN_SHARES, (RUSH_FACTOR * this.#options.sharesPerMinute * REVIEW_MS) / 60_000);
    return this.#shares >= rush ? this.#review(nowMs) : this.tick(nowMs);
  }

  /** Time passed. True when the target changed. */
  tick(nowMs: number): boolean {
    return nowMs - this.#sinceMs >= REVIEW_MS && this.#review(nowMs);
  }

  /** The miner says what it does now: counts at once. True when the target changed. */
  declare(hashesPerSecond: number, nowMs: number): boolean {
    this.#restart(nowMs);
    return hashesPerSecond > 0 && this.#set(hashesPerSecond);
  }

  #review(nowMs: number): boolean {
    const minutes = Math.max(nowMs - this.#sinceMs, 1) / 60_000;
    const expected = minutes * this.#options.sharesPerMinute;
    if (this.#shares < MIN_SHARES && expected < MIN_SHARES) return false;
    const ratio = Math.min(MAX_STEP, Math.max(1 / MAX_STEP, this.#shares / expected));
    const present = (hashesPerShare(this.#target) * this.#options.sharesPerMinute) / 60;
    this.#restart(nowMs);
    if (ratio < TOLERANCE && ratio > 1 / TOLERANCE) return false;
    return this.#set(present * ratio);
  }

  #restart(nowMs: number): void {
    this.#shares = 0;
    this.#sinceMs = nowMs;
  }

  #set(hashesPerSecond: number): boolean {
    const target = this.#clamped(hashesPerSecond);
    const changed = compareLe(target, this.#target) !== 0;
    this.#target = target;
    return changed;
  }

  #clamped(hashesPerSecond: number): Uint8Array {
    const target = targetOfHashrate(hashesPerSecond, this.#options.sharesPerMinute);
    return compareLe(target, this.#easiest) > 0 ? this.#easiest : target;
  }
}
