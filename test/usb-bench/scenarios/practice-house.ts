/** The practice pool on this machine, with the app in the guest mining there: what the boards of a run have in common. */
import { systemClock } from '../../../core/io/clock.ts';
import { systemRandom } from '../../../core/io/random.ts';
import { tcpListeners } from '../../../core/io/tcp.ts';
import { type Practice, startPractice } from '../../../core/practice/practice.ts';
import type { Bench } from '../bench.ts';
import { HearthInGuest } from '../hearth-in-guest.ts';

/** Difficulty 1 is 2^23 times easier than on the network: the hashes of all emulated boards of a run take a tenth of a processor. */
export const SHIFT = 23;
/** No block falls into the shares' way, and nobody else finds one: nothing is ever rightly stale. */
const CHAIN_DIFFICULTY = 1_000;
/** A target is a little above a power of two, so that the next lower ticket is not needed for it. */
const ABOVE = 1.001;

export interface House {
  readonly bench: Bench;
  readonly practice: Practice;
  readonly hearth: HearthInGuest;
  close(): Promise<void>;
}

export interface HouseOptions {
  /** Of a share, as the chips count it. */
  readonly difficulty: number;
  /** Powers of two by which difficulty 1 is easier. */
  readonly shift?: number;
  /** The way to boards that is tried first. */
  readonly prefer?: 'usb' | 'serial';
}

export async function openHouse(bench: Bench, { difficulty, shift = SHIFT, prefer = 'usb' }: HouseOptions): Promise<House> {
  const least = 2 ** (32 - shift) * difficulty * ABOVE;
  // Asked to share out shares so often that it always stays at the least.
  const vardiff = { sharesPerMinute: 1e9, firstIntervalMs: 1, assumedHashesPerSecond: 1, leastHashesPerShare: least };
  const practice = await startPractice({
    listeners: tcpListeners,
    clock: systemClock,
    random: systemRandom,
    log: { write: () => {} },
    options: { difficulty: CHAIN_DIFFICULTY, elsewhereEveryMs: 0, policy: { vardiff } },
  });
  try {
    const hearth = await HearthInGuest.start(bench, practice.url, shift, prefer);
    return { bench, practice, hearth, close: () => practice.stop() };
  } catch (error) {
    await practice.stop();
    throw error;
  }
}
