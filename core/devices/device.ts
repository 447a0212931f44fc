/**
 * The one interface behind which all hashing hardware stands: a processor, a USB stick, a board, a V1 miner on the LAN.
 *
 * A device pulls: whenever it can take more, it calls `feed.next()`, which never waits and costs microseconds, so a
 * stick that wants new work every 3 ms is served from its own write loop. When `renew` is called, work from before is
 * void: the device drops it and pulls again at once, before it returns. Everything a device has to say goes to its
 * listener as events; nothing it does throws after `start`.
 */
import type { Failure } from '../errors.ts';
import type { FaultCode } from '../faults.ts';

/** What a device can take and is expected to do. Fixed for the life of a Device; a replugged stick is a new one. */
export interface DeviceIdentity {
  /** Stable across restarts and replugs: model and serial number (and port where serials collide). Never shown to peers. */
  readonly id: string;
  readonly kind: 'processor' | 'usb' | 'lan';
  /** What people call it: `Compac F`, `This computer`. */
  readonly model: string;
  readonly serial?: string;
  /** Where it is: `usb 1-4`, `8 threads`. */
  readonly location: string;
  readonly chips: number;
  /** Version bits that the device rolls by itself (within `Work.versionMask`); 0 = it rolls only nonces. */
  readonly versionMask: number;
  /** `midstates`: takes SHA-256 midstates, one per version; `header`: takes the whole header. */
  readonly takes: 'midstates' | 'header';
  /** What may be set of its clock, and what the profiles stand for; absent: nothing can be set. */
  readonly frequency?: FrequencyLimits;
  /** Nobody saw our driver on real hardware or a faithful emulation of it: gets no power until a person agrees. */
  readonly experimental?: boolean;
  /** It has a light, or another means to show itself to a person. */
  readonly canIdentify?: boolean;
}

/** MHz. */
export interface FrequencyLimits {
  readonly range: readonly [min: number, max: number];
  readonly profiles: { readonly eco: number; readonly stock: number; readonly performance: number };
}

/** Hashing to be done. No two works ever cover the same header: the scheduler owns the search space. */
export interface Work {
  /** Grows by one a work; unique while the app runs. */
  readonly id: number;
  /** 80 bytes; the nonce field is 0. Its version is the first of `versions`. Must not be changed. */
  readonly header: Uint8Array;
  /** Bits the device may roll by itself while it has this work; disjoint from what the scheduler rolls. 0 = none. */
  readonly versionMask: number;
  /** How often the device may raise ntime by one from the header's (normally 0). */
  readonly ntimeRolls: number;
  /** 32 bytes little-endian. Hashes at or below it are wanted; a device may report easier ones (its ticket mask). */
  readonly target: Uint8Array;
}

/** Where work comes from. `next` is synchronous and cheap; undefined means: nothing to do until `renew`. */
export interface WorkFeed {
  next(): Work | undefined;
}

/** A nonce as the device reported it, not yet checked. Integers as they stand in the header. */
export interface FoundNonce {
  readonly work: Work;
  readonly nonce: number;
  readonly version: number;
  readonly ntime: number;
}

/** Measured by the device unless its name says otherwise; absent = not measured. */
export interface Telemetry {
  readonly tempC?: number;
  readonly fanRpm?: number;
  readonly fanPercent?: number;
  readonly watts?: number;
  readonly millivolts?: number;
  readonly milliamps?: number;
  readonly frequencyMhz?: number;
  /** Chips that answered lately. */
  readonly chipsAlive?: number;
  /** Since it was plugged in: how long there was work for it, and how long of that its chips had none that was fresh. */
  readonly feed?: { readonly totalMs: number; readonly starvedMs: number };
}

export type DeviceEvent =
  | { readonly type: 'state'; readonly state: DeviceState }
  | { readonly type: 'nonce'; readonly found: FoundNonce }
  /** Hashes really done since the last such event, for devices that count them (a processor). */
  | { readonly type: 'hashes'; readonly count: number; readonly elapsedMs: number }
  /** What the device should do at its present settings. */
  | { readonly type: 'expected'; readonly hashesPerSecond: number }
  | { readonly type: 'telemetry'; readonly telemetry: Telemetry }
  /** The device itself knows that an answer was wrong (bad checksum, unknown work). */
  | { readonly type: 'hardware-error'; readonly reason: string }
  | { readonly type: 'fault'; readonly fault: Failure }
  /** A fault that stood while the device hashed on does not stand any more. */
  | { readonly type: 'fault-over'; readonly code: FaultCode };

/** `gone` is final: unplugged or given up; the listener hears nothing after it. */
export type DeviceState =
  | { readonly at: 'preparing'; readonly step: string }
  | { readonly at: 'hashing' }
  | { readonly at: 'idle' }
  | { readonly at: 'resting'; readonly reason: 'paused' | 'too-hot' | 'fault' | 'experimental' }
  | { readonly at: 'gone'; readonly fault: Failure };

/** What a person may change; devices ignore what they have no use for. */
export interface DeviceSettings {
  readonly paused: boolean;
  /** Processor: worker threads. */
  readonly threads?: number;
  /** Processor: share of the time spent hashing, 0–1. */
  readonly dutyCycle?: number;
  readonly frequencyMhz?: number;
  readonly profile?: 'eco' | 'stock' | 'performance';
  /** A person agreed that an experimental device gets power. */
  readonly allowExperimental?: boolean;
}

export interface Device {
  readonly identity: DeviceIdentity;
  /** Powers up (safety first) and begins to pull. Called once. */
  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void;
  /** All earlier work is void. Pulls new work before it returns, if the hardware can take it. */
  renew(): void;
  configure(settings: DeviceSettings): void;
  /** Makes itself known to a person (a light, a fan); false where it has no means. */
  identify(): boolean;
  /** Leaves the hardware in a safe state. Idempotent; resolves within the device's own named limit. */
  stop(): Promise<void>;
}

/** Finds devices at start and later. `onDevice` may be called at any time until `stop`. */
export interface DeviceFinder {
  /** @param knownIds of devices of earlier runs, so that what could be called one way or another keeps its id */
  start(onDevice: (device: Device) => void, onFault: (fault: Failure) => void, knownIds?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}
