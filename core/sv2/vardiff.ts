/**
 * Variable difficulty of one channel, as the expected hashes behind a share. Starts easy, so that a slow processor sees
 * its first share in a second or two, then spaces shares out as evidence grows, until they come `sharesPerMinute`.
 * After t seconds about 6·ln(t) shares have been seen, so the estimate is good to one part in √(6·ln t). Pure.
 */

export interface VardiffOptions {
  /** Where it settles. */
  readonly sharesPerMinute: number;
  /** Expected wait for a share at the start. */
  readonly firstIntervalMs: number;
  /** Taken for a client that says nothing of its speed: slower than any, so that it errs on the easy side. */
  readonly assumedHashesPerSecond: number;
  /** Never easier, whatever silence suggests: a device that comes back at full speed must not flood the pool. */
  readonly leastHashesPerShare: number;
}

export const DEFAULT_VARDIFF: VardiffOptions = {
  sharesPerMinute: 6,
  firstIntervalMs: 400,
  assumedHashesPerSecond: 500_000,
  leastHashesPerShare: 1 << 16,
};

/** Hashes per share a channel allows: no easier than its client's max_target, no harder than a block. */
export interface VardiffBounds {
  readonly least: number;
  readonly most: number;
}

export interface Vardiff {
  /** In force. */
  readonly hashesPerShare: number;
  /** Estimated from accepted shares. */
  readonly hashesPerSecond: number;
  /** Monotonic milliseconds when `tick` may have something to change. */
  readonly deadline: number;
  /** A share worth `hashes` was accepted. True: `hashesPerShare` changed. */
  accepted(hashes: number, nowMs: number): boolean;
  /** The client says what it does. True: `hashesPerShare` changed. */
  nominal(hashesPerSecond: number, nowMs: number): boolean;
  /** The bounds moved. True: `hashesPerShare` changed. */
  bound(bounds: VardiffBounds): boolean;
  /** Silence is evidence too. True: `hashesPerShare` changed. */
  tick(nowMs: number): boolean;
}

const EVIDENCE_PER_INTERVAL = 6; // the interval is a sixth of the time there has been to learn
const CHANGE_RATIO = 1.6; // smaller corrections are within the noise of a few dozen shares
const LEAST_SHARES_BETWEEN_CHANGES = 3; // a decision on fewer is a coin toss
const FORGET_AFTER_MS = 600_000; // evidence is halved then: devices are paused, added, tuned
const BURST_SHARES = 16; // that many at four times the estimated rate: once in two hundred thousand by chance
const BURST_RATIO = 4;
const SILENT_INTERVALS = 8; // expected shares that did not come: once in three thousand by chance
const SILENT_INTERVALS_AT_START = 4; // nothing is known yet, and a person is waiting
const QUICK_DROPS = 3; // silent drops in a row before it is taken for a pause rather than a slow device
const SLOW_DROP_MS = 600_000;
const NOMINAL_RATIO = 2; // what the client says is news only if it differs by this from what was measured
const LEAST_ELAPSED_MS = 50; // shares that come in one segment do not prove infinite speed

interface Evidence {
  since: number;
  work: number;
}

