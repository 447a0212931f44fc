/** Readings as everybody sees them. */
import type { Telemetry } from '../device.ts';
import type { Readings } from '../sensor/readings.ts';

/** Power is what goes in, where that is measured; otherwise what the core takes, which is most of it. */
export function telemetryOf(readings: Readings, frequencyMhz: number | undefined, chipsAlive: number | undefined): Telemetry {
  const { tempC, fanRpm, fanPercent, inputMillivolts, inputMilliamps, coreMillivolts, coreMilliamps } = readings;
  const watts = product(inputMillivolts, inputMilliamps) ?? product(coreMillivolts, coreMilliamps);
  return {
    ...(tempC !== undefined && { tempC }),
    ...(fanRpm !== undefined && { fanRpm }),
    ...(fanPercent !== undefined && { fanPercent }),
    ...(watts !== undefined && { watts }),
    ...(coreMillivolts !== undefined && { millivolts: coreMillivolts }),
    ...(coreMilliamps !== undefined && { milliamps: coreMilliamps }),
    ...(frequencyMhz !== undefined && { frequencyMhz }),
    ...(chipsAlive !== undefined && { chipsAlive }),
  };
}

function product(millivolts: number | undefined, milliamps: number | undefined): number | undefined {
  return millivolts === undefined || milliamps === undefined ? undefined : (millivolts * milliamps) / 1e6;
}
