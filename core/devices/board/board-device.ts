/**
 * A board on USB as a device: sessions one after the other, with what a person wants, what failed before and what is too
 * hot in mind. Sends nothing to the board while it is paused; takes the power away before it says that something is wrong.
 */
import { DIFFICULTY_ONE } from '../../bitcoin/chip-difficulty.ts';
import { AppError, faultOf } from '../../errors.ts';
import type { Clock, UsbDevice } from '../../ports.ts';
import type { Device, DeviceEvent, DeviceIdentity, DeviceSettings, DeviceState, WorkFeed } from '../device.ts';
import type { BoardFault, QuarantineFault, StaysOnFault } from './board-fault.ts';
import { type BoardModel, wantedMhz } from './board-model.ts';
import { BoardSession, type SessionEnd } from './board-session.ts';
import { Consent } from './consent.ts';
import { FeedRecord } from './feed-record.ts';
import { cutPower } from './leave-safe.ts';
import type { PowerGate } from './power-gate.ts';
import { RetryPolicy, type RetryVerdict } from './retry-policy.ts';
import { within } from './wait.ts';
import type { BoardWires } from './wires.ts';

/** Shutting down gently, switching off, giving the device back; the fleet waits five seconds at most. */
export const STOP_MS = 4_500;

/** A driver may make its ports late, and the system may take its time; a device that takes longer does not answer the system. */
const OPEN_MS = 15_000;
/** A board that did not let itself be switched off is told again so often, until it does or is unplugged. */
export const CUT_AGAIN_MS = 5_000;
const ASKED_TO_END: SessionEnd = { fault: undefined, isOn: false, wellMs: 0, mhz: undefined };

export interface BoardDeviceOptions {
  readonly model: BoardModel;
  readonly usb: UsbDevice;
  readonly clock: Clock;
  readonly gate: PowerGate;
  readonly identity: Pick<DeviceIdentity, 'id' | 'location' | 'serial'>;
  /** Hashes behind a nonce of difficulty 1; default: the network's. */
  readonly difficultyOne?: number;
  /** Of a person, where the model is experimental. One for as long as the board is plugged in. */
  readonly consent?: Consent;
  /** Nothing more comes from it: it was stopped, does not answer any more, or is another board than was thought. */
  onOver(why: BoardOver): void;
}

export type BoardOver = 'stopped' | 'gone' | { readonly other: BoardModel };

interface Started {
  readonly feed: WorkFeed;
  readonly listener: (event: DeviceEvent) => void;
}

