/**
 * One life of a board's chips: from power up to power down. Power up, find the chips, set them up, feed them, watch them.
 * Whatever ends it, the power is taken away first; who listens hears of it afterwards.
 */
import { faultOf } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { ChipChain } from '../chip/chip-chain.ts';
import type { ChipFamily } from '../chip/chip-family.ts';
import { type Chain, expectedRate, jobIntervalMs, nonceIntervalMs } from '../chip/rates.ts';
import { ticketFor } from '../chip/ticket.ts';
import type { DeviceEvent, Work, WorkFeed } from '../device.ts';
import type { Readings } from '../sensor/readings.ts';
import type { BoardFault } from './board-fault.ts';
import type { BoardModel } from './board-model.ts';
import { ChainPump, type PumpEvent } from './chain-pump.ts';
import { discoveryFault } from './discovery-fault.ts';
import { FrequencyKeeper } from './frequency-keeper.ts';
import { HealthWatch } from './health.ts';
import { JobFeeder, MAX_UNDER_WAY } from './job-feeder.ts';
import { leaveSafe } from './leave-safe.ts';
import { SensorWatch } from './sensor-watch.ts';
import { telemetryOf } from './telemetry-of.ts';
import type { Verdict } from './thermal-policy.ts';
import type { BoardWires } from './wires.ts';

/** How often frequency and health are looked at. */
export const LOOK_MS = 100;
const HEALTH_EVERY_MS = 1_000;
/** A board without sensors tells its frequency and chips so often. */
const TELEMETRY_EVERY_MS = 2_000;
/** Chips that answered within this are alive. */
const ALIVE_MS = 60_000;
/** The wall clock ran on by so much more than the monotonic one: the computer slept. */
const SLEPT_MS = 20_000;
/** From power to hashing: more means that the board is stuck somewhere. */
const START_LIMIT_MS = 90_000;

export interface SessionOptions {
  readonly model: BoardModel;
  readonly wires: BoardWires;
  readonly clock: Clock;
  readonly feed: WorkFeed;
  readonly wasHot: boolean;
  readonly wantedMhz: number;
  tell(event: DeviceEvent): void;
  /** The chips hash: others may be powered. */
  onStarted(): void;
}

export interface SessionEnd {
  /** Undefined: ended because it was asked to. */
  readonly fault: BoardFault | undefined;
  /** How long it hashed. */
  readonly wellMs: number;
  readonly mhz: number | undefined;
}

