/** Mining in a terminal: starts the miner, shows what happens, ends when it is asked to. Resolves with the exit code. */
import type { EventEntry, Snapshot } from '../../contract.ts';
import { faultOf } from '../../errors.ts';
import { systemClock } from '../../io/clock.ts';
import { type FileLog, fileLog } from '../../io/log.ts';
import { type AnyFailure, faultSnapshot } from '../../miner/standing-faults.ts';
import { type Composition, compose } from '../compose.ts';
import { FORCED_EXIT_CODE } from '../stop-signals.ts';
import type { RunRequest } from './arguments.ts';
import { commandLineOf } from './command-line.ts';
import { faultText } from './fault-text.ts';
import type { Reporter } from './reporter.ts';

export const exitCodes = { done: 0, failed: 1, usage: 2, forced: FORCED_EXIT_CODE } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface HeadlessWorld {
  readonly version: string;
  readonly dataPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @param onBroken nobody reads the output any more */
  reporter(onBroken: () => void): Reporter;
  /** Calls when the person or the system wants an end; each time. */
  onStop(stop: (why: string) => void): void;
  onCrash(crash: (error: unknown) => void): void;
}

export async function runHeadless(request: RunRequest, world: HeadlessWorld): Promise<ExitCode> {
  const run = new HeadlessRun(request, world);
  return run.finished;
}

class HeadlessRun {
  readonly finished: Promise<ExitCode>;
  readonly #request: RunRequest;
  readonly #world: HeadlessWorld;
  readonly #reporter: Reporter;
  readonly #log: FileLog;
  #finish: (code: ExitCode) => void = () => {};
  #composition: Composition | undefined;
  #ending = false;
  /** What stood already when watching began has been told. */
  #greeted = false;
  #accepted = 0;

  constructor(request: RunRequest, world: HeadlessWorld) {
    this.#request = request;
    this.#world = world;
    this.#log = fileLog({ path: `${world.dataPath}/hearth.log`, clock: systemClock });
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#reporter = world.reporter(() => this.#end(exitCodes.done));
    world.onStop((why) => {
      this.#log.write('info', 'asked-to-stop', { why });
      this.#reporter.note('Ending: waiting for the last answers. Once more ends at once.');
      this.#end(this.#isShort() ? exitCodes.failed : exitCodes.done);
    });
    world.onCrash((error) => this.#fail(faultOf(error)));
    this.#begin().catch((error: unknown) => this.#fail(faultOf(error)));
  }

  async #begin(): Promise<void> {
    const { version, dataPath, environment } = this.#world;
    const commandLine = await commandLineOf(this.#request, environment).catch((error: unknown) => {
      this.#fail(faultOf(error), exitCodes.usage);
    });
    if (this.#ending) return;
    const composition = await compose({ dataPath, version, log: this.#log, usb: this.#request.usb, ...(commandLine && { commandLine }) });
    this.#composition = composition;
    if (this.#ending) return void (await this.#stop());
    composition.door.watch(
      (snapshot) => this.#snapshot(snapshot),
      (event) => this.#event(event),
    );
    const started = await composition.door.command('mining.start', {});
    if (!started.ok) this.#fail({ ...started.fault.facts, code: started.fault.code });
  }

  #snapshot(snapshot: Snapshot): void {
    if (!this.#greeted) for (const fault of snapshot.faults) this.#reporter.event({ type: 'fault', fault, at: fault.since });
    this.#greeted = true;
    if (!this.#ending) this.#reporter.snapshot(snapshot);
    this.#count(snapshot.accepted);
    const source = this.#request.source && snapshot.sources[0];
    // Saved sources may work again or be mended; the one on the command line cannot.
    if (source?.state === 'refused') this.#fail(source.fault ? { ...source.fault.facts, code: source.fault.code } : { code: 'internal' });
  }

  #event(event: EventEntry): void {
    if (this.#ending) return;
    this.#reporter.event(event);
    if (event.type === 'share-accepted') this.#count(event.total);
  }

  #count(accepted: number): void {
    this.#accepted = Math.max(this.#accepted, accepted);
    if (this.#request.shares !== undefined && !this.#isShort()) this.#end(exitCodes.done);
  }

  #isShort(): boolean {
    return this.#request.shares !== undefined && this.#accepted < this.#request.shares;
  }

  #fail(failure: AnyFailure, code: ExitCode = failure.code === 'no-source' ? exitCodes.usage : exitCodes.failed): void {
    if (this.#ending) return;
    this.#log.write('error', 'failed', { ...failure });
    const fault = faultSnapshot(failure, 'app', systemClock.now());
    this.#reporter.failure(fault, faultText(fault));
    this.#end(code);
  }

  #end(code: ExitCode): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#tellWaiting();
    void this.#stop()
      .catch((error: unknown) => this.#log.write('error', 'stop-failed', { text: String(error) }))
      .then(() => this.#log.flush())
      .then(() => this.#finish(code));
  }

  /** Lines that wait for a snapshot are told from what is so now, not from one of before. */
  #tellWaiting(): void {
    const unwatch = this.#composition?.door.watch(
      (snapshot) => this.#reporter.snapshot(snapshot),
      () => {},
    );
    unwatch?.();
  }

  async #stop(): Promise<void> {
    const composition = this.#composition;
    await composition?.stop();
    this.#reporter.end(composition && { accepted: composition.miner.ledger.accepted, refused: composition.miner.ledger.refused });
  }
}
