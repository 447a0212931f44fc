/**
 * EmberOne00: twelve BM1362 in series behind an RP2040 that speaks the bitaxe-raw protocol. Three pins (reset, core buck, supply of
 * the chips' inputs), a DAC that trims the buck, two thermometers. No fan and no current measurement of its own.
 *
 * Known from its firmware and from programs for it: identity, pins, sensors, protocol, the reboot command. Not known, and chosen
 * here: what the ADC counts mean, the board's power and heat, and that the chips live only with both supplies.
 */
import { Board, type BoardFault, type BoardOptions } from '../board.ts';
import { BitaxeRaw, type BoardPins, type I2cDevice } from '../bridges/bitaxe-raw.ts';
import { CdcPair, cdcPairSpec } from '../bridges/cdc-pair.ts';
import { Bm13Chain } from '../chips/bm13-chain.ts';
import { bm1362 } from '../chips/bm13-models.ts';
import { Heat } from '../sensors/heat.ts';
import { Ds4432u } from '../sensors/power-meter.ts';
import { Tmp451 } from '../sensors/tmp451.ts';
import { Tmp1075 } from '../sensors/tmp1075.ts';
import { emberOneFeedback, trimmedVolts } from '../sensors/trimmed-buck.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

const CHIPS = 12;
const pins = { reset: 0, core: 1, io: 2 } as const;
const addresses = { dac: 0x48, right: 0x49, left: 0x4a };
const adc: Readonly<Record<number, number>> = { 80: 3_300, 81: 1_500 };
const SYSTEM_REBOOT = 0x01;
const SYSTEM_BOOTLOADER = 0x02;
const magic: Readonly<Record<number, string>> = { [SYSTEM_REBOOT]: '222,173,190,239', [SYSTEM_BOOTLOADER]: '176,7,16,173' };
/** Least voltage of the stack with which the chips hash: a little below what the DAC can reach. */
const LEAST_VOLTS = 2.8;
const IDLE_WATTS = 1;
const TYPICAL = { watts: 45, megahertz: 400, volts: 3.6 };
/** How long it is away after a reboot. */
const REBOOT_MS = 800;
/** The diode reads this much too high; hosts correct it by register. */
const DIODE_ERROR_C = 7;
const BOARD_BELOW_CHIP_C = 8;

interface Firmware {
  readonly name: string;
  /** bcdDevice: hardware, firmware minor, patch. */
  readonly release: number;
  readonly dialect: 'V0' | 'V1';
}

class Body {
  readonly chain: Bm13Chain;
  readonly dac = new Ds4432u();
  readonly left = new Tmp1075();
  readonly right = new Tmp451();
  readonly heat = new Heat({ ambientC: 25, resistance: 0.9, stillResistance: 0.9, timeConstantMs: 20_000 });
  readonly levels = [0, 0, 0];
  isTripped = false;
  restart: (now: number) => void = () => {};

  constructor(chain: Bm13Chain) {
    this.chain = chain;
    this.apply();
  }

  get volts(): number {
    return this.levels[pins.core] === 1 && !this.isTripped ? trimmedVolts(emberOneFeedback, this.dac) : 0;
  }

  get watts(): number {
    if (this.levels[pins.reset] === 0) return IDLE_WATTS;
    return IDLE_WATTS + (TYPICAL.watts * this.chain.stats.megahertz * this.volts ** 2) / (TYPICAL.megahertz * TYPICAL.volts ** 2);
  }

  /** Lets the chips feel what the pins and the buck are at. */
  apply(): void {
    const isOn = this.levels[pins.io] === 1 && this.volts > 0;
    this.chain.setPower(isOn);
    this.chain.setReset(this.levels[pins.reset] === 0);
    this.chain.setCoreVoltage(this.volts >= LEAST_VOLTS);
    this.right.isOpen = !isOn;
  }

  advance(now: number): void {
    this.heat.advance(now, this.volts > 0 ? this.watts : IDLE_WATTS, 0);
    this.chain.setCoreVoltage(this.volts >= LEAST_VOLTS);
    this.left.tempC = this.heat.tempC - BOARD_BELOW_CHIP_C;
    this.right.boardC = this.heat.tempC - BOARD_BELOW_CHIP_C;
    this.right.diodeC = this.heat.tempC + DIODE_ERROR_C;
  }

  pinsFor(): BoardPins {
    return {
      setGpio: (pin, level) => this.#set(pin, level),
      getGpio: (pin) => this.levels[pin],
      adc: (channel) => adc[channel],
      system: (command, data, now) => this.#system(command, data, now),
    };
  }

  /** After its processor has started anew: all pins low, the DAC as after power-on. */
  powerOn(): void {
    this.levels.fill(0);
    this.dac.reset();
    this.apply();
  }

  #set(pin: number, level: number): boolean {
    if (this.levels[pin] === undefined) return false;
    this.levels[pin] = level;
    this.apply();
    return true;
  }

  #system(command: number, data: Uint8Array, now: number): boolean {
    if (magic[command] !== data.join(',')) return false;
    this.powerOn();
    this.restart(now);
    return true;
  }
}

function inject(fault: BoardFault, body: Body, control: BitaxeRaw, now: number): boolean {
  if (fault.kind === 'sensor-silence') control.silence(fault.isSilent ? Number.POSITIVE_INFINITY : now);
  else if (fault.kind === 'temperature') body.heat.force(fault.tempC);
  else if (fault.kind === 'i2c-silence') control.setDeaf(fault.address, fault.isSilent);
  else if (fault.kind === 'regulator') {
    body.isTripped = true;
    body.apply();
  } else return false;
  return true;
}

const build = (firmware: Firmware) => (options: BoardOptions) => {
  const chain = new Bm13Chain(bm1362, { chips: CHIPS, search: options.search, plain: options.plain ?? false });
  const body = new Body(chain);
  const bus = new Map<number, I2cDevice>([
    [addresses.dac, body.dac],
    [addresses.right, body.right],
    [addresses.left, body.left],
  ]);
  const control = new BitaxeRaw(bus, body.pinsFor(), firmware.dialect);
  const wireFaults = new WireFaults();
  const ids = { vendorId: 0x1209, productId: 0x256f, release: firmware.release };
  const spec = cdcPairSpec({ ...ids, manufacturer: '256F', product: 'EmberOne00', serial: options.serial });
  const bridge = new CdcPair(spec, control, new SerialWire(chain, wireFaults));
  const board = new Board({
    ...{ name: firmware.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads },
    body: { advance: (now) => body.advance(now), inject: (fault, now) => inject(fault, body, control, now) },
  });
  body.restart = (now) => board.leave(now, REBOOT_MS);
  return board;
};

export const emberOne00 = build({ name: 'emberone00', release: 0x0500, dialect: 'V0' });
export const emberOne00V1 = build({ name: 'emberone00-v1', release: 0x0510, dialect: 'V1' });
