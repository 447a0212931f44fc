/**
 * A buck converter whose feedback node a DS4432U pulls: the more current its DAC sinks there, the higher the voltage. On the older
 * Bitaxes it makes the core voltage of one chip, on the EmberOne that of all twelve in series.
 */
import type { Ds4432u } from './power-meter.ts';

export interface FeedbackParts {
  /** The buck's reference. */
  readonly volts: number;
  readonly upperOhms: number;
  readonly lowerOhms: number;
  /** Sets the full scale of the DAC. */
  readonly rangeOhms: number;
}

const DAC_REFERENCE_VOLTS = 0.997;
const STEPS = 127;
const SOURCES = 0x80;

export const bitaxeFeedback: FeedbackParts = { volts: 0.6, upperOhms: 4_750, lowerOhms: 3_320, rangeOhms: 80_000 };
export const emberOneFeedback: FeedbackParts = { volts: 0.8, upperOhms: 3_570, lowerOhms: 1_020, rangeOhms: 39_000 };

/** What stands at the output. Code 0 (after power-on) leaves it at `volts * (1 + upper / lower)`. */
export function trimmedVolts({ volts, upperOhms, lowerOhms, rangeOhms }: FeedbackParts, { output }: Pick<Ds4432u, 'output'>): number {
  const fullScaleAmps = (DAC_REFERENCE_VOLTS / rangeOhms) * (STEPS / 16);
  const amps = (fullScaleAmps * (output & 0x7f)) / STEPS;
  const sunk = output & SOURCES ? -amps : amps;
  return volts + upperOhms * (volts / lowerOhms + sunk);
}
