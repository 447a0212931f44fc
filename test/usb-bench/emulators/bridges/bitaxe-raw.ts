/**
 * The control protocol of the bitaxe-raw firmware: I2C, GPIO, ADC and LED over the first serial port. Requests carry
 * their total length; answers come in request order. V0 (Bitaxe, EmberOne minor 0): a success tells the length of its
 * data, an error its total length. V1: both tell the total length and carry a status byte.
 */
import { concat, EMPTY } from '../../../../core/bytes.ts';
import type { ControlPort } from './cdc-pair.ts';

export interface I2cDevice {
  /** First byte: usually a register or command. False: not acknowledged. */
  write(bytes: Uint8Array, now: number): boolean;
  /** After a write of the register with repeated start, or alone. undefined: not acknowledged. */
  read(length: number, now: number): Uint8Array | undefined;
}

export interface BoardPins {
  setGpio(pin: number, level: number, now: number): boolean;
  getGpio(pin: number): number | undefined;
  /** Raw count; undefined: there is no such channel. */
  adc(channel: number): number | undefined;
}

/** An unfinished request is thrown away after a silence of this length. */
const GAP_MS = 4;
const SMALLEST = 6;
const LARGEST = 1_024;
const QUEUE_DEPTH = 8;
const errors = { invalid: 0x11, overflow: 0x12, text: 0xff };

type Result = { readonly data: Uint8Array } | { readonly error: number; readonly text?: string };
const ok = (...bytes: number[]): Result => ({ data: Uint8Array.from(bytes) });
const invalid: Result = { error: errors.invalid };
const failed = (text: string): Result => ({ error: errors.text, text });

export class BitaxeRaw implements ControlPort {
  readonly #bus: ReadonlyMap<number, I2cDevice>;
  readonly #pins: BoardPins;
  readonly #dialect: 'V0' | 'V1';
  #buffer: Uint8Array = EMPTY;
  #lastByteAt = 0;
  #answers: Uint8Array[] = [];
  #silentUntil = Number.NEGATIVE_INFINITY;
  readonly led = [0, 0, 0];
  clockHz = 100_000;
  /** Every request, for transcripts. */
  readonly heard: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(bus: ReadonlyMap<number, I2cDevice>, pins: BoardPins, dialect: 'V0' | 'V1' = 'V0') {
    this.#bus = bus;
    this.#pins = pins;
    this.#dialect = dialect;
  }

  reset(): void {
    this.#buffer = EMPTY;
    this.#answers = [];
  }

  /** No answers for so long. */
  silence(until: number): void {
    this.#silentUntil = until;
  }

  receive(bytes: Uint8Array, now: number): void {
    this.advance(now);
    this.#lastByteAt = now;
    this.#buffer = concat(this.#buffer, bytes);
    while (this.#buffer.length >= 2) {
      const length = (this.#buffer[0] as number) | ((this.#buffer[1] as number) << 8);
      if (length < SMALLEST || length > LARGEST) {
        this.#buffer = EMPTY;
        return this.#answer(0xff, invalid, now);
      }
      if (this.#buffer.length < length) return;
      const request = this.#buffer.slice(0, length);
      this.#buffer = this.#buffer.slice(length);
      this.heard.push({ at: now, bytes: request });
      this.#answer(request[2] as number, this.#do(request, now), now);
    }
  }

  advance(now: number): void {
    if (this.#buffer.length > 0 && now - this.#lastByteAt >= GAP_MS) this.#buffer = EMPTY;
  }

  take(most: number): Uint8Array {
    const first = this.#answers[0];
    if (first === undefined) return EMPTY;
    if (first.length > most) this.#answers[0] = first.slice(most);
    else this.#answers.shift();
    return first.slice(0, most);
  }

  #answer(id: number, result: Result, now: number): void {
    if (now < this.#silentUntil) return;
    if (this.#answers.length >= QUEUE_DEPTH) return;
    this.#answers.push(this.#dialect === 'V0' ? answerV0(id, result) : answerV1(id, result));
  }

  #do(request: Uint8Array, now: number): Result {
    const [, , , bus, page, command] = request as unknown as [number, number, number, number, number, number];
    const data = request.subarray(SMALLEST);
    if (bus !== 0) return invalid;
    if (page === 0x05) return this.#i2c(command, data, now);
    if (page === 0x06) return this.#gpio(command, data, now);
    if (page === 0x07) return this.#adc(command);
    if (page !== 0x08 || command !== 0x10 || data.length !== 3) return invalid;
    this.led.splice(0, 3, ...data);
    return ok();
  }

  #i2c(command: number, data: Uint8Array, now: number): Result {
    if (command === 0x10) {
      if (data.length !== 4) return invalid;
      this.clockHz = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
      return ok(...data);
    }
    const device = this.#bus.get(data[0] ?? -1);
    if (command === 0x20) {
      const written = data.subarray(1);
      return device?.write(written, now) ? ok(written.length) : failed('I2C Write Error');
    }
    if (command !== 0x30 && command !== 0x40) return invalid;
    if (data.length < 2) return invalid;
    const length = data.at(-1) as number;
    const isHeard = command === 0x30 || device?.write(data.subarray(1, -1), now);
    const read = isHeard ? device?.read(length, now) : undefined;
    return read === undefined ? failed('I2C Read Error') : { data: read };
  }

  #gpio(pin: number, data: Uint8Array, now: number): Result {
    if (data.length === 0) {
      const level = this.#pins.getGpio(pin);
      return level === undefined ? invalid : ok(level);
    }
    const level = data[0] as number;
    return level <= 1 && this.#pins.setGpio(pin, level, now) ? ok(level) : invalid;
  }

  #adc(channel: number): Result {
    const count = this.#pins.adc(channel);
    return count === undefined ? invalid : ok(count & 0xff, count >> 8);
  }
}

function answerV0(id: number, result: Result): Uint8Array {
  if ('data' in result) return Uint8Array.of(result.data.length & 0xff, result.data.length >> 8, id, ...result.data);
  const text = ascii(result.text ?? '');
  return Uint8Array.of(4 + text.length, 0, id, result.error, ...text);
}

function answerV1(id: number, result: Result): Uint8Array {
  const rest = 'data' in result ? [0, ...result.data] : [result.error, ...ascii(result.text ?? '')];
  const length = 3 + rest.length;
  return Uint8Array.of(length & 0xff, length >> 8, id, ...rest);
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
