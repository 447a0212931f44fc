/**
 * Bitaxe boards with the bitaxe-raw firmware: two serial ports, the chips' reset on GPIO 0 (low at boot), sensors and regulator
 * on I2C. Gamma: TPS546 and EMC2101. Ultra, Supra, Max: DS4432U, INA260 and EMC2101.
 */
import { Board, type BoardFault, type BoardOptions } from '../board.ts';
import { BitaxeRaw, type I2cDevice } from '../bridges/bitaxe-raw.ts';
import { CdcPair, cdcPairSpec } from '../bridges/cdc-pair.ts';
import { Bm13Chain } from '../chips/bm13-chain.ts';
import { type Bm13Model, bm1366, bm1368, bm1370, bm1397 } from '../chips/bm13-models.ts';
import { Emc2101 } from '../sensors/emc2101.ts';
import { Heat } from '../sensors/heat.ts';
import { Ds4432u, Ina260 } from '../sensors/power-meter.ts';
import { Tps546, tpsStatus } from '../sensors/tps546.ts';
import { bitaxeFeedback, trimmedVolts } from '../sensors/trimmed-buck.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

interface Power {
  /** Core volts; 0: off. */
  readonly volts: number;
  readonly devices: readonly (readonly [number, I2cDevice])[];
  /** What is measured, and what trips. */
  load(watts: number, tempC: number): void;
  fault(kind: 'over-current' | 'under-voltage' | 'over-temperature' | 'over-voltage'): boolean;
  /** Holds what is measured of the current at this value; undefined lets go. */
  hold(amps: number | undefined): void;
}

const EMC2101 = 0x4c;
const IDLE_WATTS = 1.5;
/** Least core voltage with which the chips hash. */
const LEAST_VOLTS = 0.9;
const VIN = 5.0;
const ADC_VDD = 0x50;
const VDD_COUNT = 3_300;
/** Beyond this the regulator switches itself off. */
const REGULATOR_LIMIT_C = 145;
/** The regulator stands beside the chip and runs hotter. */
const REGULATOR_ABOVE_CHIP_C = 10;

const statusBits = {
  'over-current': tpsStatus.ioutOver,
  'under-voltage': tpsStatus.vinUnder,
  'over-temperature': tpsStatus.temperature,
  'over-voltage': tpsStatus.voutOver,
};

function tpsPower(complaints: Set<string>): Power {
  const tps = new Tps546(complaints);
  let held: number | undefined;
  return {
    get volts() {
      return tps.volts;
    },
    devices: [[0x24, tps]],
    load(watts, tempC) {
      tps.vin = VIN;
      tps.amps = held ?? (tps.volts > 0 ? watts / tps.volts : 0);
      tps.tempC = tempC + REGULATOR_ABOVE_CHIP_C;
      if (tps.tempC > REGULATOR_LIMIT_C) tps.fault(tpsStatus.temperature);
    },
    fault(kind) {
      tps.fault(statusBits[kind]);
      return true;
    },
    hold(amps) {
      held = amps;
    },
  };
}

/** The buck runs as soon as the board has power, at 1.46 V until the host trims it with the DAC. */
function dacPower(): Power {
  const meter = new Ina260();
  const dac = new Ds4432u();
  let isTripped = false;
  let held: number | undefined;
  return {
    get volts() {
      return isTripped ? 0 : trimmedVolts(bitaxeFeedback, dac);
    },
    devices: [
      [0x48, dac],
      [0x40, meter],
    ],
    load(watts) {
      meter.volts = VIN;
      meter.amps = held ?? watts / VIN;
    },
    fault() {
      isTripped = true;
      return true;
    },
    hold(amps) {
      held = amps;
    },
  };
}

interface Kind {
  readonly name: string;
  readonly model: Bm13Model;
  readonly power: (complaints: Set<string>) => Power;
  /** At `megahertz` and `volts`. */
  readonly typical: { readonly watts: number; readonly megahertz: number; readonly volts: number };
}

function build(kind: Kind, options: BoardOptions): Board {
  const chain = new Bm13Chain(kind.model, { chips: 1, search: options.search, plain: options.plain ?? false });
  const fan = new Emc2101();
  const power = kind.power(chain.complaints);
  const heat = new Heat({ ambientC: 25, resistance: 1.7, stillResistance: 12, timeConstantMs: 10_000 });
  const { watts: typicalWatts, megahertz: typicalMhz, volts: typicalVolts } = kind.typical;
  const watts = () => IDLE_WATTS + (typicalWatts * chain.stats.megahertz * power.volts ** 2) / (typicalMhz * typicalVolts ** 2);
  let reset = 0;
  chain.setReset(true);
  const pins = {
    setGpio(pin: number, level: number) {
      if (pin !== 0) return false;
      reset = level;
      chain.setReset(level === 0);
      return true;
    },
    getGpio: (pin: number) => (pin === 0 ? reset : undefined),
    adc: (channel: number) => (channel === ADC_VDD ? VDD_COUNT : undefined),
  };
  const bus = new Map<number, I2cDevice>([[EMC2101, fan], ...power.devices]);
  const control = new BitaxeRaw(bus, pins);
  const wireFaults = new WireFaults();
  const spec = cdcPairSpec({
    vendorId: 0xc0de,
    productId: 0xcafe,
    release: 0x0001,
    manufacturer: 'OSMU',
    product: 'Bitaxe',
    serial: options.serial,
  });
  const bridge = new CdcPair(spec, control, new SerialWire(chain, wireFaults));
  let wasOn = power.volts >= LEAST_VOLTS;
  chain.setPower(wasOn);
  const body = {
    advance(now: number) {
      const isOn = power.volts >= LEAST_VOLTS;
      if (isOn !== wasOn) chain.setPower(isOn);
      wasOn = isOn;
      heat.advance(now, reset === 1 ? watts() : IDLE_WATTS, fan.air);
      fan.tempC = heat.tempC;
      power.load(reset === 1 ? watts() : IDLE_WATTS, heat.tempC);
    },
    inject(fault: BoardFault, now: number) {
      if (fault.kind === 'sensor-silence') control.silence(fault.isSilent ? Number.POSITIVE_INFINITY : now);
      else if (fault.kind === 'temperature') heat.force(fault.tempC);
      else if (fault.kind === 'fan-stop') fan.isStuck = fault.isStopped;
      else if (fault.kind === 'diode') fan.diode = fault.state;
      else if (fault.kind === 'current') power.hold(fault.amps);
      else if (fault.kind === 'i2c-silence') control.setDeaf(fault.address, fault.isSilent);
      else return fault.kind === 'regulator' && power.fault(fault.fault);
      return true;
    },
  };
  return new Board({ name: kind.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads, body });
}

const bitaxe = (name: string, model: Bm13Model, power: Kind['power'], typical: Kind['typical']) => (options: BoardOptions) =>
  build({ name, model, power, typical }, options);

export const bitaxeGamma = bitaxe('bitaxe-gamma', bm1370, tpsPower, { watts: 18, megahertz: 525, volts: 1.15 });
export const bitaxeSupra = bitaxe('bitaxe-supra', bm1368, dacPower, { watts: 14, megahertz: 490, volts: 1.166 });
export const bitaxeUltra = bitaxe('bitaxe-ultra', bm1366, dacPower, { watts: 12, megahertz: 485, volts: 1.2 });
export const bitaxeMax = bitaxe('bitaxe-max', bm1397, dacPower, { watts: 14, megahertz: 425, volts: 1.4 });
