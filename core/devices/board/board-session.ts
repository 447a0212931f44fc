/**
 * One life of a board's chips: from power up to power down. Power up, find the chips, set them up, feed them, watch them.
 * Whatever ends it, the power is taken away first; who listens hears of it afterwards.
 */
import { DIFFICULTY_ONE } from '../../bitcoin/chip-difficulty.ts';
import { faultOf } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { ChipChain } from '../chip/chip-chain.ts';
import type { ChipFamily } from '../chip/chip-family.ts';
import { type Chain, nonceIntervalMs } from '../chip/rates.ts';
import type { DeviceEvent, WorkFeed } from '../device.ts';
import type { BoardFault } from './board-fault.ts';
import type { BoardModel } from './board-model.ts';
import { BoardReport } from './board-report.ts';
import { ChainFeed } from './chain-feed.ts';
import { ChainPump, type PumpEvent } from './chain-pump.ts';
import { ChipCare } from './chip-care.ts';
import { discoveryFault, tooManyChips } from './discovery-fault.ts';
import type { FeedRecord } from './feed-record.ts';
import { HeatGuard } from './heat-guard.ts';
import { leaveSafe } from './leave-safe.ts';
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
  /** Hashes behind a nonce of difficulty 1. */
  readonly difficultyOne: number;
  readonly feedRecord: FeedRecord;
  tell(event: DeviceEvent): void;
  /** The chips hash: others may be powered. */
  onStarted(): void;
}

export interface SessionEnd {
  /** Undefined: ended because it was asked to. */
  readonly fault: BoardFault | undefined;
  /** It could be switched on and did not let itself be switched off. */
  readonly isOn: boolean;
  /** How long it hashed. */
  readonly wellMs: number;
  readonly mhz: number | undefined;
}

