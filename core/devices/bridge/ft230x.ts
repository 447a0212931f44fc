/**
 * FTDI FT230X (type 40: vendor, device) as on NewPac, R606, CompacF and R909. CBUS pin 1 is the chips' reset line. Every IN
 * packet starts with two status bytes. Never used on a device whose strings do not name one of these sticks: the same pins
 * drive anything at all on others.
 */
import { EMPTY } from '../../bytes.ts';
import { type Bridge, type BridgePlan, type BridgeStep, control } from './bridge.ts';

const RESET = 0x00;
const SET_FLOW = 0x02;
const SET_BAUD = 0x03;
const SET_DATA = 0x04;
const SET_LATENCY = 0x09;
const SET_BITMODE = 0x0b;

const PURGE_RX = 0x0001;
const PURGE_TX = 0x0002;
const EIGHT_BITS = 0x0008;
const CLOCK = 3_000_000;
const MAX_DIVISOR = 0x3fff;
/** Chips and bridge are 4.17 % apart by design; anything further is another rate. */
const MAX_RATE_ERROR = 0.05;
/** 3 MHz ÷ 26, where chips are after their reset. */
const RESET_BAUD = CLOCK / 26;
/** Mode 20 (CBUS), all four pins outputs, pin 1 high: the chips run. */
const CHIPS_RUN = 0x20f2;
const CHIPS_IN_RESET = 0x20f0;

const BEFORE_RESET_MS = 30;
const AFTER_RESET_MS = 200;
/** The bridge's own packets; a transfer may hold several. */
const PACKET_BYTES = 64;
const STATUS_BYTES = 2;

/** How long the reset line stays low. The BM1397 forgets only after a second. */
export const RESET_HOLD_MS = { BM1387: 30, BM1397: 1000 } as const;

export const ft230x: Bridge = {
  format: { baud: RESET_BAUD, parity: 'none' },
  open: () => [
    tell(RESET, 0x0000),
    tell(SET_DATA, EIGHT_BITS),
    ...setBaud(RESET_BAUD),
    tell(SET_FLOW, 0x0000),
    tell(RESET, PURGE_TX),
    tell(RESET, PURGE_RX),
  ],
  setBaud,
  received: withoutStatus,
};

/**
 * Bridge and chips to 115 200 together, chips freshly reset. Resetting only the chips would leave the bridge at the faster
 * rate of before, where they cannot be heard.
 */
export function ft230xResetChips(holdMs: number): BridgePlan {
  return [...ft230x.open(), tell(SET_BITMODE, CHIPS_RUN, BEFORE_RESET_MS), ...pulse(holdMs)];
}

/** Keeps the chips in reset: cold, until `ft230xResetChips`. */
export function ft230xHoldChips(): BridgePlan {
  return [tell(SET_BITMODE, CHIPS_IN_RESET, BEFORE_RESET_MS)];
}

/** After how long the bridge hands over a packet that is not full; 16 ms after it was plugged in. */
export function ft230xLatency(ms: number): BridgePlan {
  if (!Number.isInteger(ms) || ms < 1 || ms > 255) throw new RangeError(`latency ${ms} ms is outside 1–255`);
  return [tell(SET_LATENCY, ms)];
}

function pulse(holdMs: number): BridgePlan {
  return [tell(SET_BITMODE, CHIPS_IN_RESET, holdMs), tell(SET_BITMODE, CHIPS_RUN, AFTER_RESET_MS)];
}

function setBaud(baud: number): BridgePlan {
  const divisor = Math.round(CLOCK / baud);
  const error = Math.abs(CLOCK / divisor / baud - 1);
  // Divisors 0 and 1 are special values of the bridge: 3 and 2 Mbaud.
  if (!(divisor >= 2 && divisor <= MAX_DIVISOR && error <= MAX_RATE_ERROR)) throw new RangeError(`an FT230X does not make ${baud} baud`);
  return [tell(SET_BAUD, divisor)];
}

/** Two status bytes off each packet, not only off each transfer. */
function withoutStatus(transfer: Uint8Array): Uint8Array {
  if (transfer.length <= STATUS_BYTES) return EMPTY;
  if (transfer.length <= PACKET_BYTES) return transfer.subarray(STATUS_BYTES);
  const bytes = new Uint8Array(transfer.length);
  let length = 0;
  for (let at = 0; at < transfer.length; at += PACKET_BYTES) {
    const data = transfer.subarray(at + STATUS_BYTES, at + PACKET_BYTES);
    bytes.set(data, length);
    length += data.length;
  }
  return bytes.subarray(0, length);
}

function tell(request: number, value: number, waitMs = 0): BridgeStep {
  return control({ requestType: 'vendor', recipient: 'device', request, value, index: 0, data: EMPTY }, waitMs);
}