export class BoardSession {
  readonly #options: SessionOptions;
  #family: ChipFamily;
  #chain: ChipChain;
  #pump: ChainPump;
  readonly #feeder: JobFeeder;
  readonly #sensors: SensorWatch | undefined;
  #health: HealthWatch | undefined;
  #chips: number;
  readonly #frequency: FrequencyKeeper;
  #ticket: number;
  #judgedMs = 0;
  #toldMs = 0;
  #readings: Readings = {};
  #hasWork = false;
  readonly #clockGap: number;
  #cancelLook: () => void = () => {};
  #cancelLimit: () => void = () => {};
  #end: (fault: BoardFault | undefined) => void = () => {};
  readonly #ended: Promise<BoardFault | undefined>;
  #over = false;
  #onStopped: (() => void) | undefined;
  /** What is being switched on. */
  #acting: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { model, wires, clock, feed } = options;
    this.#options = options;
    this.#family = model.family;
    this.#chips = model.chips;
    this.#frequency = new FrequencyKeeper(model.family, options.wantedMhz);
    this.#ticket = model.ticketDifficulty;
    this.#clockGap = clock.now() - clock.monotonic();
    this.#chain = new ChipChain({ family: model.family, expectedChips: model.chips });
    this.#pump = this.#newPump();
    this.#ended = new Promise((resolve) => {
      this.#end = (fault) => {
        this.#over = true;
        resolve(fault);
      };
    });
    this.#feeder = new JobFeeder({
      clock,
      feed,
      canTake: () => this.#canTake,
      give: (work) => this.#give(work),
      intervalMs: (work) => jobIntervalMs(this.#asChain(), work.versionMask),
      onSupply: (hasWork) => this.#supply(hasWork),
    });
    this.#sensors =
      model.safety && wires.readings
        ? new SensorWatch({
            clock,
            limits: model.safety,
            everyMs: model.readingsEveryMs ?? TELEMETRY_EVERY_MS,
            read: () => (wires.readings as NonNullable<typeof wires.readings>)(),
            onReadings: (readings) => this.#measured(readings),
            onVerdict: (verdict) => this.#judged(verdict),
          })
        : undefined;
  }

  /** Lives until `stop` or a fault; resolves when the power has been taken away. Never throws. */
  async run(): Promise<SessionEnd> {
    const { clock, onStarted } = this.#options;
    this.#cancelLimit = clock.after(START_LIMIT_MS, () => this.#end({ code: 'device-hung', text: 'it did not start' }));
    this.#act(this.#powerUp());
    const fault = await this.#ended;
    const wellMs = this.#health?.wellMs(clock.monotonic()) ?? 0;
    const mhz = this.#health && this.#chain.mhz;
    const left = await this.#leaveSafe(fault);
    onStarted();
    return { fault: fault ?? left, wellMs, mhz };
  }

  stop(): void {
    this.#end(undefined);
  }

  /** Unplugged: there is nothing left to be switched off. */
  unplugged(location: string): void {
    this.#end({ code: 'device-gone', location });
  }

  /** All work is void; pulls new work at once. */
  renew(): void {
    if (this.#health === undefined || this.#over) return;
    this.#pump.send({ type: 'void' });
    this.#feeder.feedNow();
  }

  want(mhz: number): void {
    this.#frequency.want(mhz);
    this.#look();
  }

  async #powerUp(): Promise<void> {
    const { wires, wasHot } = this.#options;
    this.#step('power');
    await wires.powerUp({ onBytes: (bytes) => this.#pump.receive(bytes), onEnd: (fault) => this.#end(fault) }, wasHot);
    if (this.#over) return;
    this.#sensors?.start();
    this.#step('finding chips');
    this.#pump.send({ type: 'discover' });
  }

  /** Power must not come on behind the back of what takes it away: `#leaveSafe` waits for this. */
  #act(work: Promise<void>): void {
    const acting = work
      .catch((error: unknown) => this.#end(faultOf(error) as BoardFault))
      .finally(() => {
        if (this.#acting === acting) this.#acting = undefined;
      });
    this.#acting = acting;
  }

  #newPump(): ChainPump {
    const { wires, clock } = this.#options;
    return new ChainPump({
      chain: this.#chain,
      wires,
      clock,
      onEvent: (event) => this.#heard(event),
      onFault: (fault) => this.#end(fault),
      onDrained: () => {
        if (this.#health !== undefined && !this.#over) this.#feeder.resume();
      },
    });
  }

  #heard(event: PumpEvent): void {
    const { tell } = this.#options;
    switch (event.type) {
      case 'discovered':
        return this.#act(this.#discovered(event.chips, event.idWord));
      case 'failed':
        return this.#end(discoveryFault(event.fault));
      case 'ready':
        return this.#ready();
      case 'frequency':
        this.#expect();
        this.#look();
        return this.#feeder.feedNow();
      case 'nonce':
      case 'stale':
        return tell({ type: 'nonce', found: event.found });
      case 'hardware-error':
        return tell({ type: 'hardware-error', reason: event.reason });
      case 'stopped':
        return this.#onStopped?.();
      default:
        return;
    }
  }

  /** The clock of the chain stands still meanwhile: it has nothing to wait for. */
  async #discovered(chips: number, idWord: number): Promise<void> {
    const { model, wires } = this.#options;
    this.#chips = chips;
    this.#family = model.familyFor?.(idWord) ?? model.family;
    await wires.energise?.();
    if (this.#over) return;
    this.#step('starting chips');
    const mhz = Math.min(model.startMhz, this.#frequency.allowedMhz);
    this.#pump.send({ type: 'init', mhz, ticketDifficulty: this.#ticket });
  }

  #ready(): void {
    const now = this.#options.clock.monotonic();
    this.#cancelLimit();
    this.#health = new HealthWatch(now);
    this.#frequency.ready(now);
    this.#judgedMs = now;
    this.#options.onStarted();
    this.#expect();
    this.#feeder.feedNow();
    this.#scheduleLook();
  }

  get #canTake(): boolean {
    return !this.#over && this.#chain.takesWork && this.#pump.underWay < MAX_UNDER_WAY;
  }

  /** Never above what the work asks for, or wanted shares stay in the chips. */
  #give(work: Work): void {
    const ticket = ticketFor(work.target, this.#options.model.ticketDifficulty);
    if (ticket !== this.#ticket) {
      this.#ticket = ticket;
      this.#pump.send({ type: 'ticket', difficulty: ticket });
      this.#health?.restart(this.#options.clock.monotonic());
    }
    this.#pump.send({ type: 'work', work });
  }

  #supply(hasWork: boolean): void {
    this.#hasWork = hasWork;
    this.#health?.restart(this.#options.clock.monotonic());
    this.#options.tell({ type: 'state', state: { at: hasWork ? 'hashing' : 'idle' } });
  }

  #asChain(): Chain {
    return { family: this.#family, chips: this.#chips, mhz: this.#chain.mhz ?? this.#options.model.startMhz };
  }

  #expect(): void {
    const { model, tell, clock } = this.#options;
    this.#health?.restart(clock.monotonic());
    tell({ type: 'expected', hashesPerSecond: expectedRate(this.#asChain(), model.rateScale) });
    this.#tellTelemetry();
  }

  #tellTelemetry(): void {
    const { clock, tell } = this.#options;
    this.#toldMs = clock.monotonic();
    const chipsAlive = this.#health && this.#chain.counts?.alive(this.#pump.now() - ALIVE_MS);
    tell({ type: 'telemetry', telemetry: telemetryOf(this.#readings, this.#health && this.#chain.mhz, chipsAlive) });
  }

  #scheduleLook(): void {
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => {
      this.#look();
      if (!this.#over) this.#scheduleLook();
    });
  }

  /** Frequency first: a step down for heat must not wait. */
  #look(): void {
    if (this.#over || this.#health === undefined) return;
    const { clock } = this.#options;
    const now = clock.monotonic();
    if (Math.abs(clock.now() - now - this.#clockGap) > SLEPT_MS) return this.#end({ code: 'device-slept' });
    this.#tune(now);
    this.#judge(now);
    if (now - this.#toldMs >= TELEMETRY_EVERY_MS) this.#tellTelemetry();
  }

  #tune(now: number): void {
    const { mhz, counts, takesWork } = this.#chain;
    if (mhz === undefined || counts === undefined || !takesWork) return;
    const next = this.#frequency.step(mhz, counts.nonces, now);
    if (next !== undefined) this.#pump.send({ type: 'frequency', mhz: next });
  }

  #judge(now: number): void {
    const { counts } = this.#chain;
    if (counts === undefined || now - this.#judgedMs < HEALTH_EVERY_MS) return;
    this.#judgedMs = now;
    if (!this.#hasWork) return;
    const fault = this.#health?.judge(counts, nonceIntervalMs(this.#asChain(), this.#ticket, this.#options.model.rateScale), now);
    if (fault !== undefined) this.#end(fault);
  }

  #measured(readings: Readings): void {
    this.#readings = readings;
    this.#tellTelemetry();
  }

  #judged(verdict: Verdict): void {
    switch (verdict.kind) {
      case 'stop':
        return this.#end(verdict.fault);
      case 'throttle':
        this.#frequency.throttle(this.#chain.mhz);
        return this.#look();
      case 'recover':
        return this.#frequency.recover();
      case 'well':
        return;
    }
  }

  #step(step: string): void {
    this.#options.tell({ type: 'state', state: { at: 'preparing', step } });
  }

  /** Takes the power away. What could not be done is the fault it returns. */
  async #leaveSafe(fault: BoardFault | undefined): Promise<BoardFault | undefined> {
    const { wires, clock } = this.#options;
    this.#cancelLook();
    this.#cancelLimit();
    this.#feeder.stop();
    this.#sensors?.stop();
    if (fault?.code === 'device-gone') return void this.#pump.stop();
    return leaveSafe({
      wires,
      clock,
      shutDownChips: () => this.#shutDownChips(),
      silence: () => this.#pump.stop(),
      acting: this.#acting,
    });
  }

  #shutDownChips(): Promise<void> {
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.#pump.send({ type: 'shutdown' });
    });
  }
}
