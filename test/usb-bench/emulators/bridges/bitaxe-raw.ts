/**
 * The control protocol of the bitaxe-raw firmware: I2C, GPIO, ADC and LED over the first serial port. Requests carry
 * their total length; answers come in request order. V0 (Bitaxe, EmberOne minor 0): a success tells the length of its
 * data, an error its total length. V1: both tell the total length and carry a status byte. As in the firmware's source, one request
 * a packet is understood, and what follows it in the same packet waits for the next one; a length too small for a page stops the
 * firmware for good.
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
  /** Reboot and the like, where the firmware has them: true is never answered, because the device is gone. */
  system?(command: number, data: Uint8Array, now: number): boolean;
}

/** An unfinished request is thrown away after a silence of this length. */
const GAP_MS = 4;
/** Length, id, bus, page: what is read before anything is understood. */
const HEAD = 5;
const COMMAND_AT = 5;
const DATA_AT = 6;
/** The firmware's buffer; what does not fit is its end. */
const LARGEST = 4_098;
const MOST_WRITTEN = 256;
const QUEUE_DEPTH = 8;
/** In the answer to what could not be understood. */
const UNKNOWN_ID = 0xff;
const errors = { invalid: 0x11, overflow: 0x12, text: 0xff };

type Result = { readonly data: Uint8Array } | { readonly error: number; readonly text?: string };
const ok = (...bytes: number[]): Result => ({ data: Uint8Array.from(bytes) });
const invalid: Result = { error: errors.invalid };
const overflow: Result = { error: errors.overflow };
const failed = (text: string): Result => ({ error: errors.text, text });

export class BitaxeRaw implements ControlPort {
  readonly #bus: ReadonlyMap<number, I2cDevice>;
  readonly #pins: BoardPins;
  readonly #dialect: 'V0' | 'V1';
  #buffer: Uint8Array = EMPTY;
  #isDead = false;
  #lastByteAt = 0;
  #answers: Uint8Array[] = [];
  #silentUntil = Number.NEGATIVE_INFINITY;
  readonly #deaf = new Set<number>();
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
    this.#isDead = false;
    this.#answers = [];
  }

  /** No answers for so long. */
  silence(until: number): void {
    this.#silentUntil = until;
  }

  /** The I2C device at `address` no longer answers, or answers again. */
  setDeaf(address: number, isDeaf: boolean): void {
    if (isDeaf) this.#deaf.add(address);
    else this.#deaf.delete(address);
  }

  /** One packet. */
  receive(bytes: Uint8Array, now: number): void {
    this.advance(now);
    this.#lastByteAt = now;
    if (this.#isDead) return;
    this.#buffer = concat(this.#buffer, bytes);
    if (this.#buffer.length < HEAD) return;
    const length = (this.#buffer[0] as number) | ((this.#buffer[1] as number) << 8);
    this.#isDead = length < HEAD || this.#buffer.length > LARGEST;
    if (this.#isDead || this.#buffer.length < length) return;
    const request = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    this.heard.push({ at: now, bytes: request });
    this.#answer(request[2] as number, this.#do(request, now), now);
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

  #answer(id: number, result: Result | undefined, now: number): void {
    if (result === undefined || now < this.#silentUntil) return;
    if (this.#answers.length >= QUEUE_DEPTH) return;
    const whose = 'error' in result && result.error !== errors.text ? UNKNOWN_ID : id;
    this.#answers.push(this.#dialect === 'V0' ? answerV0(whose, result) : answerV1(whose, result));
  }

  /** undefined: there is no answer to it. */
  #do(request: Uint8Array, now: number): Result | undefined {
    const page = request[HEAD - 1];
    const command = request[COMMAND_AT];
    if (command === undefined) return invalid;
    const data = request.subarray(DATA_AT);
    if (page === 0x05) return this.#i2c(command, data, now);
    if (page === 0x06) return this.#gpio(command, data, now);
    if (page === 0x07) return data.length === 0 ? this.#adc(command) : invalid;
    if (page === 0x09) return this.#pins.system?.(command, data, now) ? undefined : invalid;
    if (page !== 0x08 || command !== 0x10 || data.length !== 3) return invalid;
    this.led.splice(0, 3, ...data);
    return ok(...data);
  }

  #i2c(command: number, data: Uint8Array, now: number): Result {
    if (command === 0x10) {
      if (data.length !== 4) return invalid;
      this.clockHz = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
      return ok(...data);
    }
    const [address] = data;
    if (address === undefined) return invalid;
    const device = this.#deaf.has(address) ? undefined : this.#bus.get(address);
    const isRead = command === 0x30;
    const bytes = data.subarray(1, command === 0x20 ? undefined : -1);
    if (bytes.length > MOST_WRITTEN) return overflow;
    if (command === 0x20) return device?.write(bytes, now) ? ok(bytes.length) : failed('I2C Write Error');
    if ((!isRead && command !== 0x40) || data.length < 2 || (isRead && data.length !== 2)) return invalid;
    const isHeard = isRead || device?.write(bytes, now);
    const read = isHeard ? device?.read(data.at(-1) as number, now) : undefined;
    return read === undefined ? failed(isRead ? 'I2C Read Error' : 'I2C WriteRead Error') : { data: read };
  }

  #gpio(pin: number, data: Uint8Array, now: number): Result {
    if (data.length === 0) {
      const level = this.#pins.getGpio(pin);
      return level === undefined ? invalid : ok(level);
    }
    const level = data[0] === 0 ? 0 : 1;
    return data.length === 1 && this.#pins.setGpio(pin, level, now) ? ok(level) : invalid;
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