export function vardiff(options: VardiffOptions, start: { nominal: number; bounds: VardiffBounds; nowMs: number }): Vardiff {
  const lastInterval = 60_000 / options.sharesPerMinute;
  let bounds = start.bounds;
  let bornAt = start.nowMs;
  let evidence: Evidence = prior(start.nominal > 0 ? start.nominal : options.assumedHashesPerSecond, start.nowMs);
  let current = clamp(rate(start.nowMs) * (options.firstIntervalMs / 1000));
  let sharesSinceChange = 0;
  let sharesEver = 0;
  let lastShareAt = start.nowMs;
  let silentDrops = 0;
  const recent: { at: number; hashes: number }[] = [];

  /** A rate that was not measured counts as much as what it does in this time. */
  function prior(hashesPerSecond: number, nowMs: number, forMs = options.firstIntervalMs): Evidence {
    return { since: nowMs - forMs, work: (hashesPerSecond * forMs) / 1000 };
  }

  function rate(nowMs: number): number {
    return (evidence.work * 1000) / Math.max(LEAST_ELAPSED_MS, nowMs - evidence.since);
  }

  function clamp(hashes: number): number {
    return Math.max(options.leastHashesPerShare, bounds.least, Math.min(bounds.most, hashes));
  }

  function interval(nowMs: number): number {
    return Math.min(lastInterval, Math.max(options.firstIntervalMs, (nowMs - bornAt) / EVIDENCE_PER_INTERVAL));
  }

  function settle(nowMs: number): boolean {
    const wanted = clamp((rate(nowMs) * interval(nowMs)) / 1000);
    const ratio = wanted / current;
    if (ratio < CHANGE_RATIO && ratio > 1 / CHANGE_RATIO) return false;
    current = wanted;
    sharesSinceChange = 0;
    return true;
  }

  function forget(nowMs: number): void {
    const elapsed = nowMs - evidence.since;
    if (elapsed > FORGET_AFTER_MS) evidence = { since: nowMs - elapsed / 2, work: evidence.work / 2 };
  }

  /** A device that became much faster: only the last few shares tell of it. */
  function burst(hashes: number, nowMs: number): void {
    recent.push({ at: nowMs, hashes });
    if (recent.length <= BURST_SHARES) return;
    const first = recent.shift() as { at: number };
    const work = recent.reduce((sum, share) => sum + share.hashes, 0);
    const elapsed = Math.max(LEAST_ELAPSED_MS, nowMs - first.at);
    if ((work * 1000) / elapsed > BURST_RATIO * rate(nowMs)) evidence = { since: nowMs - elapsed, work };
  }

  function silenceMs(): number {
    if (sharesEver > 0 && silentDrops >= QUICK_DROPS) return SLOW_DROP_MS;
    const intervals = sharesEver === 0 ? SILENT_INTERVALS_AT_START : SILENT_INTERVALS;
    return intervals * Math.max(options.firstIntervalMs, (current * 1000) / rate(lastShareAt));
  }

  return {
    get hashesPerShare() {
      return current;
    },
    get hashesPerSecond() {
      return rate(lastShareAt);
    },
    get deadline() {
      return lastShareAt + silenceMs();
    },
    accepted(hashes, nowMs) {
      sharesEver += 1;
      sharesSinceChange += 1;
      silentDrops = 0;
      lastShareAt = nowMs;
      evidence.work += hashes;
      forget(nowMs);
      burst(hashes, nowMs);
      return sharesSinceChange >= LEAST_SHARES_BETWEEN_CHANGES && settle(nowMs);
    },
    nominal(hashesPerSecond, nowMs) {
      const ratio = hashesPerSecond / rate(nowMs);
      if (hashesPerSecond <= 0 || (ratio < NOMINAL_RATIO && ratio > 1 / NOMINAL_RATIO)) return false;
      evidence = prior(hashesPerSecond, nowMs);
      bornAt = Math.max(bornAt, nowMs - lastInterval); // part of the way back to easy, not all of it
      lastShareAt = nowMs;
      recent.length = 0;
      return settle(nowMs);
    },
    bound(next) {
      bounds = next;
      const before = current;
      current = clamp(current);
      return current !== before;
    },
    tick(nowMs) {
      if (nowMs < lastShareAt + silenceMs()) return false;
      silentDrops += 1;
      // One share in that time would have been the most there was; believed as much as one share of the new kind.
      evidence = prior((current * 1000) / (nowMs - lastShareAt), nowMs, interval(nowMs));
      lastShareAt = nowMs;
      if (sharesEver === 0) bornAt = nowMs; // nothing was learned yet
      recent.length = 0;
      return settle(nowMs);
    },
  };
}
