/** A Bitaxe on a bench, its sensors in the test's hand; and the words of its control port, as the reference lists them. */
import { fromHex, toHex } from '../../../core/bytes.ts';
import { bitaxeGamma } from '../../../core/devices/board/bitaxe-models.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import type { UsbInterface } from '../../../core/ports.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

/** A communications interface of a CDC function. */
const communications = (interfaceNumber: number, endpointNumber: number): UsbInterface => ({
  interfaceNumber,
  interfaceClass: 0x02,
  interfaceSubclass: 0x02,
  endpoints: [{ endpointNumber, direction: 'in', type: 'interrupt', packetSize: 64 }],
});
const data = (interfaceNumber: number, endpointNumber: number): UsbInterface => ({
  interfaceNumber,
  interfaceClass: 0x0a,
  interfaceSubclass: 0x00,
  endpoints: [
    { endpointNumber, direction: 'in', type: 'bulk', packetSize: 64 },
    { endpointNumber, direction: 'out', type: 'bulk', packetSize: 64 },
  ],
});
export const BITAXE_USB = {
  vendorId: 0xc0de,
  productId: 0xcafe,
  strings: { manufacturer: 'OSMU', product: 'Bitaxe', serial: '1a2b3c4d' },
  interfaces: [communications(0, 1), data(1, 2), communications(2, 3), data(3, 4)],
};

/** Requests without length and id, as they stand on the control port. */
export const RESET_LOW = '00060000';
export const RESET_HIGH = '00060001';
export const FAN_FULL = '0005204c4c3f';
export const REGULATOR_OFF = '000520240100';
export const REGULATOR_ON = '000520240180';
export const CORE_1150 = '00052024214d02';

/** A Bitaxe: control port, sensors as a table, one chip that answers every job. */
export class BitaxeBench extends BoardBench {
  /** EMC2101 and TPS546 registers by `device register`, little-endian bytes. */
  readonly registers = new Map<string, readonly number[]>([
    ['4c fe', [0x5d]],
    ['4c fd', [0x16]],
    ['4c 00', [40]], // beside the chip, °C
    ['4c 01', [50]], // chip, °C
    ['4c 10', [0x00]],
    ['4c 46', [0x08]], // fan: 5 400 000 ÷ 0x0708 = 3000 rpm
    ['4c 47', [0x07]],
    ['24 ad', [0x06, 0x54, 0x49, 0x54, 0x6d, 0x24, 0x41]],
    ['24 20', [0x97]],
    ['24 79', [0x00, 0x00]],
    ['24 88', [0x80, 0xca]], // 5.0 V
    ['24 8b', [0x4d, 0x02]], // 1.15 V
    ['24 8c', [0x00, 0xd2]], // 8 A
    ['24 8d', [0x37, 0x00]], // 55 °C
  ]);
  /** Devices on I2C that do not acknowledge. */
  readonly dead = new Set<number>();
  #nonce = 0;
  /** Register A4 was written: replies carry two bytes more. */
  #isRolling = false;

  /** Bytes 2 and 3 of its id. */
  chipId = '1370';
  /** Replies with the id; a board has one chip. */
  chips = 1;
  /** Answers to jobs that the chips gave. */
  isMute = false;
  /** Nothing comes from the control port any more. */
  isControlMute = false;

  constructor(model: BoardModel = bitaxeGamma) {
    super(model, BITAXE_USB);
    this.usb.onWrite = (endpoint, bytes) => (endpoint === 2 ? this.#control(bytes) : this.#chip(toHex(bytes)));
  }

  /** What was asked on the control port, from a transfer on. */
  asked(from = 0): readonly string[] {
    return this.written(2, from).map((hex) => hex.slice(6));
  }

  #control(request: Uint8Array): void {
    if (this.isControlMute) return;
    const [, , id, , page, command, ...rest] = request as unknown as [number, number, number, number, number, number, ...number[]];
    const success = (...answer: number[]) => this.usb.push(2, Uint8Array.of(answer.length, 0, id, ...answer));
    if (page === 0x06 && command === 0 && rest[0] === 0) this.#isRolling = false;
    if (page === 0x06) return success(rest[0] ?? 1);
    if (command === 0x10) return success(...rest);
    const device = rest[0] as number;
    if (this.dead.has(device)) return this.usb.push(2, Uint8Array.of(4, 0, id, 0x10));
    if (command === 0x20) return this.#taken(device, rest.slice(1), success);
    const register = this.registers.get(`${device.toString(16)} ${(rest[1] as number).toString(16).padStart(2, '0')}`);
    if (register === undefined) throw new Error(`no register ${rest}`);
    success(...register);
  }

  /** Registers that are read back hold what was written. */
  #taken(device: number, [register, ...bytes]: readonly number[], success: (...answer: number[]) => void): void {
    const key = `${device.toString(16)} ${(register as number).toString(16).padStart(2, '0')}`;
    if (device === 0x48) this.registers.set(key, bytes);
    success(bytes.length + 1);
  }

  #chip(command: string): void {
    if (command.startsWith('55aa510900a4')) this.#isRolling = this.chipId !== '1397';
    if (command === '55aa520500000a')
      for (let chip = 0; chip < this.chips; chip += 1)
        this.usb.push(4, registerReply(`${this.chipId}00000000${this.#isRolling ? '0000' : ''}`));
    if (!command.startsWith('55aa21') || this.isMute) return;
    this.#nonce += 1;
    this.usb.push(
      4,
      nonceReply(
        Uint8Array.of(
          this.#nonce,
          0,
          0,
          0,
          0,
          this.#jobByte(Number.parseInt(command.slice(8, 10), 16)),
          ...(this.#isRolling ? [0, 0] : []),
        ),
      ),
    );
  }

  /** BM1368 and BM1370 shift the job id, the others give it back. */
  #jobByte(id: number): number {
    return this.chipId === '1370' || this.chipId === '1368' ? (id << 1) & 0xf0 : id;
  }
}

/** AA 55, `hex`, and the CRC5 that makes the whole 0: a reply that is no nonce. */
export function registerReply(hex: string): Uint8Array {
  const body = fromHex(hex);
  for (let crc = 0; crc < 0x20; crc += 1) if (crc5([...body, crc]) === 0) return Uint8Array.of(0xaa, 0x55, ...body, crc);
  throw new Error('no checksum fits');
}

function crc5(bytes: readonly number[]): number {
  let crc = 0x1f;
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const feedback = ((crc >> 4) & 1) ^ (((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1);
    crc = ((crc << 1) & 0x1f) ^ (feedback === 1 ? 0x05 : 0);
  }
  return crc;
}
