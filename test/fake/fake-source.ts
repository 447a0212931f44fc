/** A source of work moved by hand, and jobs whose every nonce is a share. */
import type { SourceEvent, SourceProof, SourceState, WorkSource } from '../../core/pool/source.ts';
import type { Job, Share } from '../../core/work/job.ts';

export class FakeSource implements WorkSource {
  readonly id: string;
  readonly submitted: Share[] = [];
  readonly hashrates: number[] = [];
  started = 0;
  stops: number[] = [];
  proofNow: SourceProof = { protocol: 'stratum-v2', endpoint: '127.0.0.1:3333', privacy: 'authenticated', bytesIn: 10, bytesOut: 20 };
  /** What happens when a share is sent; default: nothing yet. */
  onSubmit: (share: Share) => void = () => {};
  #listener: (event: SourceEvent) => void = () => {};
  #letStop: (() => void) | undefined;
  /** Set before `stop`: it then waits for `finishStop`. */
  holdStop = false;

  constructor(id: string) {
    this.id = id;
  }

  start(listener: (event: SourceEvent) => void): void {
    this.started += 1;
    this.#listener = listener;
  }

  emit(event: SourceEvent): void {
    this.#listener(event);
  }

  state(state: SourceState): void {
    this.emit({ type: 'state', state });
  }

  /** Connected, with a job. */
  open(job: Job = fakeJob(this.id)): void {
    this.state({ at: 'connecting', step: 'tcp' });
    this.state({ at: 'open' });
    this.emit({ type: 'job', job, clean: true });
  }

  fail(code = 'dial-timeout', retryAtMs = 5_000): void {
    this.state({ at: 'waiting', fault: { code }, step: 'tcp', retryAtMs });
  }

  refuse(code = 'certificate-wrong-key'): void {
    this.state({ at: 'refused', fault: { code }, step: 'certificate' });
  }

  submit(share: Share): void {
    this.submitted.push(share);
    this.onSubmit(share);
  }

  setHashrate(hashesPerSecond: number): void {
    this.hashrates.push(hashesPerSecond);
  }

  proof(): SourceProof {
    return this.proofNow;
  }

  stop(graceMs: number): Promise<void> {
    this.stops.push(graceMs);
    if (!this.holdStop) return Promise.resolve();
    return new Promise((resolve) => {
      this.#letStop = resolve;
    });
  }

  finishStop(): void {
    this.#letStop?.();
  }
}

let jobs = 0;

/** Any nonce is a share, none is a block. */
export function fakeJob(sourceId: string, more: Partial<Job> = {}): Job {
  jobs += 1;
  return {
    key: `job ${jobs}`,
    sourceId,
    version: 0x20000000,
    versionMask: 0x1fffe000,
    prevHash: new Uint8Array(32).fill(jobs),
    nbits: 0x1d00ffff,
    ntime: 1_800_000_000,
    receivedAtMs: 0,
    shareTarget: new Uint8Array(32).fill(0xff),
    root: { kind: 'fixed', merkleRoot: new Uint8Array(32).fill(7) },
    height: 900_000,
    ...more,
  };
}
