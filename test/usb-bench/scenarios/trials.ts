/** What is tried with which board: one line a board. A board is tried when the app has a driver for it. */
import type { BoardName } from '../emulators/boards.ts';
import { brief, type FaultTrial, fanStops, heat, plain, rare, regulator, short, silentControl, silentSensor } from './fault-trials.ts';

export interface Trial {
  readonly board: BoardName;
  /** As the app calls it. */
  readonly model: string;
  readonly chips: number;
  /** A setting that is not the usual one, where it can be set: made once it hashes, and has to survive a replug. */
  readonly mhz?: number;
  readonly faults: readonly FaultTrial[];
  /** It cannot say so before it has been asked, and is taken for another until then. */
  readonly isAsked?: true;
  /** Seconds lie between two of its nonces: fewer of them have to do. */
  readonly isSlow?: true;
}

const sensors = [heat, silentSensor];
const behindControl = [heat, silentControl];
/** Their voltage follows a DAC, and nothing of it can trip and be mended. Fan and control port are those of the Ultra. */
const early = [...brief, heat];

export const trials: readonly Trial[] = [
  { board: 'compac', model: 'Compac', chips: 1, mhz: 125, faults: plain },
  { board: '2pac', model: '2Pac', chips: 2, mhz: 87.5, faults: brief },
  { board: 'newpac', model: 'NewPac', chips: 2, mhz: 75, faults: short },
  // This and the R909 at their lowest clock: a translated guest cannot feed more in time, and trying to slows everything beside them.
  { board: 'r606', model: 'R606', chips: 12, mhz: 200, faults: brief },
  { board: 'compac-f', model: 'Compac F', chips: 1, mhz: 175, faults: plain },
  { board: 'r909', model: 'R909', chips: 6, mhz: 200, faults: brief },
  { board: 'compac-a1', model: 'Compac A1', chips: 1, mhz: 250, faults: [...brief, heat] },
  { board: 'compac-a2', model: 'Compac A2', chips: 1, mhz: 250, faults: [...brief, ...sensors] },
  { board: 'bitaxe-gamma', model: 'Bitaxe Gamma', chips: 1, mhz: 450, faults: [...brief, ...behindControl, fanStops, ...regulator] },
  { board: 'bitaxe-supra', model: 'Bitaxe Supra', chips: 1, mhz: 450, faults: early, isAsked: true },
  { board: 'bitaxe-ultra', model: 'Bitaxe Ultra', chips: 1, mhz: 450, faults: [...brief, ...behindControl, fanStops], isAsked: true },
  { board: 'bitaxe-max', model: 'Bitaxe Max', chips: 1, mhz: 450, faults: early, isAsked: true },
  { board: 'emberone00', model: 'EmberOne00', chips: 12, mhz: 250, faults: [...brief, ...behindControl] },
  { board: 'block-erupter', model: 'Block Erupter', chips: 1, faults: rare, isSlow: true },
  { board: 'antminer-u1', model: 'Antminer U1', chips: 1, mhz: 225, faults: rare, isSlow: true },
  // Both call themselves `Antminer U1/U2`, and are driven as the one that bears less.
  { board: 'antminer-u2', model: 'Antminer U1', chips: 1, mhz: 225, faults: rare, isSlow: true },
  { board: 'antminer-u3', model: 'Antminer U3', chips: 1, mhz: 175, faults: short },
];

/** @throws Error for a board that the app does not drive */
export function trialOf(board: BoardName): Trial {
  const trial = trials.find((each) => each.board === board);
  if (trial === undefined) throw new Error(`the app has no driver for ${board}; tried are ${trials.map((each) => each.board).join(' ')}`);
  return trial;
}
