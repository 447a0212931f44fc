/** What a plugged-in device needs to know of the computer it is plugged into. */
import type { Clock, UsbTransport } from '../ports.ts';
import { loadSerial, type NativeSerial } from './serial-native.ts';
import { type HolderPaths, systemPaths } from './usb-holder.ts';
import { UsbResets } from './usb-resets.ts';

export interface UsbWorld {
  readonly clock: Clock;
  readonly paths: HolderPaths;
  readonly system: 'linux' | 'windows' | 'mac' | 'other';
  /** Which way is tried first where a board can be driven both ways. */
  readonly prefer: UsbTransport;
  readonly processId: number;
  readonly resets: UsbResets;
  loadSerial(): Promise<NativeSerial>;
}

/** This computer. Linux lets go of a board when it is asked; Windows and macOS keep it, and give a serial port instead. */
export function thisWorld(clock: Clock): UsbWorld {
  const system = ({ linux: 'linux', win32: 'windows', darwin: 'mac' } as const)[process.platform as string] ?? 'other';
  const prefer = system === 'windows' || system === 'mac' ? 'serial' : 'usb';
  return { clock, paths: systemPaths, system, prefer, processId: process.pid, resets: new UsbResets(clock), loadSerial };
}
