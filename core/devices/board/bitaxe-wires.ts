/**
 * A Bitaxe on bitaxe-raw firmware: control port and chip UART as two CDC functions; EMC2101 for fan and temperatures, and what
 * makes the core voltage. Order is safety: reset held, fan at full speed, every limit of the regulator written, supply and
 * temperature read, only then core voltage, and only when that came up well, reset raised.
 *
 * Without us, when the program dies or the computer sleeps, the board keeps fan speed, clock and voltage as they are; a chip
 * that gets no job runs out of it within minutes. A TPS546 cuts the voltage by itself at its limits for current, input and its own heat.
 * Nothing on the board watches the chip's heat; therefore the fan is never slower than the present heat needs.
 */
import { AppError } from '../../errors.ts';
import type { Clock, UsbInterface, UsbLink } from '../../ports.ts';
import { type AcmFunction, CDC_ACM_FORMAT, cdcAcm, findAcmFunctions } from '../bridge/cdc-acm.ts';
import { gpioSet, i2cSetClock, PIN_CHIP_RESET } from '../bridge/raw-control-request.ts';
import { Emc2101, type ThermalDiode } from '../sensor/emc2101.ts';
import type { Readings } from '../sensor/readings.ts';
import type { BoardFault } from './board-fault.ts';
import type { CoreSupply, MakeCoreSupply } from './core-supply.ts';
import { playBridge } from './play-bridge.ts';
import { RawControlPort } from './raw-control-port.ts';
import { type SafetyLimits, startFault } from './thermal-policy.ts';
import { sleep } from './wait.ts';
import type { BoardWires, OpenWires, WiresListener } from './wires.ts';

const I2C_HZ = 100_000;
/** The core voltage settles. */
const CORE_MS = 500;
/** From reset to a chip that listens. */
const RESET_MS = 200;
const FULL_FAN = 100;
/** Of a board that was surely switched off: enough for what heat is left in it. */
const PARKED_FAN = 50;
/** By so much the chip is hotter than the thermometer beside it, while its own says nothing. */
const CHIP_ABOVE_BOARD_C = 5;
/** A chip under power that is colder than what is beside it, by more than two sensors differ, has no diode that works. */
const COLDEST_BELOW_BOARD_C = 10;

export interface BitaxeOptions {
  readonly supply: MakeCoreSupply;
  readonly diode: ThermalDiode;
  /** The chip's diode is not connected on all of these boards: the thermometer beside the chip counts as well. */
  readonly usesBoardSensor?: true;
  readonly safety: SafetyLimits;
}

export function bitaxeWires(options: BitaxeOptions): OpenWires {
  return async (device, clock) => {
    const link = await device.open({ serial: [CDC_ACM_FORMAT, CDC_ACM_FORMAT] });
    try {
      return new BitaxeWires(link, clock, options);
    } catch (error) {
      await link.close();
      throw error;
    }
  };
}

class BitaxeWires implements BoardWires {
  readonly cutsPower = true;
  readonly #link: UsbLink;
  readonly #clock: Clock;
  readonly #options: BitaxeOptions;
  readonly #controlFunction: AcmFunction;
  readonly #chipFunction: AcmFunction;
  #port: RawControlPort | undefined;
  #fanPercent = FULL_FAN;
  #isOn = false;
  #mayBeOn = false;
  /** The ports were opened: until then the firmware may keep its answers back. */
  #isOpen = false;
  /** A chip joins its diode to the pins while it is set up; before, whatever is read there is no temperature. */
  #diodeCounts = false;
  /** Power was taken away: nothing that was still under way may bring it back. */
  #isCut = false;

