/** EmberOne00, twelve BM1362. Experimental: the only public start sequence is a prototype that its author could not get to mine. */
import { bm1362EmberOne } from '../chip/bm1362/ember-one.ts';
import type { BoardModel } from './board-model.ts';
import { emberOneWires } from './ember-one-wires.ts';
import type { SafetyLimits } from './thermal-policy.ts';

/** No figure of the board's own was published: limits of a Bitaxe, and lower clocks than its prototype asked for. */
const safety: SafetyLimits = {
  chip: { throttleC: 65, stopC: 75 },
  board: { throttleC: 70, stopC: 80 },
  resumeC: 45,
  plausibleC: [-20, 150],
};

export const emberOne: BoardModel = {
  name: 'EmberOne00',
  slug: 'ember-one-00',
  experimental: true,
  family: bm1362EmberOne,
  chips: 12,
  mostChips: 12,
  rateScale: 1,
  startMhz: 200,
  profiles: { eco: 200, stock: 300, performance: 400 },
  rangeMhz: [100, 400],
  ticketDifficulty: 512,
  safety,
  readingsEveryMs: 2_000,
  open: emberOneWires(safety),
};
