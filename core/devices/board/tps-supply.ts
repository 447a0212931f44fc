/** Core voltage by a TPS546, which holds its own limits: input, current, heat and voltage, also when no program runs. */
import { AppError } from '../../errors.ts';
import type { I2cBus } from '../sensor/i2c.ts';
import { isIna260 } from '../sensor/ina260.ts';
import { gammaConfiguration, Tps546 } from '../sensor/tps546.ts';
import type { BoardFault } from './board-fault.ts';
import type { CoreSupply, CoreVolts, MakeCoreSupply } from './core-supply.ts';

/** @param slugWithout the board that this is when there is no TPS546 but the power meter of the early boards */
export function tpsSupply({ volts, range }: CoreVolts, slugWithout?: string): MakeCoreSupply {
  return (bus): CoreSupply => {
    const regulator = new Tps546(bus, { coreVolts: range });
    return {
      begin: () => regulator.begin(gammaConfiguration).catch((error: unknown) => otherBoard(bus, slugWithout, error)),
      on: () => regulator.on(volts),
      off: () => regulator.off(),
      inputMillivolts: () => regulator.inputMillivolts(),
      tempC: () => regulator.tempC(),
      readings: async (isOn) => {
        const regulatorFault = isOn ? await regulator.fault() : undefined;
        return {
          ...(regulatorFault !== undefined && { regulatorFault }),
          regulatorTempC: await regulator.tempC(),
          inputMillivolts: await regulator.inputMillivolts(),
          coreMillivolts: await regulator.coreMillivolts(),
          coreMilliamps: await regulator.coreMilliamps(),
        };
      },
    };
  };
}

/** @throws always: that it is another board, or `error` */
async function otherBoard(bus: I2cBus, slug: string | undefined, error: unknown): Promise<never> {
  if (slug !== undefined && (await isIna260(bus))) throw new AppError<BoardFault>({ code: 'device-other-board', slug }, 'machine');
  throw error;
}
