/**
 * Requests of the control protocol of bitaxe-raw and EmberOne firmware: I2C, GPIO, ADC and LED behind the first CDC port.
 * `LEN u16 LE (with itself) | ID | BUS 00 | PAGE | CMD | DATA`.
 */

/** What to ask, and how much data a success brings: in the older dialect only the length tells success from error. */
export interface ControlRequest {
  readonly page: number;
  readonly command: number;
  readonly data: Uint8Array;
  readonly answerBytes: number;
}

const HEADER_BYTES = 6;
/** Firmware buffers are small; nothing that these boards need comes near. */
export const MAX_REQUEST_BYTES = 256;
const page = { i2c: 0x05, gpio: 0x06, adc: 0x07, led: 0x08 } as const;

export const ADC_VDD = 0x50;
/** EmberOne only. */
export const ADC_VIN = 0x51;
/** Low holds the chips in reset; low after boot. */
export const PIN_CHIP_RESET = 0x00;
/** EmberOne only: core regulator, and the chips' I/O supply. */
export const PIN_CORE_POWER = 0x01;
export const PIN_IO_POWER = 0x02;

/** The request on the wire. Send it as one transfer: the firmware drops what is interrupted for 4 ms. @throws RangeError */
export function encodeControlRequest({ page: number, command, data }: ControlRequest, id: number): Uint8Array {
  const length = HEADER_BYTES + data.length;
  if (length > MAX_REQUEST_BYTES) throw new RangeError(`a control request has at most ${MAX_REQUEST_BYTES} bytes`);
  const frame = new Uint8Array(length);
  frame.set([length, length >>> 8, id, 0x00, number, command]);
  frame.set(data, HEADER_BYTES);
  return frame;
}

/** Answers with the same four bytes. */
export function i2cSetClock(hz: number): ControlRequest {
  return { page: page.i2c, command: 0x10, data: Uint8Array.of(hz, hz >>> 8, hz >>> 16, hz >>> 24), answerBytes: 4 };
}

/** `address` has seven bits. Answers with how many bytes were written, without the address. */
export function i2cWrite(address: number, bytes: Uint8Array): ControlRequest {
  return { page: page.i2c, command: 0x20, data: Uint8Array.of(address, ...bytes), answerBytes: 1 };
}

export function i2cRead(address: number, count: number): ControlRequest {
  return { page: page.i2c, command: 0x30, data: Uint8Array.of(address, count), answerBytes: count };
}

/** Writes, then reads after a repeated start: how registers are read. */
export function i2cWriteRead(address: number, bytes: Uint8Array, count: number): ControlRequest {
  return { page: page.i2c, command: 0x40, data: Uint8Array.of(address, ...bytes, count), answerBytes: count };
}

/** Answers with the level. */
export function gpioSet(pin: number, level: 0 | 1): ControlRequest {
  return { page: page.gpio, command: pin, data: Uint8Array.of(level), answerBytes: 1 };
}

export function gpioGet(pin: number): ControlRequest {
  return { page: page.gpio, command: pin, data: new Uint8Array(0), answerBytes: 1 };
}

/** Raw count, u16 little-endian; its scale depends on the board. */
export function adcRead(channel: number): ControlRequest {
  return { page: page.adc, command: channel, data: new Uint8Array(0), answerBytes: 2 };
}

/** Absent in some firmwares, which then answer with an error. */
export function ledSet(red: number, green: number, blue: number): ControlRequest {
  return { page: page.led, command: 0x10, data: Uint8Array.of(red, green, blue), answerBytes: 0 };
}
