/** A board in this process: a few real hashes a second, settings told to the test, faults and unplugging at its word. */
import { Consent } from '../../core/devices/board/consent.ts';
import type { Device, DeviceEvent, DeviceIdentity, DeviceSettings, DeviceState, Work, WorkFeed } from '../../core/devices/device.ts';
import { NonceSearch } from '../fake/nonce-search.ts';

const EVERY_MS = 50;
const TRIES = 200;
const MEGAHERTZ = 4; // hashes a second for each, so that figures move with the frequency
const PROFILES = { eco: 200, stock: 300, performance: 400 } as const;

export class WebBoard implements Device {
  readonly identity: DeviceIdentity;
  readonly #onSettings: (settings: DeviceSettings) => void;
  readonly #onStop: () => void;
  #feed: WorkFeed | undefined;
  #listener: (event: DeviceEvent) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #work: Work | undefined;
  readonly #search = new NonceSearch();
  /** As of what may be any gadget. */
  readonly #consent = new Consent({ eachPlug: true });

  constructor(id: string, port: string, experimental: boolean, onSettings: (settings: DeviceSettings) => void, onStop: () => void) {
    this.#onSettings = onSettings;
    this.#onStop = onStop;
    this.identity = {
      id: `compac-a2-${id}`,
      kind: 'usb',
      model: 'Compac A2',
      serial: id,
      location: `usb ${port}`,
      chips: 1,
      versionMask: 0,
      takes: 'header',
      canIdentify: true,
      frequency: { range: [100, 450], profiles: PROFILES },
      ...(experimental && { experimental }),
    };
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#feed = feed;
    this.#listener = listener;
    this.configure(settings);
  }

  configure(settings: DeviceSettings): void {
    this.#onSettings(settings);
    this.#consent.heard(settings.allowExperimental === true);
    clearInterval(this.#timer);
    const state = this.#stateFor(settings);
    const mhz = settings.frequencyMhz ?? PROFILES[settings.profile ?? 'stock'];
    if (state.at === 'hashing') {
      this.#timer = setInterval(() => this.#turn(), EVERY_MS);
      this.#listener({ type: 'expected', hashesPerSecond: mhz * MEGAHERTZ });
      this.#listener({ type: 'telemetry', telemetry: { frequencyMhz: mhz, watts: mhz / 25, tempC: 55 } });
    }
    this.#listener({ type: 'state', state });
  }

  fail(code: string): void {
    this.#listener({ type: 'fault', fault: { code } });
  }

  unplug(): void {
    clearInterval(this.#timer);
    this.#listener({ type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } });
  }

  renew(): void {
    this.#work = undefined;
  }
  identify(): boolean {
    return true;
  }
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#onStop();
  }

  #stateFor({ paused }: DeviceSettings): DeviceState {
    if (this.identity.experimental && !this.#consent.isGiven) return { at: 'resting', reason: 'experimental' };
    return paused ? { at: 'resting', reason: 'paused' } : { at: 'hashing' };
  }

  #turn(): void {
    this.#work ??= this.#feed?.next();
    const found = this.#work && this.#search.find(this.#work, TRIES);
    if (found) this.#listener({ type: 'nonce', found });
  }
}
