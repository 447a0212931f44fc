/**
 * Which source is mined, and which others are kept connected: the first of the ordered list that works. A pure state
 * machine (rule R2): it is told what happened and the time, and says what should run; it opens nothing by itself.
 *
 * The rules in words: when the active source gives no work for `graceMs`, the next one is connected and taken as soon as
 * it works; the better ones are tried all the while, and the best is taken back once it has worked for `stableMs`
 * without a break. "Use now" puts one source in front, at once, until another choice. Nothing falls by itself from an
 * encrypted source to a readable one, nor between practice and real mining. Proves MIN-47 for sources that are benched.
 */

export interface FailoverSource {
  readonly id: string;
  /** Anyone on the path can read and redirect it (Stratum V1); never a fallback for one that is not. */
  readonly readable: boolean;
  /** The practice chain earns nothing; it is never a fallback, and has none. */
  readonly practice: boolean;
}

export type SwitchReason = 'started' | 'unavailable' | 'returned' | 'chosen' | 'removed' | 'distrusted';

export interface FailoverSwitch {
  readonly fromId: string | undefined;
  readonly toId: string;
  readonly reason: SwitchReason;
}

export interface FailoverPlan {
  /** Sources to keep connected, best first. */
  readonly run: readonly string[];
  readonly activeId: string | undefined;
  readonly preferredId: string | undefined;
  /** When the better source that works again will be taken back, monotonic milliseconds. */
  readonly returnsAtMs: number | undefined;
}

export interface FailoverLimits {
  /** A reconnect takes a few seconds; hashing nothing for longer costs more than a switch. */
  readonly graceMs: number;
  /** A pool that restarts is often up and down a few times; two minutes tell the end of that. */
  readonly stableMs: number;
  /** Working this long ends a trouble; less, and the grace goes on counting, so that a flapping source is left. */
  readonly steadyMs: number;
  /** How long a source that keeps refusing good shares stands behind all others. */
  readonly benchMs: number;
}

export const FAILOVER_LIMITS: FailoverLimits = { graceMs: 20_000, stableMs: 120_000, steadyMs: 30_000, benchMs: 600_000 };

/** What is known of a running source. `troubleSince`: no steady work since then. */
interface Health {
  at: 'up' | 'down' | 'refused';
  since: number;
  troubleSince: number | undefined;
}

export class Failover {
  readonly #limits: FailoverLimits;
  #order: readonly FailoverSource[] = [];
  #health = new Map<string, Health>();
  #benchedUntil = new Map<string, number>();
  #chosenId: string | undefined;
  /** The chosen one has not worked yet: it is taken without a wait. Later it has to prove stable like any other. */
  #chosenIsNew = false;
  #activeId: string | undefined;
  #on = false;
  /** What was due until then has been done. */
  #settledAt = Number.NEGATIVE_INFINITY;

  constructor(limits: FailoverLimits = FAILOVER_LIMITS) {
    this.#limits = limits;
  }

  start(now: number): FailoverSwitch | undefined {
    this.#on = true;
    return this.#settle(now, 'started');
  }

  /** Nothing runs any more; the choice of a person ends too. */
  stop(): void {
    this.#on = false;
    this.#health.clear();
    this.#activeId = undefined;
    this.#chosenId = undefined;
  }

