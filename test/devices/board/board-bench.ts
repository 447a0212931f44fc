/** A board on a bench: in-memory USB, a clock in the test's hand, an endless feed of easy work, and everything the board told. */
import { BoardDevice, type BoardOver } from '../../../core/devices/board/board-device.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import { powerGate } from '../../../core/devices/board/power-gate.ts';
import type { DeviceEvent, DeviceSettings, Work } from '../../../core/devices/device.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { MemoryUsbDevice, type MemoryUsbOptions } from '../../fake/memory-usb.ts';

export const BIP320 = 0x1fffe000;

export class BoardBench {
  readonly clock = new FakeClock();
  readonly usb: MemoryUsbDevice;
  readonly board: BoardDevice;
  readonly events: DeviceEvent[] = [];
  /** The last transfer at the moment of each event. */
  readonly lastTransfer = new Map<DeviceEvent, string | undefined>();
  readonly works: Work[] = [];
  readonly over: BoardOver[] = [];
  hasWork = true;
  versionMask = BIP320;
  /** Anything meets it. */
  target = new Uint8Array(32).fill(0xff);

  constructor(model: BoardModel, usb: MemoryUsbOptions) {
    this.usb = new MemoryUsbDevice(this.clock, usb);
    this.board = new BoardDevice({
      model,
      usb: this.usb,
      clock: this.clock,
      gate: powerGate((ms, callback) => void this.clock.after(ms, callback)),
      identity: { id: 'board', location: this.usb.location },
      onOver: (why) => this.over.push(why),
    });
  }

  start(settings: Partial<DeviceSettings> = {}): void {
    this.board.start({ next: () => this.#next() }, { paused: false, ...settings }, (event) => {
      this.events.push(event);
      this.lastTransfer.set(event, this.usb.transfers.at(-1));
    });
  }

  states(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'state' ? [event.state.at] : []));
  }

  faults(): readonly { readonly code: string }[] {
    return this.events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []));
  }

  /** Writes to an endpoint, as hex, from a transfer on. */
  written(endpoint: number, from = 0): readonly string[] {
    return this.usb.transfers.slice(from).flatMap((what) => (what.startsWith(`>${endpoint} `) ? [what.slice(`>${endpoint} `.length)] : []));
  }

  #next(): Work | undefined {
    if (!this.hasWork) return undefined;
    const header = new Uint8Array(80).fill(this.works.length & 0xff, 4, 36);
    header.set([0x00, 0x00, 0x00, 0x20]);
    const work = {
      id: this.works.length + 1,
      header,
      versionMask: this.versionMask & this.board.identity.versionMask,
      ntimeRolls: 0,
      target: this.target,
    };
    this.works.push(work);
    return work;
  }
}

/**
 * A nonce reply: AA 55, `body`, and 80 with the CRC5 of all bits before it and of the three type bits. Written anew from the
 * published definition.
 */
export function nonceReply(body: Uint8Array): Uint8Array {
  let crc = 0x1f;
  for (let bit = 0; bit < body.length * 8 + 3; bit += 1) {
    const byte = bit < body.length * 8 ? (body[bit >> 3] as number) : 0x80;
    const feedback = ((crc >> 4) & 1) ^ ((byte >> (7 - (bit & 7))) & 1);
    crc = ((crc << 1) & 0x1f) ^ (feedback === 1 ? 0x05 : 0);
  }
  return Uint8Array.of(0xaa, 0x55, ...body, 0x80 | crc);
}
