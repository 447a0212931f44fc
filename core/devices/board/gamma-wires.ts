/**
 * Bitaxe Gamma on bitaxe-raw firmware: control port and chip UART as two CDC functions; EMC2101 for fan and chip temperature,
 * TPS546 for the core voltage. Order is safety: reset held, fan at full speed, every limit of the regulator written, supply
 * and temperature read, only then core voltage, and only then reset raised.
 */
import { AppError } from '../../errors.ts';
import type { Clock, UsbInterface, UsbLink } from '../../ports.ts';
import { type AcmFunction, cdcAcm, findAcmFunctions } from '../bridge/cdc-acm.ts';
import { gpioSet, i2cSetClock, PIN_CHIP_RESET } from '../bridge/raw-control-request.ts';
import { Emc2101 } from '../sensor/emc2101.ts';
import type { Readings } from '../sensor/readings.ts';
import { gammaConfiguration, Tps546 } from '../sensor/tps546.ts';
import type { BoardFault } from './board-fault.ts';
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

export interface GammaOptions {
  readonly coreVolts: number;
  /** What the maker's firmware allows; nothing outside is ever set. */
  readonly coreVoltsRange: { readonly min: number; readonly max: number };
  readonly safety: SafetyLimits;
}

export function gammaWires(options: GammaOptions): OpenWires {
  return async (device, clock) => {
    const link = await device.open({});
    try {
      return new GammaWires(link, clock, options);
    } catch (error) {
      await link.close();
      throw error;
    }
  };
}

class GammaWires implements BoardWires {
  readonly cutsPower = true;
  readonly #link: UsbLink;
  readonly #clock: Clock;
  readonly #options: GammaOptions;
  readonly #controlFunction: AcmFunction;
  readonly #chipFunction: AcmFunction;
  #port: RawControlPort | undefined;
  #fanPercent = FULL_FAN;
  #isOn = false;
  /** Power was taken away: nothing that was still under way may bring it back. */
  #isCut = false;

  constructor(link: UsbLink, clock: Clock, options: GammaOptions) {
    [this.#controlFunction, this.#chipFunction] = twoFunctions(link.interfaces);
    this.#link = link;
    this.#clock = clock;
    this.#options = options;
  }

  async powerUp(listener: WiresListener, wasHot: boolean): Promise<void> {
    this.#isCut = false;
    await playBridge(cdcAcm(this.#controlFunction.commInterface).open(), this.#link, this.#clock);
    await playBridge(cdcAcm(this.#chipFunction.commInterface).open(), this.#link, this.#clock);
    const port = this.#controlPort();
    await port.ask(gpioSet(PIN_CHIP_RESET, 0));
    await port.ask(i2cSetClock(I2C_HZ));
    const cooler = new Emc2101(port);
    await cooler.begin();
    await this.#fan(cooler, FULL_FAN);
    const regulator = this.#regulator(port);
    await regulator.begin(gammaConfiguration);
    await this.#check(cooler, regulator, wasHot);
    if (this.#isCut) return;
    await regulator.on(this.#options.coreVolts);
    this.#isOn = true;
    await sleep(this.#clock, CORE_MS);
    if (this.#isCut) return;
    await port.ask(gpioSet(PIN_CHIP_RESET, 1));
    await sleep(this.#clock, RESET_MS);
    this.#link.listen(this.#chipFunction.endpointIn, {
      onPacket: (packet) => listener.onBytes(packet),
      onEnd: (fault) => listener.onEnd(fault),
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#link.write(this.#chipFunction.endpointOut, bytes);
  }

  setBaud(baud: number): Promise<void> {
    return playBridge(cdcAcm(this.#chipFunction.commInterface).setBaud(baud), this.#link, this.#clock);
  }

  /** Both ways, each even if the other fails; the fan goes on at full speed, and holds it when nobody drives it any more. */
  async powerDown(): Promise<void> {
    const port = this.#controlPort();
    this.#isCut = true;
    this.#isOn = false;
    const steps = await Promise.allSettled([
      port.ask(gpioSet(PIN_CHIP_RESET, 0)),
      this.#regulator(port).off(),
      this.#fan(new Emc2101(port), FULL_FAN),
    ]);
    const failed = steps.find((step) => step.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async readings(): Promise<Readings> {
    const port = this.#controlPort();
    const cooler = new Emc2101(port);
    const regulator = this.#regulator(port);
    const regulatorFault = this.#isOn ? await regulator.fault() : undefined;
    const tempC = await cooler.chipTempC();
    return {
      ...(regulatorFault !== undefined && { regulatorFault }),
      ...(tempC !== undefined && { tempC }),
      fanRpm: await cooler.fanRpm(),
      fanPercent: this.#fanPercent,
      regulatorTempC: await regulator.tempC(),
      inputMillivolts: await regulator.inputMillivolts(),
      coreMillivolts: await regulator.coreMillivolts(),
      coreMilliamps: await regulator.coreMilliamps(),
    };
  }

  setFan(percent: number): Promise<void> {
    return this.#fan(new Emc2101(this.#controlPort()), percent);
  }

  close(): Promise<void> {
    this.#port?.end();
    return this.#link.close();
  }

  async #fan(cooler: Emc2101, percent: number): Promise<void> {
    await cooler.setFan(percent);
    this.#fanPercent = percent;
  }

  #regulator(port: RawControlPort): Tps546 {
    return new Tps546(port, { coreVolts: this.#options.coreVoltsRange });
  }

  /** A chip without core voltage: its diode still reads, so heat from before and a wrong supply are seen in time. */
  async #check(cooler: Emc2101, regulator: Tps546, wasHot: boolean): Promise<void> {
    const tempC = await cooler.chipTempC();
    const readings = { ...(tempC !== undefined && { tempC }), inputMillivolts: await regulator.inputMillivolts() };
    const fault = startFault(readings, this.#options.safety, wasHot);
    if (fault !== undefined) throw new AppError<BoardFault>(fault, 'machine');
  }

  #controlPort(): RawControlPort {
    const { endpointIn, endpointOut } = this.#controlFunction;
    this.#port ??= new RawControlPort({ link: this.#link, clock: this.#clock, endpointIn, endpointOut });
    return this.#port;
  }
}

/** First control, then chips. @throws AppError when the device has other functions */
function twoFunctions(interfaces: readonly UsbInterface[]): readonly [AcmFunction, AcmFunction] {
  const [control, chips, ...others] = findAcmFunctions(interfaces);
  if (control !== undefined && chips !== undefined && others.length === 0) return [control, chips];
  throw new AppError<BoardFault>({ code: 'device-nonsense', text: 'the device does not have the two ports of this firmware' }, 'machine');
}
