/**
 * Core voltage by a fixed regulator that a DS4432U trims, as on the early Bitaxes, with an INA260 at the board's input. The DAC
 * cannot switch off: without current through it the core would get 1.45 V, more than two of the three chips bear, so it is
 * drawn to its lowest first of all, and left there. No limit is kept in hardware, and nobody measures the core itself.
 */
import { AppError } from '../../errors.ts';
import { Ds4432u } from '../sensor/ds4432u.ts';
import { Ina260, isIna260 } from '../sensor/ina260.ts';
import type { BoardFault } from './board-fault.ts';
import type { CoreSupply, CoreVolts, MakeCoreSupply } from './core-supply.ts';

export function dacSupply({ volts, range }: CoreVolts): MakeCoreSupply {
  if (!(volts >= range.min && volts <= range.max)) throw new RangeError(`core voltage ${volts} V is outside ${range.min}–${range.max} V`);
  return (bus): CoreSupply => {
    const dac = new Ds4432u(bus);
    const meter = new Ina260(bus);
    return {
      begin: async () => {
        if (!(await isIna260(bus))) throw new AppError<BoardFault>({ code: 'device-power-fault', text: 'no power meter' }, 'machine');
        await dac.setLowest();
      },
      on: () => dac.setVolts(volts),
      off: () => dac.setLowest(),
      inputMillivolts: () => meter.millivolts(),
      readings: async () => ({ inputMillivolts: await meter.millivolts(), inputMilliamps: await meter.milliamps() }),
    };
  };
}
