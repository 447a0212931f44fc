/**
 * One life of a board's chips: from power up to power down. Power up, find the chips, set them up, feed them, watch them.
 * Whatever ends it, the power is taken away first; who listens hears of it afterwards.
 */
import { faultOf } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { ChipChain } from '../chip/chip-chain.ts';
import type { ChipFamily } from '../chip/chip-family.ts';
import { type Chain, jobIntervalMs, nonceIntervalMs } from '../chip/rates.ts';
import { ticketFor } from '../chip/ticket.ts';
import type { DeviceEvent, Work, WorkFeed } from '../device.ts';
import type { BoardFault } from './board-fault.ts';
import type { BoardModel } from './board-model.ts';
import { BoardReport } from './board-report.ts';
import { ChainPump, type PumpEvent } from './chain-pump.ts';
import { ChipCare } from './chip-care.ts';
import { discoveryFault } from './discovery-fault.ts';
import { JobFeeder, MAX_UNDER_WAY } from './job-feeder.ts';
import { leaveSafe } from './leave-safe.ts';
import { type SensorWatch, sensorWatch } from './sensor-watch.ts';
import type { Verdict } from './thermal-policy.ts';
import type { BoardWires } from './wires.ts';

/** Chips that answered within this are alive. */
const ALIVE_MS = 60_000;
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
  readonly #care: ChipCare;
  #chips: number;
  #ticket: number;
  readonly #report: BoardReport;
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
    this.#ticket = model.ticketDifficulty;
    this.#chain = new ChipChain({ family: model.family, expectedChips: model.chips });
    this.#pump = this.#newPump();
    this.#care = new ChipCare({
      clock,
      chain: this.#chain,
      wantedMhz: options.wantedMhz,
      setFrequency: (mhz) => this.#pump.send({ type: 'frequency', mhz }),
      nonceIntervalMs: () => nonceIntervalMs(this.#asChain(), this.#ticket, model.rateScale),
      onFault: (fault) => this.#end(fault),
      onLook: () => this.#report.tellIfDue(),
    });
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
    this.#report = new BoardReport({
      now: () => clock.monotonic(),
      tell: options.tell,
      mhz: () => (this.#care.hasBegun ? this.#chain.mhz : undefined),
      chipsAlive: () => (this.#care.hasBegun ? this.#chain.counts?.alive(this.#pump.now() - ALIVE_MS) : undefined),
    });
    this.#sensors = sensorWatch(model, wires, clock, {
      onReadings: (readings) => this.#report.measured(readings),
      onVerdict: (verdict) => this.#judged(verdict),
    });
  }

  /** Lives until `stop` or a fault; resolves when the power has been taken away. Never throws. */
  async run(): Promise<SessionEnd> {
    const { clock, onStarted } = this.#options;
    this.#cancelLimit = clock.after(START_LIMIT_MS, () => this.#end({ code: 'device-hung', text: 'it did not start' }));
    this.#act(this.#powerUp());
    const fault = await this.#ended;
    const { wellMs } = this.#care;
    const mhz = this.#care.hasBegun ? this.#chain.mhz : undefined;
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
    if (!this.#care.hasBegun || this.#over) return;
    this.#pump.send({ type: 'void' });
    this.#feeder.feedNow();
  }

  want(mhz: number): void {
    this.#care.frequency.want(mhz);
    this.#care.look();
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
        if (this.#care.hasBegun && !this.#over) this.#feeder.resume();
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
        this.#care.look();
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
    const mhz = Math.min(model.startMhz, this.#care.frequency.allowedMhz);
    this.#pump.send({ type: 'init', mhz, ticketDifficulty: this.#ticket });
  }

  #ready(): void {
    this.#cancelLimit();
    this.#care.begin();
    this.#options.onStarted();
    this.#expect();
    this.#feeder.feedNow();
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
      this.#care.restart();
    }
    this.#pump.send({ type: 'work', work });
  }

  #supply(hasWork: boolean): void {
    this.#care.hasWork = hasWork;
    this.#care.restart();
    this.#options.tell({ type: 'state', state: { at: hasWork ? 'hashing' : 'idle' } });
  }

  #asChain(): Chain {
    return { family: this.#family, chips: this.#chips, mhz: this.#chain.mhz ?? this.#options.model.startMhz };
  }

  #expect(): void {
    this.#care.restart();
    this.#report.expect(this.#asChain(), this.#options.model.rateScale);
  }

  #judged(verdict: Verdict): void {
    switch (verdict.kind) {
      case 'stop':
        return this.#end(verdict.fault);
      case 'throttle':
        this.#care.frequency.throttle(this.#chain.mhz);
        return this.#care.look();
      case 'recover':
        return this.#care.frequency.recover();
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
    this.#care.stop();
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
