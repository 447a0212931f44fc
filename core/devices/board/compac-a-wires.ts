/**
 * Compac A1 and A2 behind a CP2105: chips on the first UART, telemetry microcontroller on the second, GPIO latch for chips
 * and regulator. The core voltage is the microcontroller's: without its answers and a sensible temperature the regulator stays off.
 */
import { concat, EMPTY } from '../../bytes.ts';
import { AppError } from '../../errors.ts';
import type { Clock, UsbLink } from '../../ports.ts';
import { cp2105Chips, cp2105PowerCut, cp2105PowerOff, cp2105PowerOn, cp2105Telemetry } from '../bridge/cp210x.ts';
import {
  needsCapabilities,
  READINGS_BYTES,
  readTelemetry,
  setCoreVoltage,
  setFan,
  TELEMETRY_GAP_MS,
  TELEMETRY_REPLY_MS,
  type TelemetryKind,
  telemetryCommand,
  telemetryKind,
} from '../sensor/gekko-telemetry.ts';
import type { Readings } from '../sensor/readings.ts';
import type { BoardFault } from './board-fault.ts';
import { playBridge } from './play-bridge.ts';
import { type SafetyLimits, startFault } from './thermal-policy.ts';
import { sleep, within } from './wait.ts';
import type { BoardWires, OpenWires, WiresListener } from './wires.ts';

const CHIPS = { interface: 0, endpoint: 1 } as const;
const TELEMETRY = { interface: 1, endpoint: 2 } as const;
/** The microcontroller may still be starting. */
const VERSION_ATTEMPTS = 10;
/** What a stopped board's core setting is left at. */
const COLD_CORE_MILLIVOLTS = 100;
/** Over what was set, by what the microcontroller measures in steps of 4 mV: the chip gets a voltage that nobody asked for. */
const MOST_OVER_VOLTAGE = 1.25;
/** A microcontroller that hangs must not keep the latch from being opened. */
const REGULATOR_OFF_MS = 500;
/** A light that blinks for so long finds a stick on a shelf. */
const SHOW_MS = 10_000;

export interface CompacAOptions {
  readonly coreMillivolts: number;
  readonly safety: SafetyLimits;
}

export function compacAWires(options: CompacAOptions): OpenWires {
  return async (device, clock) =>
    new CompacAWires(await device.open({ interfaces: [CHIPS.interface, TELEMETRY.interface] }), clock, options);
}

