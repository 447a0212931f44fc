/** Repeatable randomness, jobs and a device that keeps what it pulls. */
import type { Device, DeviceIdentity, Work } from '../../core/devices/device.ts';
import type { Random } from '../../core/ports.ts';
import type { Job, JobRoot } from '../../core/work/job.ts';
import type { Attachment, Scheduler } from '../../core/work/scheduler.ts';

/** What `FakeClock` shows at its start. */
export const START_SECONDS = 1_800_000_000;
export const START_MONOTONIC_MS = 1000;

/** Always the same bytes. */
export function fixedRandom(byte: number): Random {
  return { bytes: (length) => new Uint8Array(length).fill(byte) };
}

export function extranonceRoot(changes: Partial<Extract<JobRoot, { kind: 'extranonce' }>> = {}): JobRoot {
  return {
    kind: 'extranonce',
    coinbasePrefix: new Uint8Array(42).fill(1),
    extranoncePrefix: Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd),
    extranonceSize: 8,
    coinbaseSuffix: new Uint8Array(60).fill(2),
    merklePath: [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)],
    ...changes,
  };
}

export function fixedRoot(byte = 7): JobRoot {
  return { kind: 'fixed', merkleRoot: new Uint8Array(32).fill(byte) };
}

/** Every hash is a share; none is a block in any test's lifetime. */
export function aJob(changes: Partial<Job> = {}): Job {
  return {
    key: 'job-1',
    sourceId: 'pool-1',
    version: 0x20000000,
    versionMask: 0x1fffe000,
    prevHash: new Uint8Array(32).fill(9),
    nbits: 0x170e2632,
    ntime: START_SECONDS,
    receivedAtMs: START_MONOTONIC_MS,
    shareTarget: new Uint8Array(32).fill(0xff),
    root: extranonceRoot(),
    ...changes,
  };
}

/** Fills a queue of `depth` works at each renewal, as a stick does. */
export class FakeDevice implements Pick<Device, 'identity' | 'renew'> {
  readonly identity: DeviceIdentity;
  /** Works since the last renewal. */
  held: Work[] = [];
  renewals = 0;
  /** Was told that there is nothing: does not ask again before it is renewed. */
  starved = false;
  readonly attachment: Attachment;
  readonly #depth: number;

  constructor(scheduler: Scheduler, id: string, changes: Partial<DeviceIdentity> & { depth?: number } = {}) {
    const { depth = 1, ...identity } = changes;
    this.#depth = depth;
    this.identity = { id, kind: 'usb', model: 'Fake', location: 'test', chips: 1, versionMask: 0, takes: 'header', ...identity };
    this.attachment = scheduler.attach(this);
  }

  renew(): void {
    this.renewals += 1;
    this.held = [];
    this.starved = false;
    for (let count = 0; count < this.#depth; count += 1) if (this.pull() === undefined) break;
  }

  pull(): Work | undefined {
    const work = this.attachment.feed.next();
    if (work === undefined) this.starved = true;
    else this.held.push(work);
    return work;
  }

  /** Is done with its oldest work and asks for another; true when it had one. */
  finish(): boolean {
    const done = this.held.shift() !== undefined;
    if (!this.starved) this.pull();
    return done;
  }

  /** Reports a nonce of `work`, with its own version and ntime unless told otherwise. */
  find(work: Work, nonce: number, changes: { version?: number; ntime?: number } = {}): void {
    const view = new DataView(work.header.buffer, work.header.byteOffset);
    this.attachment.found({ work, nonce, version: view.getUint32(0, true), ntime: view.getUint32(68, true), ...changes });
  }
}
