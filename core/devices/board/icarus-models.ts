/**
 * Sticks that speak the Icarus protocol. Their power comes from USB (U3: from 12 V of its own) and cannot be taken away; a
 * stick that gets no other job falls silent by itself at the end of its nonces: Block Erupter after 12.8 s, U1 and U2 after
 * 2.7 s, U3 after 0.14 s at their lowest clocks. So a program that dies, and a computer that sleeps, leave them idle.
 *
 * Which one it is, only some say in their strings. Others call themselves as Silicon Labs' bridge does on any gadget;
 * those are listed as a guess, wait for a person's word, and are then asked by the golden job: four bytes, a Block Erupter;
 * five, an Antminer. Which Antminer then stays unknown, and its clock is left as it is: the word that means 250 MHz to a U1
 * means 500 MHz to a U3. A U3 without its name is not found at all, because it is silent until it has been given a clock.
 */
import { antminerAny, antminerU1, antminerU3, blockErupter as be100 } from '../chip/icarus/icarus.ts';
import type { BoardModel } from './board-model.ts';
import { icarusProbeWires } from './icarus-probe-wires.ts';
import { icarusStickWires } from './stick-wires.ts';

export const blockErupter: BoardModel = {
  name: 'Block Erupter',
  slug: 'block-erupter',
  family: be100,
  chips: 1,
  rateScale: 1,
  startMhz: 336,
  profiles: { eco: 336, stock: 336, performance: 336 },
  rangeMhz: [336, 336],
  ticketDifficulty: 1,
  open: icarusStickWires,
};

/** 1.6 GH/s at 200 MHz, where it starts by itself. */
export const antminerU1Stick: BoardModel = {
  ...blockErupter,
  name: 'Antminer U1',
  slug: 'antminer-u1',
  family: antminerU1,
  startMhz: 200,
  profiles: { eco: 150, stock: 200, performance: 250 },
  rangeMhz: [100, 275],
};

/** The same chip with a better supply: 2 GH/s at 250 MHz. */
export const antminerU2Stick: BoardModel = {
  ...antminerU1Stick,
  name: 'Antminer U2',
  slug: 'antminer-u2',
  profiles: { eco: 200, stock: 250, performance: 275 },
  rangeMhz: [100, 300],
};

/** Four chips that answer as one: 62.5 GH/s at 200 MHz, 70 at 225. No sensor tells how hot it gets: 225 is where it ends. */
export const antminerU3Board: BoardModel = {
  ...blockErupter,
  name: 'Antminer U3',
  slug: 'antminer-u3',
  family: antminerU3,
  startMhz: 150,
  profiles: { eco: 150, stock: 200, performance: 225 },
  rangeMhz: [100, 225],
};

/** One that answers as an Antminer and does not say which. */
export const antminer: BoardModel = {
  ...blockErupter,
  name: 'Antminer',
  slug: 'antminer',
  family: antminerAny,
  startMhz: 200,
  profiles: { eco: 200, stock: 200, performance: 200 },
  rangeMhz: [200, 200],
};

/** A CP2102 that may be a stick, or anything else. */
export const perhapsIcarus: BoardModel = {
  ...blockErupter,
  name: 'USB serial bridge (perhaps a Block Erupter or Antminer)',
  slug: 'perhaps-icarus',
  experimental: true,
  isGuess: true,
  open: icarusProbeWires((kind) => ({ icarus: blockErupter.slug, antminer: antminer.slug, rockminer: undefined })[kind]),
  // They still need the same person's word.
  others: () => [blockErupter, antminer].map((model) => ({ ...model, experimental: true, isGuess: true })),
};
