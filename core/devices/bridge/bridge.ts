/**
 * What a USB-to-UART bridge must be told, as data: control transfers in order, with the wait each needs. Pure builders;
 * a transport plays them. Byte values are of the vendors' request sets as public miner software uses them.
 */
import type { UartChange, UartFormat } from '../../ports.ts';

/** A control transfer to the device, in WebUSB's words. */
export interface ControlOut {
  readonly requestType: 'vendor' | 'class';
  readonly recipient: 'device' | 'interface';
  readonly request: number;
  readonly value: number;
  /** USB interface number, or what the request wants here. */
  readonly index: number;
  readonly data: Uint8Array;
  /** What it does to a UART, for those who have a serial port in place of the bridge. Absent: no serial port does it. */
  readonly uart?: UartChange;
}

export type BridgeStep =
  | { readonly kind: 'control'; readonly transfer: ControlOut; readonly waitMs: number }
  /** USB reset of the whole device, as when it is plugged in; claimed interfaces stay claimed. */
  | { readonly kind: 'usb-reset'; readonly waitMs: number };

export type BridgePlan = readonly BridgeStep[];

/** One bridge and one of its UARTs. */
export interface Bridge {
  /** As it is when the plan of `open` is over. */
  readonly format: UartFormat;
  /** From any state to ready for bytes. Does not touch chips. */
  open(): BridgePlan;
  setBaud(baud: number): BridgePlan;
  /** The UART's bytes in one IN transfer. */
  received(transfer: Uint8Array): Uint8Array;
}

export function control(transfer: ControlOut, waitMs = 0): BridgeStep {
  return { kind: 'control', transfer, waitMs };
}

/** u32 little-endian, as baud rates are sent. */
export function u32Le(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
