/**
 * Bitaxes with bitaxe-raw firmware. USB calls all of them the same, so each is first taken for a Gamma, which most are, and
 * then asked. What makes the core voltage answers on I2C before anything has power: a TPS546 (Gamma, later Supra and
 * Ultra) or DAC and power meter (early Supra and Ultra, Max). Which chip it is, the chip itself says: behind a TPS546 at
 * the Gamma's 1.15 V, which every chip that stands there bears, with the same limits; on the early boards only with a
 * person's word.
 *
 * The Gamma is known by transcripts and an emulation. The others are experimental: of those with a TPS546 nobody has a
 * transcript, and of the early ones the core voltage cannot be measured, and whether bitaxe-raw switches their regulator on is not known.
 */
import { bm1366Bitaxe } from '../chip/bm1366/bitaxe.ts';
import { bm1368Bitaxe } from '../chip/bm1368/bitaxe.ts';
import { bm1370Bitaxe } from '../chip/bm1370/bitaxe.ts';
import { bm1397Bitaxe } from '../chip/bm1397/bitaxe.ts';
import { BM1370_DIODE, USUAL_DIODE } from '../sensor/emc2101.ts';
import { bitaxeWires } from './bitaxe-wires.ts';
import type { BoardModel } from './board-model.ts';
import type { CoreVolts } from './core-supply.ts';
import { dacSupply } from './dac-supply.ts';
import type { SafetyLimits } from './thermal-policy.ts';
import { tpsSupply } from './tps-supply.ts';

/**
 * The maker's firmware stops at 75 °C chip or 105 °C regulator and starts again at 45 °C. Input is 5 V: above 5.5 V chips were
 * seen not to hash, and parts suffer. 25 A is where the regulator itself warns; 30 A is its own limit.
 */
const gammaSafety: SafetyLimits = {
  chip: { throttleC: 68, stopC: 75 },
  regulator: { throttleC: 90, stopC: 105, resumeC: 95 },
  resumeC: 45,
  plausibleC: [-20, 150],
  maxCoreMilliamps: 27_000,
  maxCoreMillivolts: 1_320, // 15 % over what is set
  inputMillivolts: [4_500, 5_500],
  needsFan: true,
};

export const bitaxeGamma: BoardModel = {
  name: 'Bitaxe Gamma',
  slug: 'bitaxe-gamma',
  family: bm1370Bitaxe,
  chips: 1,
  mostChips: 1,
  rateScale: 1,
  startMhz: 400,
  profiles: { eco: 400, stock: 525, performance: 600 },
  rangeMhz: [400, 625],
  ticketDifficulty: 256,
  safety: gammaSafety,
  readingsEveryMs: 2_000,
  open: bitaxeWires({
    supply: tpsSupply({ volts: 1.15, range: { min: 1.0, max: 1.25 } }, 'bitaxe-early'),
    diode: BM1370_DIODE,
    safety: gammaSafety,
  }),
  others: () => [bitaxeSupra, bitaxeUltra, bitaxeEarly],
};

/** Voltages and clocks as the maker's firmware has them. */
const laterSafety: SafetyLimits = { ...gammaSafety, maxCoreMillivolts: 1_380 }; // 15 % over the higher one's
const SUPRA: CoreVolts = { volts: 1.166, range: { min: 1.1, max: 1.3 } };
const ULTRA: CoreVolts = { volts: 1.2, range: { min: 1.1, max: 1.3 } };
const MAX: CoreVolts = { volts: 1.4, range: { min: 1.1, max: 1.5 } };
/** To ask for the chip's name only: every chip of the early boards bears it. */
const TO_ASK: CoreVolts = { volts: 1.1, range: { min: 1.1, max: 1.3 } };

export const bitaxeSupra: BoardModel = {
  ...bitaxeGamma,
  name: 'Bitaxe Supra',
  slug: 'bitaxe-supra',
  experimental: true,
  family: bm1368Bitaxe,
  profiles: { eco: 400, stock: 490, performance: 550 },
  rangeMhz: [400, 575],
  safety: laterSafety,
  open: bitaxeWires({ supply: tpsSupply(SUPRA), diode: USUAL_DIODE, safety: laterSafety }),
  others: () => [],
};

export const bitaxeUltra: BoardModel = {
  ...bitaxeSupra,
  name: 'Bitaxe Ultra',
  slug: 'bitaxe-ultra',
  family: bm1366Bitaxe,
  profiles: { eco: 400, stock: 485, performance: 550 },
  open: bitaxeWires({ supply: tpsSupply(ULTRA), diode: USUAL_DIODE, safety: laterSafety }),
};

/** The input is all that is measured: 25 W at 5 V is what the maker allows these boards. The regulator's own heat nobody sees. */
const earlySafety: SafetyLimits = {
  chip: { throttleC: 65, stopC: 72 },
  resumeC: 45,
  plausibleC: [-20, 150],
  maxInputMilliamps: 5_000,
  inputMillivolts: [4_500, 5_500],
  needsFan: true,
};

function earlyWires(volts: CoreVolts) {
  return bitaxeWires({ supply: dacSupply(volts), diode: USUAL_DIODE, usesBoardSensor: true, safety: earlySafety });
}

const earlyFacts = { experimental: true, safety: earlySafety, others: () => [] } as const satisfies Partial<BoardModel>;

export const bitaxeSupraEarly: BoardModel = { ...bitaxeSupra, ...earlyFacts, slug: 'bitaxe-supra-early', open: earlyWires(SUPRA) };
export const bitaxeUltraEarly: BoardModel = { ...bitaxeUltra, ...earlyFacts, slug: 'bitaxe-ultra-early', open: earlyWires(ULTRA) };

export const bitaxeMax: BoardModel = {
  ...bitaxeSupra,
  ...earlyFacts,
  name: 'Bitaxe Max',
  slug: 'bitaxe-max',
  family: bm1397Bitaxe,
  profiles: { eco: 400, stock: 425, performance: 500 },
  rangeMhz: [400, 600],
  open: earlyWires(MAX),
};

/** One with DAC and power meter, before its chip was asked. It asks as for a BM1397, which every chip answers. */
export const bitaxeEarly: BoardModel = {
  ...bitaxeMax,
  name: 'Bitaxe (early Supra, Ultra or Max)',
  slug: 'bitaxe-early',
  family: { ...bm1397Bitaxe, idWords: [] },
  open: earlyWires(TO_ASK),
  others: () => [bitaxeSupraEarly, bitaxeUltraEarly, bitaxeMax],
};
