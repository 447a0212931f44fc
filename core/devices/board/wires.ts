/**
 * The electric side of a board: power, reset, light, sensors, and the wire to its chips. One implementation a kind of
 * bridge. Everything that throws throws AppError<BoardFault>.
 */
import type { Clock, UsbDevice, UsbFailure } from '../../ports.ts';
import type { Readings } from '../sensor/readings.ts';

export interface WiresListener {
  /** From the chips, without anything that the bridge adds. */
  onBytes(bytes: Uint8Array): void;
  /** Unplugged, or the bridge answers no more. Nothing comes after it. */
  onEnd(fault: UsbFailure): void;
}

export interface BoardWires {
  /**
   * From any state, also one left by a crash, to chips that listen at 115 200 baud. Whatever protects the board (fans,
   * limits, sensors that make sense) works before a chip gets power.
   * @param wasHot heat stopped the board before: it must have cooled down first
   */
  powerUp(listener: WiresListener, wasHot: boolean): Promise<void>;
  /** What must only be powered once the chips were found; before they are set up. */
  energise?(): Promise<void>;
  /** The chips are set up: what can only be read with their help can be trusted from now on. */
  chipsStarted?(): void;
  /** To the chips. Writes keep their order, also with `setBaud`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Of the bridge. */
  setBaud(baud: number): Promise<void>;
  /**
   * Takes power away, or clock and reset where that is all there is. From any state after `open`.
   * @param isHot heat is the reason: what cools goes on at full speed
   */
  powerDown(isHot: boolean): Promise<void>;
  /** It was switched on, and has not surely been switched off since. Absent: this is all that can be done. */
  readonly mayBeOn?: boolean;
  /** True: `powerDown` alone takes the power away, so nothing need be said to the chips before. */
  readonly cutsPower: boolean;
  /** Asks the sensors once. Absent: there are none. */
  readings?(): Promise<Readings>;
  /** Faster (100) or slower air; absent: no fan to be driven. */
  setFan?(percent: number): Promise<void>;
  /** Shows a person which board this is; absent: no light. */
  light?(): Promise<void>;
  /** Gives the device back. Never throws. */
  close(): Promise<void>;
}

/** Opens the device and claims what the board needs of it; sends nothing. @throws AppError<BoardFault> */
export type OpenWires = (device: UsbDevice, clock: Clock) => Promise<BoardWires>;
