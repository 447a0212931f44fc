/** An emulated CompacF, plugged into a guest with a real kernel in which Hearth runs, mines at a pool on this machine. */
import { Bench } from '../usb-bench/bench.ts';
import { HearthInGuest } from '../usb-bench/hearth-in-guest.ts';

const BOARD = 'compac-f';
/** Difficulty 1 is so many powers of two easier: the pool then sees a miner of fifty thousand hashes a second. */
const SHIFT = 21;
const SHARES = 20;
const LIMIT_MS = 240_000; // as many shares in a third of a minute, once difficulty has settled and the guest is up

/** What it did. @throws Error when shares are refused, or too few accepted in time */
export async function mineWithStick(url: string): Promise<string> {
  const bench = await Bench.open();
  try {
    const hearth = await HearthInGuest.start(bench, url, SHIFT);
    const busid = await bench.plugIn(BOARD, { shift: SHIFT });
    const isDone = () => (hearth.snapshot?.accepted ?? 0) >= SHARES || hearth.exit !== undefined;
    await bench.until(() => (isDone() ? true : undefined), LIMIT_MS);
    const { accepted = 0, refused = 0, devices = [] } = hearth.snapshot ?? {};
    const errors = devices[0]?.hardwareErrors ?? 0;
    const code = await hearth.stop();
    const told = `${accepted} shares accepted, ${refused} refused, ${errors} hardware errors, ${bench.board(busid).chain.stats.jobs} jobs`;
    if (accepted < SHARES || refused > 0 || errors > 0 || code !== 0) throw new Error(`${told}; exit code ${code}`);
    return told;
  } finally {
    await bench.close();
  }
}
