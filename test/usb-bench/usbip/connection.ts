/**
 * One client of the USB/IP server, without a socket: first it asks for the list or for one device, then (once it has imported
 * one) it submits and unlinks transfers until either side hangs up.
 */
import { concat, EMPTY } from '../../../core/bytes.ts';
import type { Board } from '../emulators/board.ts';
import {
  BUSID_BYTES,
  codes,
  commands,
  type Exported,
  errno,
  HEADER_BYTES,
  OP_BYTES,
  readSubmit,
  readUnlinked,
  replyImport,
  replyList,
  returnSubmit,
  returnUnlink,
  type SubmitHeader,
  VERSION,
} from './wire.ts';

/** A board at its place on the emulated bus. `isImported`: some client has it. */
export interface Slot {
  readonly busid: string;
  readonly bus: number;
  readonly device: number;
  readonly board: Board;
  isImported: boolean;
}

/** The largest OUT transfer that a client may announce. */
const MOST_DATA = 1 << 20;
/** Unlinkings that wait for what they unlink: the kernel overtakes itself by one or two. */
const MOST_EARLY = 64;

type State = { readonly at: 'asking' } | { readonly at: 'imported'; readonly slot: Slot } | { readonly at: 'closed' };

export class UsbipConnection {
  readonly #slots: readonly Slot[];
  #state: State = { at: 'asking' };
  #buffer: Uint8Array = EMPTY;
  #out: Uint8Array[] = [];
  /** Submitted, neither returned nor unlinked: the client takes an answer to anything else for a broken connection. */
  readonly #outstanding = new Set<number>();
  /** Unlinked before they came, with the sequence number of the unlinking: the kernel may overtake itself so. */
  readonly #early = new Map<number, number>();
  #newest = 0;

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  get isClosed(): boolean {
    return this.#state.at === 'closed';
  }

  get slot(): Slot | undefined {
    return this.#state.at === 'imported' ? this.#state.slot : undefined;
  }

  /** Bytes for the client. */
  take(): Uint8Array {
    return concat(...this.#out.splice(0));
  }

  receive(bytes: Uint8Array, now: number): void {
    this.#buffer = concat(this.#buffer, bytes);
    while (this.#step(now)) {}
  }

  /** Completions up to `now`; hangs up when the device was pulled out. */
  advance(now: number): void {
    if (this.#state.at !== 'imported') return;
    const { board } = this.#state.slot;
    if (!board.isPlugged) return this.close();
    for (const { id, status, data, moved } of board.advance(now)) {
      if (!this.#outstanding.delete(id)) continue;
      const code = status === 'ok' ? errno.none : status === 'stall' ? errno.stalled : errno.overflow;
      this.#out.push(returnSubmit(id, code, moved, data));
    }
  }

  close(): void {
    if (this.#state.at === 'imported') this.#state.slot.isImported = false;
    this.#state = { at: 'closed' };
    this.#buffer = EMPTY;
  }

  /** True when it took something from the buffer. */
  #step(now: number): boolean {
    if (this.#state.at === 'closed') return false;
    return this.#state.at === 'asking' ? this.#ask(now) : this.#command(this.#state.slot, now);
  }

  #ask(now: number): boolean {
    if (this.#buffer.length < OP_BYTES) return false;
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset);
    const [version, code] = [view.getUint16(0), view.getUint16(2)];
    if (version !== VERSION || (code !== codes.requestList && code !== codes.requestImport)) {
      this.close();
      return false;
    }
    if (code === codes.requestList) {
      this.#cut(OP_BYTES);
      this.#out.push(replyList(this.#slots.filter((slot) => slot.board.isPlugged).map(exported)));
      return true;
    }
    if (this.#buffer.length < OP_BYTES + BUSID_BYTES) return false;
    this.#import(text(this.#cut(OP_BYTES + BUSID_BYTES).subarray(OP_BYTES)), now);
    return true;
  }

  #import(busid: string, now: number): void {
    const slot = this.#slots.find((each) => each.busid === busid && each.board.isPlugged && !each.isImported);
    this.#out.push(replyImport(slot === undefined ? undefined : exported(slot)));
    if (slot === undefined) return;
    slot.isImported = true;
    slot.board.plugIn(now);
    this.#state = { at: 'imported', slot };
  }

  #command(slot: Slot, now: number): boolean {
    if (this.#buffer.length < HEADER_BYTES) return false;
    const header = readSubmit(this.#buffer);
    if (header.command === commands.unlink) {
      const victim = readUnlinked(this.#cut(HEADER_BYTES));
      if (victim > this.#newest && this.#early.size < MOST_EARLY) {
        this.#early.set(victim, header.sequence);
        return true;
      }
      const isUndone = this.#outstanding.delete(victim);
      slot.board.usb.unlink(victim);
      this.#out.push(returnUnlink(header.sequence, isUndone ? errno.unlinked : errno.none));
      return true;
    }
    if (header.command !== commands.submit || header.length > MOST_DATA) {
      this.close();
      return false;
    }
    const dataBytes = header.isIn ? 0 : header.length;
    if (this.#buffer.length < HEADER_BYTES + dataBytes) return false;
    this.#submit(slot, header, this.#cut(HEADER_BYTES + dataBytes).subarray(HEADER_BYTES), now);
    return true;
  }

  #submit(slot: Slot, header: SubmitHeader, data: Uint8Array, now: number): void {
    const { sequence: id, length, setup } = header;
    this.#newest = Math.max(this.#newest, id);
    const unlinking = this.#early.get(id);
    if (unlinking !== undefined) {
      this.#early.delete(id);
      this.#out.push(returnUnlink(unlinking, errno.unlinked));
      return;
    }
    this.#outstanding.add(id);
    const endpoint = header.endpoint | (header.isIn ? 0x80 : 0);
    slot.board.usb.submit({ id, endpoint, data, length: header.isIn ? length : 0, ...(header.endpoint === 0 ? { setup } : {}) }, now);
  }

  #cut(length: number): Uint8Array {
    const cut = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return cut;
  }
}

function exported({ busid, bus, device, board }: Slot): Exported {
  return { busid, bus, device, spec: board.usb.spec, configuration: board.usb.configuration };
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
}
