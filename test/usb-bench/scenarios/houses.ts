/** Which boards are tried together: boards of like speed, so that none drowns the others' shares, and few enough for one guest. */
import { type BoardName, boards } from '../emulators/boards.ts';
import type { Trial } from './trials.ts';

export interface BoardsTogether {
  readonly trials: readonly Trial[];
  /** Of a share, as chips count it. */
  readonly difficulty: number;
}

/** What one guest and the emulators of its boards bear at the test difficulty. */
const MOST_BOARDS = 7;
const MOST_HASHES_PER_SECOND = 4.5e12;
/** About so many shares a second the fastest board may find. */
const MOST_SHARES_PER_SECOND = 8;
/** The slowest one should not be waited for longer, on average. */
const LONGEST_SHARE_SECONDS = 20;
const NONCES = 2 ** 32;

export function housesOf(trials: readonly Trial[]): readonly BoardsTogether[] {
  const houses: Trial[][] = [];
  for (const trial of trials.toSorted((a, b) => speed(a.board) - speed(b.board))) {
    const last = houses.at(-1);
    if (last !== undefined && fits([...last, trial])) last.push(trial);
    else houses.push([trial]);
  }
  return houses.map((each) => ({ trials: each, difficulty: difficultyFor(each) }));
}

function fits(trials: readonly Trial[]): boolean {
  const speeds = trials.map(({ board }) => speed(board));
  const hashes = speeds.reduce((sum, each) => sum + each, 0);
  const shareSeconds = (difficultyFor(trials) * NONCES) / Math.min(...speeds);
  return trials.length <= MOST_BOARDS && hashes <= MOST_HASHES_PER_SECOND && shareSeconds <= LONGEST_SHARE_SECONDS;
}

function difficultyFor(trials: readonly Trial[]): number {
  const fastest = Math.max(...trials.map(({ board }) => speed(board)));
  return 2 ** Math.max(0, Math.ceil(Math.log2(fastest / NONCES / MOST_SHARES_PER_SECOND)));
}

function speed(board: BoardName): number {
  return boards[board].typical;
}
