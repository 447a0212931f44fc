/** All emulated boards by name, with the rate at which their makers run them: it decides the test difficulty. */
import type { Board, BoardOptions } from './board.ts';
import { bitaxeGamma, bitaxeMax, bitaxeSupra, bitaxeUltra } from './boards/bitaxe.ts';
import { blockErupterUsb, compac, terminus, twoPac, u1, u2, u3 } from './boards/cp2102-sticks.ts';
import { compacA1, compacA2, compacA2With1368, terminusA1, terminusA2 } from './boards/cp2105-sticks.ts';
import { emberOne00, emberOne00V1 } from './boards/emberone.ts';
import { compacF, newPac, r606, r909 } from './boards/ftdi-sticks.ts';
import { bitaxeStock, gadgetCp2102, gadgetCp2105, gadgetFt230x, gadgetHobby } from './boards/strangers.ts';
import { type HashEngine, kernelEngine } from './hash-engine.ts';

export interface BoardEntry {
  readonly build: (options: BoardOptions) => Board;
  /** Hashes per second at the usual clock; 0: it is no miner, or not over USB. */
  readonly typical: number;
}

export const boards = {
  'compac-f': { build: compacF, typical: 105e9 },
  r909: { build: r909, typical: 1814e9 },
  newpac: { build: newPac, typical: 22.8e9 },
  r606: { build: r606, typical: 752e9 },
  compac: { build: compac, typical: 8.25e9 },
  '2pac': { build: twoPac, typical: 11e9 },
  terminus: { build: terminus, typical: 49.5e9 },
  'compac-a1': { build: compacA1, typical: 154e9 },
  'terminus-a1': { build: terminusA1, typical: 614e9 },
  'compac-a2': { build: compacA2, typical: 614e9 },
  'compac-a2-1368': { build: compacA2With1368, typical: 384e9 },
  'terminus-a2': { build: terminusA2, typical: 2458e9 },
  'bitaxe-gamma': { build: bitaxeGamma, typical: 1071e9 },
  'bitaxe-supra': { build: bitaxeSupra, typical: 625e9 },
  'bitaxe-ultra': { build: bitaxeUltra, typical: 434e9 },
  'bitaxe-max': { build: bitaxeMax, typical: 286e9 },
  'block-erupter': { build: blockErupterUsb, typical: 0.336e9 },
  'antminer-u1': { build: u1, typical: 1.6e9 },
  'antminer-u2': { build: u2, typical: 2e9 },
  'antminer-u3': { build: u3, typical: 70e9 },
  emberone00: { build: emberOne00, typical: 2458e9 },
  'emberone00-v1': { build: emberOne00V1, typical: 2458e9 },
  'bitaxe-stock': { build: bitaxeStock, typical: 0 },
  'gadget-cp2102': { build: gadgetCp2102, typical: 0 },
  'gadget-cp2105': { build: gadgetCp2105, typical: 0 },
  'gadget-ft230x': { build: gadgetFt230x, typical: 0 },
  'gadget-hobby': { build: gadgetHobby, typical: 0 },
} as const satisfies Record<string, BoardEntry>;

export type BoardName = keyof typeof boards;

export interface BuildOptions {
  readonly serial?: string;
  readonly plain?: boolean;
  readonly engine?: HashEngine;
  /** Real hashes a second to spend on one board at its usual clock; decides the test difficulty unless `shift` does. */
  readonly realHashesPerSecond?: number;
  readonly shift?: number;
  readonly pieceBits?: number;
}

/** A tenth of what one thread can do, so that eight boards and their host fit on two processors. */
const REAL_HASHES = 500_000;
const PIECE_BITS = 10;
const MOST_AT_ONCE = 1 << 17;

export function testShift(name: BoardName, realHashesPerSecond = REAL_HASHES): number {
  return Math.max(0, Math.min(30, Math.ceil(Math.log2(boards[name].typical / realHashesPerSecond))));
}

export function buildBoard(name: BoardName, options: BuildOptions = {}): Board {
  const search = {
    engine: options.engine ?? kernelEngine(),
    shift: options.shift ?? testShift(name, options.realHashesPerSecond),
    pieceBits: options.pieceBits ?? PIECE_BITS,
    mostHashesAtOnce: MOST_AT_ONCE,
  };
  return boards[name].build({ serial: options.serial ?? `EMU-${name}`, plain: options.plain ?? false, search });
}
