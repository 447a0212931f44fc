/** A device at the scheduler: what it was given, and how often it asks. */
import type { Device } from '../devices/device.ts';
import { IssuedWorks } from './issued-works.ts';

/** Pulls closer together fill one queue; only longer gaps tell how long a device stays on its work. */
const SAME_BURST_MS = 1;

/** The part of a device that the scheduler needs. */
export type Attachable = Pick<Device, 'identity' | 'renew'>;

export class DeviceSlot {
  readonly device: Attachable;
  readonly works = new IssuedWorks();
  /** Works it may still take while work is scarce. */
  allowance = Number.POSITIVE_INFINITY;
  /** Works given since it was last told to renew. */
  sinceRenew = 0;
  #lastPullMs = Number.NEGATIVE_INFINITY;
  /** Last gap between pulls that it made by itself; infinite before there was one. */
  #gapMs = Number.POSITIVE_INFINITY;
  #renewing = false;

  constructor(device: Attachable) {
    this.device = device;
  }

  get id(): string {
    return this.device.identity.id;
  }

  /** Pulls made on our demand say nothing about how long the device stays on its work. */
  notePull(nowMs: number): void {
    const gapMs = nowMs - this.#lastPullMs;
    if (!this.#renewing && gapMs >= SAME_BURST_MS) this.#gapMs = gapMs;
    this.#lastPullMs = nowMs;
  }

  /** True when it may stay on its present work for longer than `limitMs`. */
  pullsRarely(limitMs: number, nowMs: number): boolean {
    return Math.max(this.#gapMs, nowMs - this.#lastPullMs) > limitMs;
  }

  renew(): void {
    this.sinceRenew = 0;
    this.#renewing = true;
    try {
      this.device.renew();
    } finally {
      this.#renewing = false;
    }
  }
}
