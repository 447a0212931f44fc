/**
 * The small processor on a Compac A1 or A2, at the second UART: two-byte commands, one-byte answers, a handful of bytes
 * of measurements. It switches the core regulator.
 */
import type { SerialMachine } from '../serial-wire.ts';

export type McuVersion = 0x10 | 0x20 | 0x21 | 0x30;

export interface Measured {
  readonly vin: number;
  readonly inAmps: number;
  readonly tempC: number;
  readonly outAmps: number;
}

const BAUD = 115_200;
const COMMAND_BYTES = 2;
/** Half a command is forgotten after this long. */
const PATIENCE_MS = 50;
const REFERENCE = 2.048;
const MAX_SETTING = 100;
const MILLIVOLTS_PER_STEP = 5;
const FULL_RPM = 4_500;
/** V3: everything but a second thermometer, IIN in the high range. */
const CAPABILITIES = 0b1101_1111;
const ANSWER = 0x4b; // 'K': the host reads and ignores it
/** What stands at the place of a field that this version does not measure: every field has its place, VIN IIN VOUT IOUT TEMP1 TEMP2 TACH. */
const ABSENT = 0;
/** The second thermometer is beside the chip. */
const BOARD_BELOW_CHIP_C = 10;
const letter = (text: string) => text.charCodeAt(0);

export class TelemetryMcu implements SerialMachine {
  readonly #version: McuVersion;
  readonly #measure: (now: number) => Measured;
  #command: number[] = [];
  #lastByteAt = 0;
  #answers: { bytes: Uint8Array; at: number }[] = [];
  #setting = 0;
  #isOn = false;
  #fanPercent = 0;
  readonly baud = BAUD;
  isMute = false;
  isFanStuck = false;
  light = '-';
  readonly heard: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(version: McuVersion, measure: (now: number) => Measured) {
    this.#version = version;
    this.#measure = measure;
  }

  /** 0 while the regulator is off. */
  get millivolts(): number {
    return this.#isOn ? this.#setting * MILLIVOLTS_PER_STEP : 0;
  }

  get measuresCurrent(): boolean {
    return this.#version > 0x10;
  }

  get air(): number {
    return this.isFanStuck ? 0 : this.#fanPercent / 100;
  }

  /** As after power-on. */
  reset(): void {
    this.#command = [];
    this.#answers = [];
    this.#setting = 0;
    this.#isOn = false;
    this.#fanPercent = 0;
    this.light = '-';
  }

  /** The regulator has tripped. */
  switchOff(): void {
    this.#isOn = false;
  }

  receive(bytes: Uint8Array, now: number): void {
    if (now - this.#lastByteAt > PATIENCE_MS) this.#command = [];
    this.#lastByteAt = now;
    for (const byte of bytes) {
      this.#command.push(byte);
      if (this.#command.length < COMMAND_BYTES) continue;
      const [first, second] = this.#command.splice(0) as [number, number];
      this.heard.push({ at: now, bytes: Uint8Array.of(first, second) });
      const answer = this.#obey(first, second, now);
      if (!this.isMute) this.#answers.push({ bytes: Uint8Array.from(answer), at: now });
    }
  }

  advance(_now: number, say: (frame: Uint8Array, at: number) => void): void {
    for (const { bytes, at } of this.#answers.splice(0)) if (bytes.length > 0) say(bytes, at);
  }

  #obey(first: number, second: number, now: number): readonly number[] {
    switch (first) {
      case letter('?'):
        return second === letter('v') ? [this.#version] : [];
      case letter('V'):
        this.#setting = Math.min(MAX_SETTING, second);
        return [ANSWER];
      case letter('B'):
        this.#isOn = second === letter('O');
        return [ANSWER];
      case letter('L'):
        this.light = String.fromCharCode(second);
        return [ANSWER];
      case letter('F'):
        this.#fanPercent = Math.min(100, second);
        return [ANSWER];
      case letter('M'):
        return this.#version >= 0x30 ? [CAPABILITIES] : [];
      case letter('G'):
        return this.#telemetry(now);
      default:
        return [];
    }
  }

  #telemetry(now: number): readonly number[] {
    const measured = this.#measure(now);
    const vin = scaled(measured.vin, this.#version === 0x10 ? 6 : REFERENCE * 12);
    const vout = scaled((this.millivolts / 1000) * 2, REFERENCE);
    const temp1 = temperature(measured.tempC);
    const [inHigh, inLow] = [scaled(measured.inAmps, REFERENCE * 20), scaled(measured.inAmps, REFERENCE * 3.125)];
    const iout = scaled(measured.outAmps, REFERENCE * 20);
    const tach = Math.round((this.air * FULL_RPM) / 30);
    const temp2 = temperature(measured.tempC - BOARD_BELOW_CHIP_C);
    switch (this.#version) {
      case 0x10:
        return [vin, ABSENT, vout, ABSENT, temp1];
      case 0x21:
        return [vin, inLow, vout, ABSENT, temp1, temp2, tach];
      default:
        return [vin, inHigh, vout, iout, temp1, ABSENT, tach];
    }
  }
}

function scaled(value: number, full: number): number {
  return Math.max(0, Math.min(255, Math.round((value / full) * 255)));
}

/** 0 would mean: invalid; above 218: beyond the scale. */
function temperature(tempC: number): number {
  return Math.max(1, Math.min(255, Math.round(((tempC + 50) * 218) / 175)));
}