export class BoardDevice implements Device {
  readonly identity: DeviceIdentity;
  readonly #options: BoardDeviceOptions;
  readonly #retry = new RetryPolicy();
  #started: Started | undefined;
  #settings: DeviceSettings = { paused: true };
  #session: BoardSession | undefined;
  #wires: BoardWires | undefined;
  #wasHot = false;
  readonly #consent: Consent;
  readonly #feedRecord: FeedRecord;
  #isGone = false;
  #other: BoardModel | undefined;
  #isStopping = false;
  /** A person changed something since power went: what waits is tried at once. */
  #isTouched = false;
  #shown = '';
  #life: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(options: BoardDeviceOptions) {
    const { model, identity, consent = new Consent({ eachPlug: false }) } = options;
    this.#options = options;
    this.#consent = consent;
    this.#feedRecord = new FeedRecord(() => options.clock.monotonic());
    const [min, max] = model.rangeMhz;
    this.identity = {
      ...identity,
      kind: 'usb',
      model: model.name,
      chips: model.chips,
      versionMask: model.family.versionMask,
      takes: model.family.takes,
      ...(min < max && { frequency: { range: model.rangeMhz, profiles: model.profiles } }),
      ...(model.experimental && { experimental: true }),
      ...(model.hasLight && { canIdentify: true }),
    };
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#started = { feed, listener };
    this.#settings = settings;
    this.#consent.heard(settings.allowExperimental === true);
    this.#life = this.#live();
  }

  renew(): void {
    this.#session?.renew();
  }

  configure(settings: DeviceSettings): void {
    const rested = this.#rests;
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#consent.heard(settings.allowExperimental === true);
    this.#retry.forget();
    this.#isTouched = true;
    if (this.#rests !== undefined) this.#session?.stop();
    else this.#session?.want(this.#wantedMhz);
    if (this.#rests !== rested || this.#session === undefined) this.#wake();
  }

  identify(): boolean {
    const light = this.#session && this.#wires?.light?.();
    light?.catch(() => {}); // a light that fails is no fault of the board
    return light !== undefined;
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    this.#session?.stop();
    this.#wake();
    return within(this.#options.clock, STOP_MS, this.#life).then(() => {});
  }

  /** The bus says that it is gone. */
  unplugged(): void {
    this.#isGone = true;
    this.#session?.unplugged(this.identity.location);
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#isGone || this.#isStopping || this.#other !== undefined;
  }

  /** Why it may have no power now; undefined: it may. */
  get #rests(): 'paused' | 'experimental' | undefined {
    if (this.#options.model.experimental && !this.#consent.isGiven) return 'experimental';
    return this.#settings.paused ? 'paused' : undefined;
  }

  get #wantedMhz(): number {
    return wantedMhz(this.#options.model, this.#settings, this.#retry.capMhz);
  }

  async #live(): Promise<void> {
    while (!this.#isOver) {
      const reason = this.#rests;
      if (reason === undefined) await this.#hash();
      else {
        this.#show({ at: 'resting', reason });
        await this.#wait(undefined);
      }
    }
    if (this.#isGone) this.#show({ at: 'gone', fault: { code: 'device-gone' } });
    this.#options.onOver(this.#why());
  }

  #why(): BoardOver {
    if (this.#isGone) return 'gone';
    return this.#other === undefined || this.#isStopping ? 'stopped' : { other: this.#other };
  }

  async #hash(): Promise<void> {
    const { model } = this.#options;
    const end = await this.#powerCycle();
    this.#isTouched = false;
    if (end.isOn) await this.#cutUntilOff(end.fault);
    if (end.fault === undefined || this.#isOver) return;
    if (end.fault.code === 'device-gone') {
      this.#isGone = true;
      return;
    }
    const { fault } = end;
    this.#other = fault.code === 'device-other-board' ? model.others?.().find(({ slug }) => slug === fault.slug) : undefined;
    if (this.#other !== undefined) return;
    // Other troubles in between do not cool it down; having hashed does show that it was cool.
    this.#wasHot = end.fault.code === 'device-too-hot' || (this.#wasHot && end.wellMs === 0);
    const limits = { stockMhz: model.profiles.stock, stepMhz: model.family.frequency.stepMhz };
    const verdict = this.#retry.failed(end.fault, end.wellMs, end.mhz, limits);
    this.#tellFailure(end.fault, verdict);
    if (verdict.waitMs !== 0 && !this.#isTouched) await this.#wait(verdict.waitMs);
  }

  /** Opens, lives, takes the power away, gives the device back. Never throws. */
  async #powerCycle(): Promise<SessionEnd> {
    const { turn, leave } = this.#options.gate.enter();
    this.#show({ at: 'preparing', step: 'waiting for other boards' });
    try {
      await this.#unless(() => !this.#isWanted, turn);
      if (!this.#isWanted) {
        leave('unused');
        return ASKED_TO_END;
      }
      this.#show({ at: 'preparing', step: 'opening' });
      this.#wires = await this.#open();
      if (this.#wires === undefined || !this.#isWanted) return ASKED_TO_END;
      return await this.#runSession(this.#wires, leave);
    } catch (error) {
      return { fault: faultOf(error) as BoardFault, isOn: false, wellMs: 0, mhz: undefined };
    } finally {
      leave();
      this.#session = undefined;
      await this.#wires?.close();
      this.#wires = undefined;
    }
  }

  /** Whatever a person wants now: nothing goes on before this board is known to have no power. */
  async #cutUntilOff(why: BoardFault | undefined): Promise<void> {
    let told = false;
    while (!this.#isOver) {
      const fault = await this.#cut(why?.code === 'device-too-hot');
      if (this.#isOver || fault === undefined) break;
      if (!told && why !== undefined) this.#tell({ type: 'fault', fault: why });
      if (!told) this.#tell({ type: 'fault', fault: staysOn(fault) });
      told = true;
      this.#show({ at: 'resting', reason: 'fault' });
      await this.#wait(CUT_AGAIN_MS);
    }
    if (told) this.#tell({ type: 'fault-over', code: 'device-stays-on' });
  }

  /** Opens anew, takes the power away, gives the device back. Undefined: done. Never throws. */
  async #cut(isHot: boolean): Promise<BoardFault | undefined> {
    try {
      const wires = await this.#open();
      if (wires === undefined) return undefined; // over meanwhile
      return await cutPower(wires, this.#options.clock, isHot).finally(() => wires.close());
    } catch (error) {
      const fault = faultOf(error) as BoardFault;
      this.#isGone ||= fault.code === 'device-gone';
      return fault;
    }
  }

  get #isWanted(): boolean {
    return !this.#isOver && this.#rests === undefined;
  }

  /** Undefined: pulled out or stopped meanwhile. What opens after that is closed. @throws AppError<BoardFault> */
  async #open(): Promise<BoardWires | undefined> {
    const { model, usb, clock } = this.#options;
    const opening = model.open(usb, clock);
    const wires = await within(
      clock,
      OPEN_MS,
      this.#unless(() => this.#isOver, opening),
    );
    if (wires !== undefined) return wires;
    opening.then((late) => late.close()).catch(() => {});
    if (this.#isOver) return undefined;
    throw new AppError<BoardFault>({ code: 'device-hung', text: 'it did not open' }, 'machine');
  }

  /** What `work` gives, or undefined as soon as it is in vain. */
  async #unless<T>(isVain: () => boolean, work: Promise<T>): Promise<T | undefined> {
    const done = work.then((value) => ({ value }));
    done.catch(() => {}); // nobody hears of what fails in vain
    while (!isVain()) {
      const changed = new Promise<undefined>((resolve) => {
        this.#wake = () => resolve(undefined);
      });
      const first = await Promise.race([done, changed]);
      if (first !== undefined) return first.value;
    }
    return undefined;
  }

  #runSession(wires: BoardWires, onStarted: () => void): Promise<SessionEnd> {
    const { model, clock } = this.#options;
    const { feed } = this.#started as Started;
    const session = new BoardSession({
      model,
      wires,
      clock,
      feed,
      wasHot: this.#wasHot,
      wantedMhz: this.#wantedMhz,
      difficultyOne: this.#options.difficultyOne ?? DIFFICULTY_ONE,
      onStarted,
      feedRecord: this.#feedRecord,
      tell: (event) => {
        if (this.#session !== session) return;
        if (event.type === 'state') this.#show(event.state);
        else this.#tell(event);
      },
    });
    this.#session = session;
    return session.run();
  }

  #tellFailure(fault: BoardFault, { waitMs, tell, attempts }: RetryVerdict): void {
    if (tell) this.#tell({ type: 'fault', fault: waitMs === undefined ? quarantined(fault, attempts) : fault });
    if (waitMs !== 0) this.#show({ at: 'resting', reason: fault.code === 'device-too-hot' ? 'too-hot' : 'fault' });
  }

  /** Until the time is over, or something has changed. Undefined: only a change. */
  async #wait(ms: number | undefined): Promise<void> {
    let cancel: () => void = () => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) cancel = this.#options.clock.after(ms, resolve);
    });
    cancel();
    this.#wake = () => {};
  }

  #show(state: DeviceState): void {
    const shown = JSON.stringify(state);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tell({ type: 'state', state });
  }

  #tell(event: DeviceEvent): void {
    if (!this.#isStopping) this.#started?.listener(event);
  }
}

function staysOn(fault: BoardFault): StaysOnFault {
  return { code: 'device-stays-on', text: `${fault.code}: ${factsOf(fault)}` };
}

/** The last fault stays readable: its code is the reason. */
function quarantined(fault: BoardFault, attempts: number): QuarantineFault {
  return { code: 'device-quarantined', reason: fault.code, attempts, text: factsOf(fault) };
}

function factsOf({ code: _, ...facts }: BoardFault): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