  constructor(link: UsbLink, clock: Clock, options: BitaxeOptions) {
    [this.#controlFunction, this.#chipFunction] = twoFunctions(link.interfaces);
    this.#link = link;
    this.#clock = clock;
    this.#options = options;
  }

  get mayBeOn(): boolean {
    return this.#mayBeOn;
  }

  async powerUp(listener: WiresListener, wasHot: boolean): Promise<void> {
    this.#isCut = false;
    this.#diodeCounts = false;
    await this.#openPorts();
    const port = this.#controlPort();
    await port.ask(gpioSet(PIN_CHIP_RESET, 0));
    await port.ask(i2cSetClock(I2C_HZ));
    const cooler = new Emc2101(port);
    await cooler.begin(this.#options.diode);
    await this.#fan(cooler, FULL_FAN);
    const supply = this.#supply(port);
    await supply.begin();
    await this.#check(cooler, supply, wasHot);
    if (this.#isCut) return;
    this.#mayBeOn = true;
    await supply.on();
    this.#isOn = true;
    await sleep(this.#clock, CORE_MS);
    this.#refuse(startFault(await supply.readings(true), this.#options.safety, false));
    if (this.#isCut) return;
    await port.ask(gpioSet(PIN_CHIP_RESET, 1));
    await sleep(this.#clock, RESET_MS);
    this.#link.listen(this.#chipFunction.endpointIn, {
      onPacket: (packet) => listener.onBytes(packet),
      onEnd: (fault) => listener.onEnd(fault),
    });
  }

  chipsStarted(): void {
    this.#diodeCounts = true;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#link.write(this.#chipFunction.endpointOut, bytes);
  }

  setBaud(baud: number): Promise<void> {
    return playBridge(cdcAcm(this.#chipFunction.commInterface).setBaud(baud), this.#link, this.#clock);
  }

  /** Both ways, each even if the other fails, and the fan at full speed; it turns slower only when both are known to be done. */
  async powerDown(isHot: boolean): Promise<void> {
    const port = this.#controlPort();
    this.#isCut = true;
    this.#isOn = false;
    if (!this.#isOpen) await this.#openPorts().catch(() => {}); // pins and regulator are tried all the same
    const cooler = new Emc2101(port);
    const steps = await Promise.allSettled([port.ask(gpioSet(PIN_CHIP_RESET, 0)), this.#supply(port).off(), this.#fan(cooler, FULL_FAN)]);
    const [reset, off] = steps;
    if (reset.status === 'fulfilled' && off.status === 'fulfilled') this.#mayBeOn = false;
    const failed = steps.find((step) => step.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    if (!isHot) await this.#fan(cooler, PARKED_FAN);
  }

  async readings(): Promise<Readings> {
    const port = this.#controlPort();
    const cooler = new Emc2101(port);
    const tempC = await this.#chipTempC(cooler);
    return {
      ...(tempC !== undefined && { tempC }),
      fanRpm: await cooler.fanRpm(),
      fanPercent: this.#fanPercent,
      ...(await this.#supply(port).readings(this.#isOn)),
    };
  }

  setFan(percent: number): Promise<void> {
    // The safe speed of a board that was switched off is not for a late reading to change.
    return this.#isCut ? Promise.resolve() : this.#fan(new Emc2101(this.#controlPort()), percent);
  }

  close(): Promise<void> {
    this.#port?.end();
    return this.#link.close();
  }

  async #fan(cooler: Emc2101, percent: number): Promise<void> {
    await cooler.setFan(percent);
    this.#fanPercent = percent;
  }

  async #openPorts(): Promise<void> {
    await playBridge(cdcAcm(this.#controlFunction.commInterface).open(), this.#link, this.#clock);
    await playBridge(cdcAcm(this.#chipFunction.commInterface).open(), this.#link, this.#clock);
    this.#isOpen = true;
  }

  #supply(port: RawControlPort): CoreSupply {
    return this.#options.supply(port);
  }

  /** The hotter of what there is; until the diode counts, what is known from beside the chip. */
  async #chipTempC(cooler: Emc2101): Promise<number | undefined> {
    const besideC = await cooler.boardTempC();
    if (!this.#diodeCounts) return besideC + CHIP_ABOVE_BOARD_C;
    const chipC = await cooler.chipTempC();
    if (this.#options.usesBoardSensor === true) return Math.max(chipC ?? besideC, besideC + CHIP_ABOVE_BOARD_C);
    return chipC === undefined || chipC < besideC - COLDEST_BELOW_BOARD_C ? undefined : chipC;
  }

  /** Heat from before, which the board beside the chip still has, and a wrong supply are seen in time. */
  async #check(cooler: Emc2101, supply: CoreSupply, wasHot: boolean): Promise<void> {
    const tempC = await this.#chipTempC(cooler);
    const regulatorTempC = await supply.tempC?.();
    const readings = {
      ...(tempC !== undefined && { tempC }),
      ...(regulatorTempC !== undefined && { regulatorTempC }),
      inputMillivolts: await supply.inputMillivolts(),
    };
    this.#refuse(startFault(readings, this.#options.safety, wasHot));
  }

  /** @throws AppError with the fault, if there is one */
  #refuse(fault: BoardFault | undefined): void {
    if (fault !== undefined) throw new AppError<BoardFault>(fault, 'machine');
  }

  #controlPort(): RawControlPort {
    const { endpointIn, endpointOut } = this.#controlFunction;
    this.#port ??= new RawControlPort({ link: this.#link, clock: this.#clock, endpointIn, endpointOut });
    return this.#port;
  }
}

/** First control, then chips. @throws AppError when the device has other functions */
export function twoFunctions(interfaces: readonly UsbInterface[]): readonly [AcmFunction, AcmFunction] {
  const [control, chips, ...others] = findAcmFunctions(interfaces);
  if (control !== undefined && chips !== undefined && others.length === 0) return [control, chips];
  throw new AppError<BoardFault>({ code: 'device-nonsense', text: 'the device does not have the two ports of this firmware' }, 'machine');
}
