/**
 * GekkoScience's boards; those of others are in `icarus-models.ts`, `bitaxe-models.ts` and `ember-one-model.ts`. Frequencies: eco is the least that the makers use or a step below it, stock is the makers'
 * own, performance is what users run with good cooling and a supply that bears it; nothing beyond can be set.
 */
import { bm1362Gekko } from '../chip/bm1362/gekko.ts';
import { bm1370Gekko, gekkoA2Family } from '../chip/bm1370/gekko.ts';
import { bm1384 } from '../chip/bm1384/bm1384.ts';
import { bm1387 } from '../chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../chip/bm1397/gekko.ts';
import type { BoardModel } from './board-model.ts';
import { compacAWires } from './compac-a-wires.ts';
import { bm1384StickWires, bm1387StickWires, bm1397StickWires } from './stick-wires.ts';
import type { SafetyLimits } from './thermal-policy.ts';

export const compac: BoardModel = {
  name: 'Compac',
  slug: 'compac',
  family: bm1384,
  chips: 1,
  rateScale: 1,
  startMhz: 100,
  profiles: { eco: 100, stock: 150, performance: 225 },
  rangeMhz: [50, 300],
  ticketDifficulty: 1,
  open: bm1384StickWires,
};

export const twoPac: BoardModel = {
  ...compac,
  name: '2Pac',
  slug: '2pac',
  chips: 2,
  profiles: { eco: 75, stock: 100, performance: 175 },
  rangeMhz: [50, 225],
};

export const newPac: BoardModel = {
  name: 'NewPac',
  slug: 'newpac',
  family: bm1387,
  chips: 2,
  rateScale: 1,
  startMhz: 100,
  profiles: { eco: 75, stock: 100, performance: 200 },
  rangeMhz: [50, 300],
  ticketDifficulty: 1,
  open: bm1387StickWires,
};

export const r606: BoardModel = {
  ...newPac,
  name: 'R606',
  slug: 'r606',
  chips: 12,
  startMhz: 450,
  profiles: { eco: 450, stock: 550, performance: 650 },
  rangeMhz: [200, 700],
};

export const compacF: BoardModel = {
  name: 'Compac F',
  slug: 'compac-f',
  family: bm1397Gekko,
  chips: 1,
  rateScale: 0.78125,
  startMhz: 200,
  profiles: { eco: 150, stock: 200, performance: 400 },
  rangeMhz: [100, 500],
  ticketDifficulty: 16,
  open: bm1397StickWires,
};

export const r909: BoardModel = {
  ...compacF,
  name: 'R909',
  slug: 'r909',
  chips: 6,
  rateScale: 1,
  startMhz: 400,
  profiles: { eco: 400, stock: 450, performance: 550 },
  rangeMhz: [200, 600],
  ticketDifficulty: 64,
};

/**
 * The makers' own software stops these sticks at 110 °C and lets them cool to 30 °C, which a warm room never reaches. Here
 * they slow down from 85 °C, stop at 100 °C, and go on at 50 °C. Supply is 5 V from USB or a plug.
 */
const compacASafety: SafetyLimits = {
  chip: { throttleC: 85, stopC: 100 },
  board: { throttleC: 85, stopC: 100 },
  resumeC: 50,
  plausibleC: [-20, 125],
};

export const compacA1: BoardModel = {
  name: 'Compac A1',
  slug: 'compac-a1',
  family: bm1362Gekko,
  chips: 1,
  rateScale: 1,
  startMhz: 300,
  profiles: { eco: 200, stock: 300, performance: 400 },
  rangeMhz: [100, 450],
  ticketDifficulty: 16,
  safety: compacASafety,
  hasLight: true,
  readingsEveryMs: 1_000,
  open: compacAWires({ coreMillivolts: 300, safety: compacASafety }),
};

export const compacA2: BoardModel = {
  ...compacA1,
  name: 'Compac A2',
  slug: 'compac-a2',
  family: bm1370Gekko,
  familyFor: gekkoA2Family,
  ticketDifficulty: 32,
  open: compacAWires({ coreMillivolts: 270, safety: compacASafety }),
};