  /** The list as the person ordered it; what is known of those that stay is kept. */
  setOrder(sources: readonly FailoverSource[], now: number): FailoverSwitch | undefined {
    this.#order = sources;
    const has = (id: string | undefined) => sources.some((source) => source.id === id);
    for (const id of this.#health.keys()) if (!has(id)) this.#health.delete(id);
    for (const id of this.#benchedUntil.keys()) if (!has(id)) this.#benchedUntil.delete(id);
    if (!has(this.#chosenId)) this.#chosenId = undefined;
    return this.#settle(now, 'removed');
  }

  /** Gives work now (`up`), does not but tries (`down`), or will not try again (`refused`). Unknown ids are ignored. */
  heard(id: string, at: Health['at'], now: number): FailoverSwitch | undefined {
    const health = this.#health.get(id);
    if (!health || health.at === at) return undefined;
    health.at = at;
    health.since = now;
    if (at !== 'up') health.troubleSince ??= now;
    return this.#settle(now, 'unavailable');
  }

  /** The source was opened anew: what was known of it no longer counts. */
  reopened(id: string, now: number): FailoverSwitch | undefined {
    if (!this.#health.has(id)) return undefined;
    this.#health.set(id, { at: 'down', since: now, troubleSince: now });
    return this.#settle(now, 'unavailable');
  }

  /** A person wants this one now. Work goes on at the old one until it is connected. */
  use(id: string, now: number): FailoverSwitch | undefined {
    if (!this.#order.some((source) => source.id === id)) return undefined;
    this.#chosenId = id;
    this.#chosenIsNew = true;
    this.#benchedUntil.delete(id);
    return this.#settle(now, 'chosen');
  }

  /** MIN-47: it keeps refusing shares that are valid by our own check; it stands behind all others for a while. */
  distrust(id: string, now: number): FailoverSwitch | undefined {
    this.#benchedUntil.set(id, now + this.#limits.benchMs);
    return this.#settle(now, 'distrusted');
  }

  tick(now: number): FailoverSwitch | undefined {
    return this.#settle(now, 'unavailable');
  }

  plan(): FailoverPlan {
    const ranked = this.#ranked();
    const better = this.#betterUp(ranked);
    return {
      run: ranked.filter((id) => this.#health.has(id)),
      activeId: this.#activeId,
      preferredId: this.#chosenId ?? this.#order[0]?.id,
      returnsAtMs: better === undefined ? undefined : (this.#health.get(better)?.since ?? 0) + this.#limits.stableMs,
    };
  }

  /**
   * When `tick` is due at the latest, monotonic milliseconds; undefined when time alone changes nothing. It may be past: a
   * timer rings a fraction early, and the moment falls between that tick and this question.
   */
  deadline(): number | undefined {
    const { graceMs, stableMs, steadyMs } = this.#limits;
    const moments = [...this.#benchedUntil.values()];
    for (const { at, since, troubleSince } of this.#health.values()) {
      if (at === 'up') moments.push(since + stableMs);
      if (at === 'up' && troubleSince !== undefined) moments.push(since + steadyMs);
      if (at === 'down' && troubleSince !== undefined) moments.push(troubleSince + graceMs);
    }
    const open = moments.filter((moment) => this.#on && moment > this.#settledAt);
    return open.length === 0 ? undefined : Math.min(...open);
  }

  #settle(now: number, reason: SwitchReason): FailoverSwitch | undefined {
    if (!this.#on) return undefined;
    this.#settledAt = now;
    this.#expire(now);
    const ranked = this.#ranked();
    const fromId = this.#activeId;
    const next = this.#choose(ranked, now);
    if (next) this.#activeId = next.id;
    else if (fromId !== undefined && !ranked.includes(fromId)) this.#activeId = undefined;
    if (this.#activeId === this.#chosenId) this.#chosenIsNew = false;
    this.#run(ranked, now);
    if (this.#activeId === undefined || this.#activeId === fromId) return undefined;
    return { fromId, toId: this.#activeId, reason: fromId === undefined ? 'started' : (next?.reason ?? reason) };
  }

  #expire(now: number): void {
    for (const [id, until] of this.#benchedUntil) if (until <= now) this.#benchedUntil.delete(id);
    for (const health of this.#health.values())
      if (health.at === 'up' && now - health.since >= this.#limits.steadyMs) health.troubleSince = undefined;
  }

  /** Ids that may be mined, best first: the chosen one, then the list; those benched last; no way down from encrypted. */
  #ranked(): readonly string[] {
    const chosen = this.#order.filter((source) => source.id === this.#chosenId);
    const all = [...chosen, ...this.#order.filter((source) => source.id !== this.#chosenId)];
    const first = all[0];
    const ids = all.filter((source) => first !== undefined && mayFollow(first, source)).map((source) => source.id);
    return [...ids.filter((id) => !this.#benchedUntil.has(id)), ...ids.filter((id) => this.#benchedUntil.has(id))];
  }

  /** The switch that is due, if any. */
  #choose(ranked: readonly string[], now: number): { id: string; reason: SwitchReason | undefined } | undefined {
    const active = this.#activeId === undefined ? undefined : this.#health.get(this.#activeId);
    const best = ranked.find((id) => this.#health.get(id)?.at === 'up');
    if (best === undefined || best === this.#activeId) return undefined;
    if (active === undefined || !ranked.includes(this.#activeId as string)) return { id: best, reason: undefined };
    const isBetter = ranked.indexOf(best) < ranked.indexOf(this.#activeId as string);
    if (active.at === 'up') return this.#takeBack(ranked, now);
    if (best === this.#chosenId && this.#chosenIsNew) return { id: best, reason: 'chosen' };
    if (isBetter || active.at === 'refused' || this.#isOverdue(active, now)) return { id: best, reason: 'unavailable' };
    return undefined;
  }

  /** A better source instead of one that works: the chosen one at once, another only when it has proved stable. */
  #takeBack(ranked: readonly string[], now: number): { id: string; reason: SwitchReason } | undefined {
    const better = ranked.slice(0, ranked.indexOf(this.#activeId as string)).filter((id) => this.#health.get(id)?.at === 'up');
    const first = better[0];
    if (first === undefined) return undefined;
    if (first === this.#chosenId && this.#chosenIsNew) return { id: first, reason: 'chosen' };
    if (this.#benchedUntil.has(this.#activeId as string)) return { id: first, reason: 'distrusted' };
    const stable = better.find((id) => now - (this.#health.get(id)?.since ?? now) >= this.#limits.stableMs);
    return stable === undefined ? undefined : { id: stable, reason: 'returned' };
  }

  #betterUp(ranked: readonly string[]): string | undefined {
    const at = this.#activeId === undefined ? -1 : ranked.indexOf(this.#activeId);
    return ranked.slice(0, Math.max(at, 0)).find((id) => this.#health.get(id)?.at === 'up');
  }

  /** Keeps connected: from the best down to the first that works or still has its grace; and the active one. */
  #run(ranked: readonly string[], now: number): void {
    const wanted = new Set(this.#activeId === undefined ? [] : [this.#activeId]);
    for (const id of ranked) {
      wanted.add(id);
      const health = this.#health.get(id) ?? { at: 'down', since: now, troubleSince: now };
      this.#health.set(id, health);
      if (health.at === 'up' || (health.at === 'down' && !this.#isOverdue(health, now))) break;
    }
    for (const id of this.#health.keys()) if (!wanted.has(id)) this.#health.delete(id);
  }

  #isOverdue(health: Health, now: number): boolean {
    return health.at !== 'up' && health.troubleSince !== undefined && now - health.troubleSince >= this.#limits.graceMs;
  }
}

function mayFollow(first: FailoverSource, source: FailoverSource): boolean {
  if (source.id === first.id) return true;
  return !first.practice && !source.practice && (first.readable || !source.readable);
}
