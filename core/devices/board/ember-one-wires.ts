/**
 * EmberOne00: the ports and the control protocol of bitaxe-raw, three pins for power, two thermometers, no fan. Order: reset
 * held and both supplies off, I/O supply, thermometers read, core supply, and only then reset raised. The core voltage is the
 * board's own (3.6 V over the whole row of chips); its DAC is not touched, because nobody has written down how.
 *
 * Without us the supplies stay as they are: no part of the board is known to watch heat or current.
 */
import { AppError } from '../../errors.ts';
import type { Clock, UsbLink } from '../../ports.ts';
import { type AcmFunction, CDC_ACM_FORMAT, cdcAcm } from '../bridge/cdc-acm.ts';
import type { ControlDialect } from '../bridge/raw-control-answer.ts';
import { gpioSet, i2cSetClock, PIN_CHIP_RESET, PIN_CORE_POWER, PIN_IO_POWER } from '../bridge/raw-control-request.ts';
import type { Readings } from '../sensor/readings.ts';
import { TmpSensors } from '../sensor/tmp-sensors.ts';
import { twoFunctions } from './bitaxe-wires.ts';
import type { BoardFault } from './board-fault.ts';
import { playBridge } from './play-bridge.ts';
import { RawControlPort } from './raw-control-port.ts';
import { type SafetyLimits, startFault } from './thermal-policy.ts';
import { sleep } from './wait.ts';
import type { BoardWires, OpenWires, WiresListener } from './wires.ts';

const I2C_HZ = 100_000;
/** The I/O supply settles. */
const IO_MS = 5;
const CORE_MS = 100;
/** From reset to chips that listen. */
const RESET_MS = 200;

export function emberOneWires(safety: SafetyLimits): OpenWires {
  return async (device, clock) => {
    const link = await device.open({ serial: [CDC_ACM_FORMAT, CDC_ACM_FORMAT] });
    try {
      return new EmberOneWires({ link, clock, safety, dialect: dialectOf(device.version) });
    } catch (error) {
      await link.close();
      throw error;
    }
  };
}

/** `bcdDevice` is JJMN: hardware, firmware, patch. From firmware 1 on every answer has a status. */
function dialectOf(version: number): ControlDialect {
  return ((version >> 4) & 0x0f) === 0 ? 'v0' : 'v1';
}

interface EmberOneParts {
  readonly link: UsbLink;
  readonly clock: Clock;
  readonly safety: SafetyLimits;
  readonly dialect: ControlDialect;
}

class EmberOneWires implements BoardWires {
  readonly cutsPower = true;
  readonly #parts: EmberOneParts;
  readonly #controlFunction: AcmFunction;
  readonly #chipFunction: AcmFunction;
  #port: RawControlPort | undefined;
  /** Power was taken away: nothing that was still under way may bring it back. */
  #isCut = false;
  #mayBeOn = false;
  /** The ports were opened: until then the firmware may keep its answers back. */
  #isOpen = false;

  constructor(parts: EmberOneParts) {
    [this.#controlFunction, this.#chipFunction] = twoFunctions(parts.link.interfaces);
    this.#parts = parts;
  }

  get mayBeOn(): boolean {
    return this.#mayBeOn;
  }

  async powerUp(listener: WiresListener, wasHot: boolean): Promise<void> {
    const { link, clock, safety } = this.#parts;
    this.#isCut = false;
    await this.#openPorts();
    const port = this.#controlPort();
    for (const pin of [PIN_CHIP_RESET, PIN_CORE_POWER]) await port.ask(gpioSet(pin, 0));
    await port.ask(i2cSetClock(I2C_HZ));
    await port.ask(gpioSet(PIN_IO_POWER, 1));
    await sleep(clock, IO_MS);
    const sensors = new TmpSensors(port);
    await sensors.begin();
    // An open diode is usual while the chip has no power.
    const fault = startFault({ boardTempC: await sensors.boardTempC(), ...chipReading(await sensors.chipTempC()) }, safety, wasHot);
    if (fault !== undefined) throw new AppError<BoardFault>(fault, 'machine');
    if (this.#isCut) return;
    this.#mayBeOn = true;
    await port.ask(gpioSet(PIN_CORE_POWER, 1));
    await sleep(clock, CORE_MS);
    if (this.#isCut) return;
    await port.ask(gpioSet(PIN_CHIP_RESET, 1));
    await sleep(clock, RESET_MS);
    link.listen(this.#chipFunction.endpointIn, {
      onPacket: (packet) => listener.onBytes(packet),
      onEnd: (why) => listener.onEnd(why),
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#parts.link.write(this.#chipFunction.endpointOut, bytes);
  }

  setBaud(baud: number): Promise<void> {
    return playBridge(cdcAcm(this.#chipFunction.commInterface).setBaud(baud), this.#parts.link, this.#parts.clock);
  }

  /** All three, in this order, each even if another fails. */
  async powerDown(): Promise<void> {
    const port = this.#controlPort();
    this.#isCut = true;
    if (!this.#isOpen) await this.#openPorts().catch(() => {}); // pins and regulator are tried all the same
    const pins = [PIN_CHIP_RESET, PIN_CORE_POWER, PIN_IO_POWER];
    const steps = await Promise.allSettled(pins.map((pin) => port.ask(gpioSet(pin, 0))));
    const failed = steps.find((step) => step.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#mayBeOn = false;
  }

  async readings(): Promise<Readings> {
    const sensors = new TmpSensors(this.#controlPort());
    return { boardTempC: await sensors.boardTempC(), ...chipReading(await sensors.chipTempC()) };
  }

  close(): Promise<void> {
    this.#port?.end();
    return this.#parts.link.close();
  }

  async #openPorts(): Promise<void> {
    const { link, clock } = this.#parts;
    await playBridge(cdcAcm(this.#controlFunction.commInterface).open(), link, clock);
    await playBridge(cdcAcm(this.#chipFunction.commInterface).open(), link, clock);
    this.#isOpen = true;
  }

  #controlPort(): RawControlPort {
    const { link, clock, dialect } = this.#parts;
    const { endpointIn, endpointOut } = this.#controlFunction;
    this.#port ??= new RawControlPort({ link, clock, endpointIn, endpointOut, dialect });
    return this.#port;
  }
}

function chipReading(tempC: number | undefined): { readonly tempC?: number } {
  return tempC === undefined ? {} : { tempC };
}
