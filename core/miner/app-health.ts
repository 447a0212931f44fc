/** What concerns the computer and the whole app: its clock, its sleep, time it did not run, a pool that answers nothing. */
import type { SourceProof } from '../pool/source.ts';
import type { Clock } from '../ports.ts';
import type { History } from './history.ts';
import type { ShareLedger } from './share-ledger.ts';
import { faultSnapshot, type StandingFaults } from './standing-faults.ts';

/** Wall clock and steady clock drift apart by more than this only when one sets the clock or the computer sleeps. */
const JUMP_MS = 60_000;
/** Shorter gaps between two runs are restarts, not outages. */
const LEAST_INTERRUPTION_MS = 60_000;
/** A certificate or a chain may be off by this much without a wrong clock here. */
const CLOCK_OFF_SECONDS = 60;
/** Pools acknowledge in batches (of ten shares, often), so silence is long before it is a fault. */
const UNANSWERED_MS = 900_000;
const UNANSWERED_SHARES = 20;

export interface AppHealthOptions {
  readonly clock: Clock;
  readonly history: History;
  readonly faults: StandingFaults;
}

export class AppHealth {
  readonly #options: AppHealthOptions;
  #wall: number;
  #steady: number;

  constructor(options: AppHealthOptions) {
    this.#options = options;
    this.#wall = options.clock.now();
    this.#steady = options.clock.monotonic();
  }

  /** Time between an earlier run that mined and this one that goes on is an outage. */
  started(mining: boolean): void {
    const { clock, history } = this.#options;
    const last = history.read((store) => store.lastAlive(), undefined);
    if (mining && last?.mining) this.#interrupted(last.at, clock.now());
  }

  /** Once a second. `woke`: connections from before are dead, though nobody has told them. */
  tick(mining: boolean): { readonly woke: boolean } {
    const { clock } = this.#options;
    const before = this.#wall;
    const jump = clock.now() - before - (clock.monotonic() - this.#steady);
    const slept = Math.max(jump, clock.monotonic() - this.#steady);
    this.#wall = clock.now();
    this.#steady = clock.monotonic();
    if (slept < JUMP_MS) return { woke: false };
    if (mining) this.#interrupted(before, clock.now());
    return { woke: true };
  }

  watchSource(id: string, proof: SourceProof | undefined, ledger: ShareLedger): void {
    this.#watchClock(proof?.clockOffsetSeconds ?? 0);
    this.#watchAnswers(id, ledger);
  }

  #interrupted(from: number, until: number): void {
    if (until - from < LEAST_INTERRUPTION_MS) return;
    this.#options.history.write({ type: 'outage', outage: { from, until, about: 'app', code: 'app-interrupted' } });
  }

  #watchClock(seconds: number): void {
    const { clock, faults } = this.#options;
    if (Math.abs(seconds) < CLOCK_OFF_SECONDS) faults.clear('app', 'clock-off');
    else faults.raise(faultSnapshot({ code: 'clock-off', seconds: Math.round(seconds) }, 'app', clock.now()));
  }

  #watchAnswers(id: string, ledger: ShareLedger): void {
    const { clock, faults } = this.#options;
    const oldest = ledger.oldestPendingOf(id);
    const silent = oldest !== undefined && clock.now() - oldest > UNANSWERED_MS && ledger.pending >= UNANSWERED_SHARES;
    if (silent) faults.raise(faultSnapshot({ code: 'shares-unanswered', pending: ledger.pending }, id, clock.now()));
    else faults.clear(id, 'shares-unanswered');
  }
}
