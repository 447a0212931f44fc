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
  readonly wattsPerMhzVolt2: number;
}

/** A chip's: about five watts at 300 MHz and 300 mV, and ten at 300 MHz and 270 mV. */
const a1 = { wattsPerMhzVolt2: 5 / (300 * 0.3 ** 2) };
const a2 = { wattsPerMhzVolt2: 10 / (300 * 0.27 ** 2) };
const IDLE_WATTS = 0.5;
const VIN = 5.1;
/** Least core setting with which the chips hash. */
const LEAST_MILLIVOLTS = 200;

function build(stick: Stick, options: BoardOptions): Board {
  const chain = new Bm13Chain(stick.model, { chips: stick.chips, search: options.search, plain: options.plain ?? false });
  // A pod's heat sink grows with its chips.
  const [resistance, stillResistance] = [3 / stick.chips, 9 / stick.chips];
  const heat = new Heat({ ambientC: 25, resistance, stillResistance, timeConstantMs: 8_000 });
  let isPowered = false;
  const watts = () => {
    const volts = mcu.millivolts / 1000;
    return IDLE_WATTS + (isPowered ? stick.chips * stick.wattsPerMhzVolt2 * chain.stats.megahertz * volts ** 2 : 0);
  };
  const held: { amps?: number | undefined } = {};
  const mcu: TelemetryMcu = new TelemetryMcu(stick.version, () => ({
    vin: VIN,
    inAmps: held.amps ?? watts() / VIN,
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
    inject: (fault: BoardFault) => inject(fault, mcu, heat, held),
    losePower() {
      mcu.reset();
      bridge.losePower();
    },
  };
  return new Board({ name: stick.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads, body });
}

/** `held`: where the measured input current is held; V1 does not measure it. */
function inject(fault: BoardFault, mcu: TelemetryMcu, heat: Heat, held: { amps?: number | undefined }): boolean {
  if (fault.kind === 'temperature') heat.force(fault.tempC);
  else if (fault.kind === 'current' && mcu.measuresCurrent) held.amps = fault.amps;
  else if (fault.kind === 'regulator') mcu.switchOff();
  else if (fault.kind === 'fan-stop') mcu.isFanStuck = fault.isStopped;
  else if (fault.kind === 'sensor-silence') mcu.isMute = fault.isSilent;
  else return false;
  return true;
}

type Own = Pick<Stick, 'model' | 'chips' | 'version' | 'wattsPerMhzVolt2'>;
const stick = (name: string, product: string, own: Own) => (options: BoardOptions) =>
  build({ name, product: `GekkoScience ${product}`, ...own }, options);

export const compacA1 = stick('compac-a1', 'Compac A1', { model: bm1362, chips: 1, version: 0x10, ...a1 });
export const terminusA1 = stick('terminus-a1', 'Terminus A1', { model: bm1362, chips: 4, version: 0x20, ...a1 });
export const compacA2 = stick('compac-a2', 'Compac A2', { model: bm1370, chips: 1, version: 0x21, ...a2 });
export const compacA2With1368 = stick('compac-a2-1368', 'Compac A2', { model: bm1368, chips: 1, version: 0x21, ...a2 });
export const terminusA2 = stick('terminus-a2', 'Terminus A2', { model: bm1370, chips: 4, version: 0x30, ...a2 });
