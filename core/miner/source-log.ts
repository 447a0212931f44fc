/** What happens to sources, as faults, events and outages: a failure stands until the source works again. */
import type { FaultSnapshot, HearthEvent } from '../contract.ts';
import type { Failure } from '../errors.ts';
import type { FaultCode } from '../faults.ts';
import type { SourceState } from '../pool/source.ts';
import type { Clock, Log } from '../ports.ts';
import type { History } from './history.ts';
import { faultSnapshot, type StandingFaults } from './standing-faults.ts';

/** A notice without an end of its own (refused shares, a refused move) is old news after this. */
const NOTICE_STANDS_MS = 600_000;
/** These are true for as long as the connection is. */
const LASTING: readonly FaultCode[] = ['clock-off', 'key-published', 'payout-mismatch', 'node-no-peers', 'node-syncing'];

export interface SourceLogOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly history: History;
  readonly faults: StandingFaults;
  emit(event: HearthEvent): void;
}

export class SourceLog {
  readonly #options: SourceLogOptions;
  readonly #shown = new Map<string, string>();
  readonly #out = new Set<string>();
  /** Notices that end by themselves, and when (monotonic). */
  readonly #expiring = new Map<string, { readonly fault: FaultSnapshot; readonly atMs: number }>();

  constructor(options: SourceLogOptions) {
    this.#options = options;
  }

  /** A state or step, as the source told it. */
  state(id: string, state: SourceState): void {
    const step = 'step' in state ? state.step : undefined;
    const shown = `${state.at} ${step ?? ''}`;
    if (this.#shown.get(id) === shown) return;
    this.#shown.set(id, shown);
    this.#options.emit({ type: 'source-state', sourceId: id, state: state.at, ...(step !== undefined && { step }) });
    this.#options.log.write('info', 'source-state', { source: id, state: state.at, step });
    if (state.at === 'open') this.#over(id);
    if (state.at === 'waiting' || state.at === 'refused') this.#failed(id, state.fault);
  }

  /** Something to know while the source goes on. */
  notice(id: string, failure: Failure): void {
    const { clock, faults, log } = this.#options;
    const fault = faultSnapshot(failure, id, clock.now(), 'node-error');
    log.write('warn', 'source-notice', { source: id, ...fault.facts, code: fault.code });
    faults.raise(fault);
    if (LASTING.includes(fault.code)) return;
    this.#expiring.set(`${id} ${fault.code}`, { fault, atMs: clock.monotonic() + NOTICE_STANDS_MS });
  }

  /** Once a second: old news ends. */
  tick(): void {
    const { clock, faults } = this.#options;
    for (const [key, { fault, atMs }] of this.#expiring) {
      if (atMs > clock.monotonic()) continue;
      this.#expiring.delete(key);
      faults.clear(fault.about, fault.code);
    }
  }

  /** Nobody wants it now: its faults say nothing any more. */
  closed(id: string): void {
    this.#shown.delete(id);
    this.#over(id);
  }

  #failed(id: string, failure: Failure): void {
    const { clock, faults, history, log } = this.#options;
    const fault = faultSnapshot(failure, id, clock.now(), 'protocol-broken');
    log.write('warn', 'source-failed', { source: id, ...fault.facts, code: fault.code });
    for (const { about, code } of faults.list()) if (about === id && code !== fault.code) faults.clear(id, code);
    faults.raise(fault);
    if (this.#out.has(id)) return;
    this.#out.add(id);
    history.write({ type: 'outage', outage: { from: clock.now(), about: id, code: fault.code } });
  }

  #over(id: string): void {
    const { clock, faults, history } = this.#options;
    faults.clear(id);
    if (this.#out.delete(id)) history.write({ type: 'outage-over', about: id, until: clock.now() });
  }
}
