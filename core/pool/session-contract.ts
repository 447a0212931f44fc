/** What a session with a V2 pool needs, what it proves and what it tells: see `v2-session.ts`. */
import type { Failure } from '../errors.ts';
import type { ByteStream, Clock, Endpoint, Log, Random } from '../ports.ts';
import type { Job } from '../work/job.ts';
import type { SourceEvent, SourceStep } from './source.ts';

export interface SessionOptions {
  readonly sourceId: string;
  /** Grows with every connection; makes job keys unique. */
  readonly number: number;
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** 32 bytes. */
  readonly authorityKey: Uint8Array | undefined;
  readonly endpoint: Endpoint;
  readonly user: string;
  readonly channels: 'standard' | 'extended';
  readonly firmware: string;
  readonly hashesPerSecond: number;
  readonly extensions: { readonly wanted: readonly number[]; readonly patienceMs: number };
  readonly workerName: (deviceId: string) => string;
  /** Whether a job may be mined; a fault ends the session. */
  readonly checkJob: (job: Job) => Failure | undefined;
}

export interface SessionListener {
  /** A step passed; the next one has begun. */
  onStep(step: SourceStep, text: string): void;
  onEvent(event: SourceEvent): void;
  onJob(job: Job, clean: boolean): void;
  onReconnect(newHost: string, newPort: number): void;
  /** Exactly once. `unanswered`: shares that were sent and stay without an answer. */
  onEnd(end: SessionEnd, unanswered: readonly number[]): void;
}

export type SessionEnd =
  | { readonly why: 'fault'; readonly fault: Failure }
  | { readonly why: 'stopped' | 'moved' | 'no-standard-channels' | 'extensions-unanswered' };
