/**
 * Test before save: opens a source beside those in use, up to its first job, sends no share, and shows each step as a
 * line. One test at a time; a new one ends the one before.
 */
import type { FaultSnapshot, SourceSettings, SourceTest, TestLine } from '../contract.ts';
import type { Failure } from '../errors.ts';
import { type SourceEvent, type SourceState, type SourceStep, sourceSteps, type WorkSource } from '../pool/source.ts';
import type { Clock } from '../ports.ts';
import { faultSnapshot } from './standing-faults.ts';

/** The sum of a source's own limits for name, TCP, handshake, setup, channel and job is below it. */
export const TEST_LIMIT_MS = 90_000;
/** Answers wanted when a test's connection is closed: none, it sent no shares. */
const LEAVE_MS = 0;
/** Results remembered for the list of sources. */
const MAX_RESULTS = 50;

export interface SourceTestsOptions {
  readonly clock: Clock;
  open(settings: SourceSettings, secret: string | undefined): WorkSource;
  onChange(): void;
}

interface Running {
  readonly source: WorkSource;
  readonly sourceId: string;
  cancelLimit: () => void;
}

export class SourceTests {
  readonly #options: SourceTestsOptions;
  readonly #results = new Map<string, { readonly at: number; readonly ok: boolean }>();
  #id = 0;
  #test: SourceTest | undefined;
  #running: Running | undefined;

  constructor(options: SourceTestsOptions) {
    this.#options = options;
  }

  get current(): SourceTest | undefined {
    return this.#test;
  }

  lastOf(sourceId: string): { readonly at: number; readonly ok: boolean } | undefined {
    return this.#results.get(sourceId);
  }

  /** Returns the id that the snapshot's `test` carries. */
  start(settings: SourceSettings, secret: string | undefined): number {
    this.cancel();
    this.#id += 1;
    this.#test = { id: this.#id, done: false, ok: false, lines: sourceSteps.map((step) => ({ step, state: 'waiting' })) };
    const source = this.#options.open(settings, secret);
    const running: Running = { source, sourceId: settings.id, cancelLimit: () => {} };
    this.#running = running;
    running.cancelLimit = this.#options.clock.after(TEST_LIMIT_MS, () => this.#fail(running, { code: 'job-timeout' }));
    source.start((event) => this.#event(running, event));
    this.#options.onChange();
    return this.#id;
  }

  /** Ends the test under way; its lines stay as far as they came. */
  cancel(): void {
    if (this.#running) this.#end(this.#running, false);
  }

  #event(running: Running, event: SourceEvent): void {
    if (this.#running !== running) return;
    if (event.type === 'state') this.#state(running, event.state);
    else if (event.type === 'step') this.#line(event.step, 'passed', { text: event.text });
    else if (event.type === 'job') this.#succeed(running);
    this.#options.onChange();
  }

  #state(running: Running, state: SourceState): void {
    if (state.at === 'connecting') this.#line(state.step, 'running');
    if (state.at === 'waiting' || state.at === 'refused') this.#fail(running, state.fault, state.step);
  }

  #succeed(running: Running): void {
    this.#line('job', 'passed');
    this.#end(running, true);
  }

  #fail(running: Running, failure: Failure, step?: SourceStep): void {
    const fault = faultSnapshot(failure, running.sourceId, this.#options.clock.now(), 'protocol-broken');
    const failed = step ?? (this.#test?.lines.find(({ state }) => state === 'running')?.step as SourceStep | undefined) ?? 'name';
    this.#line(failed, 'failed', { fault });
    this.#end(running, false);
  }

  /** Sets one line; those before it that were under way have passed, those never begun did not apply. */
  #line(step: SourceStep, state: TestLine['state'], more: { text?: string; fault?: FaultSnapshot } = {}): void {
    const test = this.#test;
    if (!test) return;
    const at = sourceSteps.indexOf(step);
    const lines = test.lines.map((line, index): TestLine => {
      if (index === at) return { ...line, ...more, state: line.state === 'passed' && state === 'running' ? 'passed' : state };
      if (index > at) return line;
      if (line.state === 'running') return { ...line, state: 'passed' };
      return line.state === 'waiting' ? { ...line, state: 'skipped' } : line;
    });
    this.#test = { ...test, lines };
  }

  #end(running: Running, ok: boolean): void {
    running.cancelLimit();
    this.#running = undefined;
    void running.source.stop(LEAVE_MS).catch(() => {});
    const lines = (this.#test?.lines ?? []).map((line): TestLine => (isOpen(line) ? { ...line, state: 'skipped' } : line));
    this.#test = { id: this.#id, done: true, ok, lines };
    this.#results.delete(running.sourceId);
    this.#results.set(running.sourceId, { at: this.#options.clock.now(), ok });
    if (this.#results.size > MAX_RESULTS) this.#results.delete(this.#results.keys().next().value as string);
    this.#options.onChange();
  }
}

function isOpen({ state }: TestLine): boolean {
  return state === 'waiting' || state === 'running';
}
