/**
 * Compac A1 (BM1362) and A2 (BM1370) and their Terminus pods: a CP2105 whose first UART is the chips', whose second is the telemetry
 * processor's, and whose latch switches everything. Without core voltage the chips answer, but do not hash.
 */

import { Board, type BoardFault, type BoardOptions } from '../board.ts';
import { Cp210x, cp2105Spec } from '../bridges/cp210x.ts';
import { Bm13Chain } from '../chips/bm13-chain.ts';
import { type Bm13Model, bm1362, bm1368, bm1370 } from '../chips/bm13-models.ts';
import { Heat } from '../sensors/heat.ts';
import { type McuVersion, TelemetryMcu } from '../sensors/telemetry-mcu.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

interface Stick {
  readonly name: string;
  readonly product: string;
  readonly model: Bm13Model;
  readonly chips: number;
  readonly version: McuVersion;
}

/** About ten watts at 300 MHz and 270 mV. */
const WATTS_PER_MHZ_VOLT2 = 10 / (300 * 0.27 ** 2);
const IDLE_WATTS = 0.5;
const VIN = 5.1;
/** Least core setting with which the chips hash. */
const LEAST_MILLIVOLTS = 200;

function build(stick: Stick, options: BoardOptions): Board {
  const chain = new Bm13Chain(stick.model, { chips: stick.chips, search: options.search, plain: options.plain ?? false });
  const heat = new Heat({ ambientC: 25, resistance: 3, stillResistance: 9, timeConstantMs: 8_000 });
  let isPowered = false;
  const watts = () => {
    const volts = mcu.millivolts / 1000;
    return IDLE_WATTS + (isPowered ? stick.chips * WATTS_PER_MHZ_VOLT2 * chain.stats.megahertz * volts ** 2 : 0);
  };
  const mcu: TelemetryMcu = new TelemetryMcu(stick.version, () => ({
    vin: VIN,
    inAmps: watts() / VIN,
    outAmps: mcu.millivolts > 0 ? Math.min(40, (1000 * watts()) / mcu.millivolts / 2) : 0,
    tempC: heat.tempC,
  }));
  const wireFaults = new WireFaults();
  const wires = [new SerialWire(chain, wireFaults), new SerialWire(mcu, new WireFaults())];
  const strings = { manufacturer: 'Silicon Labs', product: stick.product, serial: options.serial };
  chain.setPower(false);
  const bridge = new Cp210x(cp2105Spec(strings), wires, (pins) => {
    isPowered = pins === 0;
    chain.setPower(isPowered);
  });
  const body = {
    advance(now: number) {
      heat.advance(now, watts(), mcu.air);
      chain.setCoreVoltage(mcu.millivolts >= LEAST_MILLIVOLTS);
    },
    inject: (fault: BoardFault) => inject(fault, mcu, heat),
  };
  return new Board({ name: stick.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads, body });
}

function inject(fault: BoardFault, mcu: TelemetryMcu, heat: Heat): boolean {
  if (fault.kind === 'temperature') heat.force(fault.tempC);
  else if (fault.kind === 'regulator') mcu.switchOff();
  else if (fault.kind === 'fan-stop') mcu.isFanStuck = fault.isStopped;
  else if (fault.kind === 'sensor-silence') mcu.isMute = fault.isSilent;
  else return false;
  return true;
}

const stick = (name: string, product: string, model: Bm13Model, chips: number, version: McuVersion) => (options: BoardOptions) =>
  build({ name, product: `GekkoScience ${product}`, model, chips, version }, options);

export const compacA1 = stick('compac-a1', 'Compac A1', bm1362, 1, 0x10);
export const terminusA1 = stick('terminus-a1', 'Terminus A1', bm1362, 4, 0x20);
export const compacA2 = stick('compac-a2', 'Compac A2', bm1370, 1, 0x21);
export const compacA2With1368 = stick('compac-a2-1368', 'Compac A2', bm1368, 1, 0x21);
export const terminusA2 = stick('terminus-a2', 'Terminus A2', bm1370, 4, 0x30);
