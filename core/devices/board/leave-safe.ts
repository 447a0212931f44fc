/** The end of a session: power away, whatever else fails or hangs. */
import { AppError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { BoardFault } from './board-fault.ts';
import { within } from './wait.ts';
import type { BoardWires } from './wires.ts';

/** The end of patience with a board that does not let itself be switched off. */
export const POWER_DOWN_MS = 2_000;
/** The longest step of switching on; a board that takes longer finds its link closed. */
const ACT_MS = 4_000;
/** The longest shutdown of a chain: 400 MHz down in steps of 25 MHz, 100 ms each. */
const SHUTDOWN_MS = 2_500;

export interface Leaving {
  readonly wires: BoardWires;
  readonly clock: Clock;
  /** Heat is the reason. */
  readonly isHot: boolean;
  /** Tells the chips to slow down; resolves when they were told. For boards whose power cannot be cut. */
  shutDownChips(): Promise<void>;
  /** Nothing more is said to the chips. */
  silence(): void;
  /** What is still being switched on, if anything. */
  readonly acting: Promise<void> | undefined;
}

/** What the board did not let be done. Never throws. */
export async function leaveSafe({ wires, clock, isHot, shutDownChips, silence, acting }: Leaving): Promise<BoardFault | undefined> {
  if (!wires.cutsPower) await within(clock, SHUTDOWN_MS, shutDownChips());
  silence();
  const cut = await cutPower(wires, clock, isHot);
  if (acting === undefined) return cut;
  // Something was still being switched on: once more, when that is over.
  await within(clock, ACT_MS, acting);
  return cutPower(wires, clock, isHot);
}

/** Once, and not for longer than a board may take. Undefined: done. Never throws. */
export async function cutPower(wires: BoardWires, clock: Clock, isHot: boolean): Promise<BoardFault | undefined> {
  const tried = await within(clock, POWER_DOWN_MS, powerDown(wires, isHot));
  return tried === undefined ? { code: 'device-hung', text: 'it did not answer when it was switched off' } : tried.fault;
}

async function powerDown(wires: BoardWires, isHot: boolean): Promise<{ readonly fault: BoardFault | undefined }> {
  try {
    await wires.powerDown(isHot);
    return { fault: undefined };
  } catch (error) {
    return { fault: error instanceof AppError ? (error.fault as BoardFault) : { code: 'device-power-fault', text: String(error) } };
  }
}