export class BoardSession {
  readonly #options: SessionOptions;
  #family: ChipFamily;
  #chain: ChipChain;
  #pump: ChainPump;
  readonly #feed: ChainFeed;
  readonly #care: ChipCare;
  #chips: number;
  readonly #report: BoardReport;
  readonly #heat: HeatGuard;
  #cancelLimit: () => void = () => {};
  #end: (fault: BoardFault | undefined) => void = () => {};
  readonly #ended: Promise<BoardFault | undefined>;
  #over = false;
  #leftBus: () => void = () => {};
  /** Resolves when the bus says that it is gone: nothing is left to be switched off. */
  readonly #unplugged = new Promise<undefined>((resolve) => {
    this.#leftBus = () => resolve(undefined);
  });
  #isUnplugged = false;
  #onStopped: (() => void) | undefined;
  /** What is being switched on. */
  #acting: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { model, wires, clock, feed } = options;
    this.#options = options;
    this.#family = model.family;
    this.#chips = model.chips;
    this.#chain = new ChipChain({ family: model.family, expectedChips: model.chips, difficultyOne: options.difficultyOne });
    this.#pump = this.#newPump();
    this.#care = new ChipCare({
      clock,
      chain: this.#chain,
      wantedMhz: options.wantedMhz,
      setFrequency: (mhz) => this.#pump.send({ type: 'frequency', mhz }),
      fedMs: () => options.feedRecord.fedMs,
      nonceIntervalMs: () => nonceIntervalMs(this.#asChain(), this.#feed.ticket, model.rateScale),
      onFault: (fault) => this.#end(fault),
      tell: options.tell,
      onLook: () => this.#report.tellIfDue(),
    });
    this.#ended = new Promise((resolve) => {
      this.#end = (fault) => {
        this.#over = true;
        this.#feed.stop();
        resolve(fault);
      };
    });
    this.#feed = new ChainFeed({
      clock,
      feed,
      chain: this.#chain,
      pump: this.#pump,
      record: options.feedRecord,
      ticketDifficulty: model.ticketDifficulty,
      difficultyOne: options.difficultyOne,
      asChain: () => this.#asChain(),
      onSupply: (hasWork) => this.#supply(hasWork),
      onTicket: () => this.#care.restart(),
    });
    this.#report = new BoardReport({
      now: () => clock.monotonic(),
      tell: options.tell,
      mhz: () => (this.#care.hasBegun ? this.#chain.mhz : undefined),
      feedTimes: () => options.feedRecord.times,
      chipsAlive: () => (this.#care.hasBegun ? this.#chain.counts?.alive(this.#pump.now() - ALIVE_MS) : undefined),
    });
    this.#heat = new HeatGuard({
      model,
      wires,
      clock,
      care: this.#care,
      mhz: () => this.#chain.mhz,
      tell: options.tell,
      onReadings: (readings) => this.#report.measured(readings),
      onStop: (fault) => this.#end(fault),
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
    this.#heat.endNotice();
    onStarted();
    const isOn = this.#options.wires.mayBeOn === true;
    return { fault: fault ?? (isOn ? undefined : left), isOn, wellMs, mhz };
  }

  stop(): void {
    this.#end(undefined);
  }

  /** The bus says so. */
  unplugged(location: string): void {
    this.#isUnplugged = true;
    this.#leftBus();
    this.#end({ code: 'device-gone', location });
  }

  /** All work is void; pulls new work at once. */
  renew(): void {
    if (!this.#care.hasBegun || this.#over) return;
    this.#pump.send({ type: 'void' });
    this.#feed.replace();
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
    this.#heat.start();
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
      onDrained: () => this.#feed.resume(),
    });
  }

  #heard(event: PumpEvent): void {
    const { tell } = this.#options;
    switch (event.type) {
      case 'discovered':
        return this.#act(this.#discovered(event.chips, event.idWord));
      case 'failed':
        return this.#end(discoveryFault(event.fault, this.#options.model));
      case 'ready':
        return this.#ready();
      case 'frequency':
        this.#expect();
        this.#care.look();
        return this.#feed.feedNow();
      case 'nonce':
      case 'stale':
        tell({ type: 'nonce', found: event.found });
        return this.#jobEnded();
      case 'hardware-error':
        tell({ type: 'hardware-error', reason: event.reason });
        return this.#jobEnded();
      case 'stopped':
        return this.#onStopped?.();
      default:
        return;
    }
  }

  /** The clock of the chain stands still meanwhile: it has nothing to wait for. */
  async #discovered(chips: number, idWord: number): Promise<void> {
    const { model, wires } = this.#options;
    const fault = tooManyChips(chips, model);
    if (fault !== undefined) return this.#end(fault);
    this.#chips = chips;
    this.#family = model.familyFor?.(idWord) ?? model.family;
    await wires.energise?.();
    if (this.#over) return;
    this.#step('starting chips');
    const mhz = Math.min(model.startMhz, this.#care.frequency.allowedMhz);
    this.#pump.send({ type: 'init', mhz, ticketDifficulty: this.#feed.ticket });
  }

  #ready(): void {
    this.#cancelLimit();
    this.#options.wires.chipsStarted?.();
    this.#care.begin();
    this.#options.onStarted();
    this.#expect();
    this.#feed.open();
  }

  /** Some devices stand still after an answer until they are given the next job. */
  #jobEnded(): void {
    if (this.#family.nonceEndsJob === true) this.#feed.replace();
  }

  #supply(hasWork: boolean): void {
    this.#care.hasWork = hasWork;
    this.#options.tell({ type: 'state', state: { at: hasWork ? 'hashing' : 'idle' } });
    this.#heat.repeatNotice();
    this.#care.repeatNotice();
  }

  #asChain(): Chain {
    return { family: this.#family, chips: this.#chips, mhz: this.#chain.mhz ?? this.#options.model.startMhz };
  }

  #expect(): void {
    this.#care.restart();
    const { model, difficultyOne } = this.#options;
    this.#report.expect(this.#asChain(), model.rateScale * (difficultyOne / DIFFICULTY_ONE));
  }

  #step(step: string): void {
    this.#options.tell({ type: 'state', state: { at: 'preparing', step } });
  }

  /** Takes the power away. What could not be done is the fault it returns. */
  async #leaveSafe(fault: BoardFault | undefined): Promise<BoardFault | undefined> {
    const { wires, clock } = this.#options;
    this.#care.stop();
    this.#cancelLimit();
    this.#heat.stop();
    const silence = () => this.#pump.stop();
    if (this.#isUnplugged) return void silence();
    // A port that ended is no proof: the other one may still take the power away.
    const leaving = leaveSafe({
      wires,
      clock,
      isHot: fault?.code === 'device-too-hot',
      shutDownChips: () => this.#shutDownChips(),
      silence,
      acting: this.#acting,
    });
    const left = await Promise.race([leaving, this.#unplugged]);
    silence();
    return left;
  }

  #shutDownChips(): Promise<void> {
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.#pump.send({ type: 'shutdown' });
    });
  }
}
