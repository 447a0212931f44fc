/**
 * Silicon Labs CP2102 and CP2105 (requests of AN571; type 41: vendor, interface). CP2102: Compac, 2Pac, Terminus, Block
 * Erupter, Antminer. CP2105: Compac A1 and A2, whose three GPIO lines switch chips and core regulator.
 */
import { EMPTY } from '../../bytes.ts';
import type { UartChange, UartFormat } from '../../ports.ts';
import { type Bridge, type BridgePlan, type ControlOut, control, u32Le } from './bridge.ts';

const IFC_ENABLE = 0x00;
const SET_LINE_CTL = 0x03;
const SET_MHS = 0x07;
const SET_BAUDRATE = 0x1e;
const VENDOR_SPECIFIC = 0xff;
const WRITE_LATCH = 0x37e1;
const BAUD = 115_200;

/** High byte: which lines; low byte: their level. */
const DTR_AND_RTS = 0x0303;
const DTR_ONLY = 0x0101;
const DTR = 0x01;
const RTS = 0x02;
const EIGHT_BITS_ONE_STOP = 0x0800;
const MARK_PARITY = 0x0030;

/** The latch settles, and with it the regulator. */
const LATCH_MS = 100;
/** All three lines low: chips and regulator on. High: off. */
const LATCH_ON = Uint8Array.of(0x07, 0x00);
const LATCH_OFF = Uint8Array.of(0x07, 0x07);

interface Cp210xPort {
  readonly interfaceNumber: number;
  readonly format: UartFormat;
  readonly lines: number;
  /** Icarus devices are left with the line control they have. */
  readonly setsLineControl: boolean;
}

/** BM1384 sticks: mark parity, which gives the chip its second stop bit. */
export const cp2102Gekko: Bridge = port({
  interfaceNumber: 0,
  format: { baud: BAUD, parity: 'mark' },
  lines: DTR_AND_RTS,
  setsLineControl: true,
});

/** Block Erupter and Antminers. */
export const cp2102Icarus: Bridge = port({
  interfaceNumber: 0,
  format: { baud: BAUD, parity: 'none' },
  lines: DTR_AND_RTS,
  setsLineControl: false,
});

/** Compac A1 and A2: the chips. */
export const cp2105Chips: Bridge = port({
  interfaceNumber: 0,
  format: { baud: BAUD, parity: 'mark' },
  lines: DTR_ONLY,
  setsLineControl: true,
});

/** Compac A1 and A2: the telemetry microcontroller. */
export const cp2105Telemetry: Bridge = port({
  interfaceNumber: 1,
  format: { baud: BAUD, parity: 'none' },
  lines: DTR_ONLY,
  setsLineControl: true,
});

/** Resets the bridge, opens the chips' UART, and switches chips and regulator on. */
export function cp2105PowerOn(): BridgePlan {
  return [{ kind: 'usb-reset', waitMs: 0 }, ...cp2105Chips.open(), control(latch(LATCH_ON), LATCH_MS)];
}

/** Switches chips and regulator off. The reset before it makes sure that the bridge listens. */
export function cp2105PowerOff(): BridgePlan {
  return [{ kind: 'usb-reset', waitMs: 0 }, control(latch(LATCH_OFF), LATCH_MS)];
}

/** The quick way: only the latch, while the bridge is known to listen. */
export function cp2105PowerCut(): BridgePlan {
  return [control(latch(LATCH_OFF), LATCH_MS)];
}

function latch(maskAndState: Uint8Array): ControlOut {
  return { requestType: 'vendor', recipient: 'interface', request: VENDOR_SPECIFIC, value: WRITE_LATCH, index: 0, data: maskAndState };
}

function port({ interfaceNumber, format, lines, setsLineControl }: Cp210xPort): Bridge {
  const tell = (request: number, value: number, uart: UartChange, data: Uint8Array = EMPTY) =>
    control({ requestType: 'vendor', recipient: 'interface', request, value, index: interfaceNumber, data, uart });
  const setBaud = (baud: number): BridgePlan => [tell(SET_BAUDRATE, 0, { baud }, u32Le(baud))];
  return {
    format,
    open: () => [
      tell(IFC_ENABLE, 1, {}),
      tell(SET_MHS, lines, { lines: { dtr: (lines & DTR) !== 0, rts: (lines & RTS) !== 0 } }),
      ...setBaud(format.baud),
      ...(setsLineControl ? [tell(SET_LINE_CTL, EIGHT_BITS_ONE_STOP | (format.parity === 'mark' ? MARK_PARITY : 0), {})] : []),
    ],
    setBaud,
    received: (transfer) => transfer,
  };
}
