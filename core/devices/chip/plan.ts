/**
 * A plan: what to write to a chain of chips, in order, with the silence that each step needs after it. Plans are plain
 * data, so an init sequence can be read, compared with its reference and played against a clock in the test's hand.
 */
import { EMPTY } from '../../bytes.ts';

/** Drivers leave this much between any two commands over USB; chips lose commands that follow more closely. */
export const COMMAND_GAP_MS = 1;

/** Replies that a step waits for. Without any, the step is over when its wait is. */
export type Expectation =
  /** One id reply for each chip: over when none came for `idleMs`, or when the first does not come within the wait. */
  | { readonly reply: 'chip-ids'; readonly idleMs: number }
  /** The chips say what a register holds; the step never waits longer for it. */
  | { readonly reply: 'register'; readonly register: number };

export interface PlanStep {
  /** Written as one piece; empty when the step only waits or changes the host's rate. */
  readonly bytes: Uint8Array;
  /** The host's side of the UART changes to this rate when the step begins. */
  readonly hostBaud?: number;
  /** Nothing is written for so long after it. At least `COMMAND_GAP_MS` is kept anyway. */
  readonly waitMs: number;
  readonly expect?: Expectation;
}

export type Plan = readonly PlanStep[];

/** Writes `bytes`, then keeps silent for `waitMs`. */
export function write(bytes: Uint8Array, waitMs: number = COMMAND_GAP_MS): PlanStep {
  return { bytes, waitMs };
}

/** Only waits. */
export function pause(waitMs: number): PlanStep {
  return { bytes: EMPTY, waitMs };
}

/** Changes the host's rate, then waits. */
export function hostBaud(baud: number, waitMs: number): PlanStep {
  return { bytes: EMPTY, hostBaud: baud, waitMs };
}

/** Asks every chip who it is and collects the answers. */
export function discover(bytes: Uint8Array, waitMs: number, idleMs: number): PlanStep {
  return { bytes, waitMs, expect: { reply: 'chip-ids', idleMs } };
}

/** Asks for a register and waits. */
export function read(bytes: Uint8Array, register: number, waitMs: number): PlanStep {
  return { bytes, waitMs, expect: { reply: 'register', register } };
}

/** `make(index)` for each chip of a chain, in order. */
export function perChip(chips: number, make: (index: number) => Plan): Plan {
  return Array.from({ length: chips }, (_, index) => make(index)).flat();
}

/** The same plan with more silence after its last step. */
export function withLastWait(plan: Plan, waitMs: number): Plan {
  return plan.map((step, index) => (index === plan.length - 1 ? { ...step, waitMs: Math.max(step.waitMs, waitMs) } : step));
}
