/** What can go wrong with a board, beside what goes wrong with USB. Each code that people see is in the table of core/faults.ts. */
import type { UsbFailure } from '../../ports.ts';
import type { Emc2101Failure } from '../sensor/emc2101.ts';
import type { TmpFailure } from '../sensor/tmp-sensors.ts';
import type { Tps546Failure } from '../sensor/tps546.ts';

export type SafetyFault =
  | { readonly code: 'device-too-hot'; readonly part: string; readonly tempC: number; readonly limitC: number }
  | { readonly code: 'device-over-current'; readonly milliamps: number; readonly limitMilliamps: number }
  | { readonly code: 'device-supply-voltage'; readonly millivolts: number; readonly minMillivolts: number; readonly maxMillivolts: number }
  | { readonly code: 'device-fan-failed'; readonly rpm: number }
  | { readonly code: 'device-power-fault'; readonly text: string }
  | { readonly code: 'device-sensor-silent'; readonly sensor: string; readonly text: string };

export type BoardFault =
  | SafetyFault
  | UsbFailure
  | Emc2101Failure
  | Tps546Failure
  | TmpFailure
  | { readonly code: 'device-no-chips'; readonly found: number; readonly expected: number }
  /** It is the board of this slug, one of its model's `others`. Nobody is told: it starts anew as what it is. */
  | { readonly code: 'device-other-board'; readonly slug: string }
  /** Answers that no such board gives. */
  | { readonly code: 'device-nonsense'; readonly text: string }
  /** No correct answer for far too long, or the same one again and again: the chips are reset. */
  | { readonly code: 'device-hung'; readonly text: string }
  /** Far below what it should do: the chips are reset and run slower. */
  | { readonly code: 'device-slow'; readonly percent: number }
  /** The computer slept; the chips are started anew. */
  | { readonly code: 'device-slept' };

/** It was told to switch off and does not say that it has. */
export type StaysOnFault = { readonly code: 'device-stays-on'; readonly text: string };

/** Given up until it is plugged in again or its settings are touched. `reason` is the code of the last fault. */
export type QuarantineFault = {
  readonly code: 'device-quarantined';
  readonly reason: string;
  readonly attempts: number;
  readonly text: string;
};