class CompacAWires implements BoardWires {
  readonly cutsPower = true;
  readonly #link: UsbLink;
  readonly #clock: Clock;
  readonly #options: CompacAOptions;
  #kind: TelemetryKind | undefined;
  #heard: Uint8Array = EMPTY;
  #broken: AppError | undefined;
  /** Power was taken away: nothing that was still under way may bring it back. */
  #isCut = false;
  #mayBeOn = false;
  /** The microcontroller is asked one thing at a time. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(link: UsbLink, clock: Clock, options: CompacAOptions) {
    this.#link = link;
    this.#clock = clock;
    this.#options = options;
  }

  get mayBeOn(): boolean {
    return this.#mayBeOn;
  }

  async powerUp(listener: WiresListener, wasHot: boolean): Promise<void> {
    this.#isCut = false;
    this.#mayBeOn = true;
    // Off first: an earlier life may have left everything on.
    await this.#openLatch();
    await playBridge(cp2105PowerOn(), this.#link, this.#clock);
    await playBridge(cp2105Telemetry.open(), this.#link, this.#clock);
    this.#listen(listener);
    this.#kind = await this.#greet();
    if (this.#kind.hasFan) await this.#ask(setFan(100), 1);
    const readings = await this.readings();
    const { safety } = this.#options;
    const fault =
      startFault(readings, safety, wasHot) ?? (readings.tempC === undefined ? silent('chip temperature', 'no reading') : undefined);
    if (fault !== undefined) throw new AppError<BoardFault>(fault, 'machine');
  }

  async energise(): Promise<void> {
    await this.#ask(setCoreVoltage(this.#options.coreMillivolts), 1);
    await this.#ask(telemetryCommand.regulatorOn, 1);
    const { coreMillivolts } = await this.readings();
    const limit = this.#options.coreMillivolts * MOST_OVER_VOLTAGE;
    const text = `core voltage ${coreMillivolts} mV, over ${limit} mV`;
    if (coreMillivolts !== undefined && coreMillivolts > limit)
      throw new AppError<BoardFault>({ code: 'device-power-fault', text }, 'machine');
    await this.#ask(telemetryCommand.lightOnWork, 1);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#link.write(CHIPS.endpoint, bytes);
  }

  setBaud(baud: number): Promise<void> {
    return playBridge(cp2105Chips.setBaud(baud), this.#link, this.#clock);
  }

  /** The latch first: it needs nobody's answer. Then the regulator, so that the latch alone cannot bring power back. */
  async powerDown(): Promise<void> {
    this.#isCut = true;
    try {
      await playBridge(cp2105PowerCut(), this.#link, this.#clock);
    } catch {
      // A bridge that takes no control transfer may still carry bytes; and a reset brings it back.
      await this.#regulatorOff();
      await playBridge(cp2105PowerOff(), this.#link, this.#clock);
      this.#mayBeOn = false;
      return;
    }
    this.#mayBeOn = false;
    await this.#regulatorOff();
  }

  #openLatch(): Promise<void> {
    return playBridge(cp2105PowerCut(), this.#link, this.#clock).catch(() => playBridge(cp2105PowerOff(), this.#link, this.#clock));
  }

  /** As far as it goes: where the latch is open, it is not what keeps power away. */
  async #regulatorOff(): Promise<void> {
    await within(this.#clock, REGULATOR_OFF_MS, this.#tellRegulatorOff()).catch(() => {});
  }

  async #tellRegulatorOff(): Promise<void> {
    for (const command of [telemetryCommand.regulatorOff, setCoreVoltage(COLD_CORE_MILLIVOLTS), telemetryCommand.lightOff]) {
      await this.#link.write(TELEMETRY.endpoint, command);
      await sleep(this.#clock, TELEMETRY_GAP_MS);
    }
  }

  async readings(): Promise<Readings> {
    const kind = this.#kind;
    if (kind === undefined) throw new AppError<BoardFault>(silent('telemetry', 'not greeted'), 'machine');
    const bytes = await this.#ask(telemetryCommand.readings, READINGS_BYTES);
    if (bytes.length === 0) throw new AppError<BoardFault>(silent('telemetry', 'no answer'), 'machine');
    return { ...readTelemetry(bytes, kind), ...(kind.hasFan && { fanPercent: 100 }) };
  }

  async light(): Promise<void> {
    await this.#ask(telemetryCommand.lightHeartbeat, 1);
    await sleep(this.#clock, SHOW_MS);
    await this.#ask(telemetryCommand.lightOnWork, 1);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #listen(listener: WiresListener): void {
    this.#link.listen(CHIPS.endpoint, {
      onPacket: (packet) => listener.onBytes(cp2105Chips.received(packet)),
      onEnd: (fault) => listener.onEnd(fault),
    });
    this.#link.listen(TELEMETRY.endpoint, {
      onPacket: (packet) => {
        this.#heard = concat(this.#heard, packet).slice(-READINGS_BYTES);
      },
      onEnd: (fault) => {
        this.#broken = new AppError(fault, 'machine');
      },
    });
  }

  async #greet(): Promise<TelemetryKind> {
    for (let attempt = 0; attempt < VERSION_ATTEMPTS; attempt += 1) {
      const version = (await this.#ask(telemetryCommand.version, 1))[0];
      if (version === undefined) continue;
      const capabilities = needsCapabilities(version) ? (await this.#ask(telemetryCommand.capabilities, 1))[0] : undefined;
      const kind = telemetryKind(version, capabilities);
      if (kind !== undefined) return kind;
    }
    throw new AppError<BoardFault>(silent('telemetry', `no version after ${VERSION_ATTEMPTS} attempts`), 'machine');
  }

  /** Whatever was answered in time, at most `count` bytes. @throws AppError when the port is broken */
  #ask(command: Uint8Array, count: number): Promise<Uint8Array> {
    const turn = this.#asking.then(() => this.#askNow(command, count));
    this.#asking = turn.catch(() => {});
    return turn;
  }

  async #askNow(command: Uint8Array, count: number): Promise<Uint8Array> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#isCut) throw new AppError<BoardFault>(silent('telemetry', 'switched off'), 'machine');
    this.#heard = EMPTY;
    await this.#link.write(TELEMETRY.endpoint, command);
    await sleep(this.#clock, TELEMETRY_GAP_MS + TELEMETRY_REPLY_MS);
    const answer = this.#heard.subarray(0, count);
    await sleep(this.#clock, TELEMETRY_GAP_MS);
    return answer;
  }
}

function silent(sensor: string, text: string): BoardFault {
  return { code: 'device-sensor-silent', sensor, text };
}
