/**
 * Boards on USB: what they cost, how soon their nonces and new work are on their way, and whether they ever wait for work. Real
 * drivers and the whole miner; the boards are emulated in another thread, chips by the clock, the pool is another process.
 */
import type { BoardName } from '../usb-bench/emulators/boards.ts';
import type { Line } from './line.ts';
import { median, percentile99, showMs } from './percentiles.ts';
import { sharePathTimes } from './share-path.ts';
import { openUsbHouse, wait } from './usb-house.ts';

const SPAN_MS = 30_000;
const STICKS: readonly BoardName[] = Array.from({ length: 16 }, () => 'compac-f' as const);
const R909: readonly BoardName[] = ['r909'];
/** As many shares as a source lets out. */
const MANY_SHARES = ['--shares-per-minute', '1200', '--least-hashes', '2048'];
/** A new tip every second. */
const MANY_TIPS = ['--elsewhere-seconds', '1'];
const TIPS_SPAN_MS = 60_000;
const FEWEST_TIPS = 20;
const PREVHASH_GOAL_MS = 2;
const STARVED_GOAL = 0.01;
/** A status packet of the bridge without data is shorter, a command too. */
const JOB_BYTES = 50;
const FEWEST_SAMPLES = 50;
/** How long a job of an R909 lasts, and how often it is given one. */
const R909_JOB_MS = 9.5;
const R909_EVERY_MS = 2.4;
const PLAIN_MS = 15_000;

/** Processor time of the thread that is the app. Takes about two minutes. */
export async function usbCpu(): Promise<Line[]> {
  return [await cpuOf('R909', R909), await cpuOf('16 Compac F', STICKS)];
}

async function cpuOf(title: string, names: readonly BoardName[]): Promise<Line> {
  const house = await openUsbHouse(names, []);
  const before = process.threadCpuUsage();
  const began = performance.now();
  await wait(SPAN_MS);
  const { user, system } = process.threadCpuUsage(before);
  const core = (user + system) / 1000 / (performance.now() - began);
  const stats = await house.wire.stats();
  await house.close();
  const terahashes = stats.reduce((sum, one) => sum + one.hashesPerSecond, 0) / 1e12;
  return {
    name: `USB, processor for boards, ${title}`,
    measured: `${((core * 100) / terahashes).toFixed(2)} % of a core a TH/s`,
    against: '',
    ratio: Number.NaN,
    goal: 'none',
    met: 'no goal',
    note: `${(core * 100).toFixed(2)} % for ${terahashes.toFixed(2)} TH/s, transfers to the emulating thread among it`,
  };
}

/** A nonce among the bytes of a bridge → its share at the socket. Takes about a minute. */
export async function usbPath(): Promise<Line[]> {
  const direct = await sharePathTimes();
  const samples: number[] = [];
  let packetAt: number | undefined;
  const house = await openUsbHouse(R909, MANY_SHARES, {
    onPacket(_board, _packet, deliver) {
      packetAt = performance.now();
      deliver();
      setImmediate(() => {
        packetAt = undefined;
      });
    },
    onPoolWrite() {
      if (packetAt !== undefined) samples.push(performance.now() - packetAt);
    },
  });
  samples.length = 0;
  await wait(SPAN_MS);
  await house.close();
  const name = 'USB, bytes with a nonce → share bytes at the socket';
  if (samples.length < FEWEST_SAMPLES) return [tooFew(name, samples.length)];
  return [pathLine(`${name}, median`, median, samples, direct.samples), pathLine(`${name}, p99`, percentile99, samples, direct.samples)];
}

function pathLine(name: string, of: (samples: readonly number[]) => number, samples: readonly number[], direct: readonly number[]): Line {
  return {
    name,
    measured: showMs(of(samples)),
    against: `a device that reports it at once ${showMs(of(direct))}`,
    ratio: of(direct) / of(samples),
    goal: 'none',
    met: 'no goal',
    note: `${samples.length} shares of an emulated R909`,
  };
}

/** A new prevhash among the pool's bytes → a job of it written to the last of sixteen boards. Takes about a minute and a half. */
export async function usbPrevhash(): Promise<Line[]> {
  const plain = await plainTimers();
  const tips = new TipTimes();
  const house = await openUsbHouse(STICKS, MANY_TIPS, {
    onWrite: (board, bytes) => tips.written(board, bytes),
    onPoolBytes: (deliver, tip) => tips.deliver(deliver, tip),
  });
  tips.samples.length = 0;
  tips.turns.length = 0;
  await wait(TIPS_SPAN_MS);
  await house.close();
  const name = 'USB, new prevhash → work written to the last of 16 boards';
  const last = tips.samples.map(({ lastMs }) => lastMs);
  if (last.length < FEWEST_TIPS) return [tooFew(name, last.length)];
  const first = tips.samples.map(({ firstMs }) => firstMs);
  const busy = `with plain timers of nothing else an R909 would stand still ${(plain * 100).toFixed(2)} % of the time`;
  const note = `first board ${showMs(median(first))}; processor time of that turn ${showMs(median(tips.turns))}; ${last.length} tips; ${busy}`;
  return [
    { ...limitLine(`${name}, median`, median(last), plain), note },
    { ...limitLine(`${name}, p99`, percentile99(last), plain), note: `the longest of ${last.length}` },
  ];
}

/** Jobs that boards are given while, and after, the miner takes bytes with a new tip. */
class TipTimes {
  readonly samples: { readonly firstMs: number; readonly lastMs: number }[] = [];
  /** Processor time of the turn in which a tip came: everything that waits for nothing is done in it. */
  readonly turns: number[] = [];
  readonly #waiting = new Set<number>();
  #beganAt = 0;
  #firstMs = 0;

  /** `tip` tells which one the miner works on. */
  deliver(deliver: () => void, tip: () => Uint8Array | undefined): void {
    if (this.#waiting.size > 0) return deliver(); // the last one is not over: this one is left out
    const before = tip();
    for (let board = 0; board < STICKS.length; board += 1) this.#waiting.add(board);
    const processor = process.threadCpuUsage();
    this.#beganAt = performance.now();
    deliver();
    if (tip() === before) return this.#waiting.clear();
    setImmediate(() => {
      const { user, system } = process.threadCpuUsage(processor);
      this.turns.push((user + system) / 1000);
    });
  }

  written(board: number, bytes: Uint8Array): void {
    if (bytes.length < JOB_BYTES || !this.#waiting.delete(board)) return;
    const ms = performance.now() - this.#beganAt;
    if (this.#waiting.size === STICKS.length - 1) this.#firstMs = ms;
    if (this.#waiting.size === 0) this.samples.push({ firstMs: this.#firstMs, lastMs: ms });
  }
}

function limitLine(name: string, ms: number, plain: number): Line {
  return {
    name,
    measured: showMs(ms),
    against: `limit ${PREVHASH_GOAL_MS} ms`,
    ratio: PREVHASH_GOAL_MS / ms,
    goal: `< ${PREVHASH_GOAL_MS} ms`,
    met: ms < PREVHASH_GOAL_MS ? true : plain > STARVED_GOAL ? 'not measured' : false,
  };
}

/** Whether the fastest board that is fed job by job ever has none. Takes about a minute. */
export async function usbFeed(): Promise<Line[]> {
  const plain = await plainTimers();
  const house = await openUsbHouse(R909, []);
  const [before] = await house.wire.stats();
  await wait(SPAN_MS);
  const [after] = await house.wire.stats();
  await house.close();
  if (!before || !after) throw new Error('there is no board');
  const starved = after.starvedHashes - before.starvedHashes;
  const part = starved / (starved + after.hashes - before.hashes);
  const jobs = ((after.jobs - before.jobs) * 1000) / SPAN_MS;
  const lost = (after.lostHashes - before.lostHashes) / (after.hashes - before.hashes);
  return [
    {
      name: 'USB, R909 without work',
      measured: `${(part * 100).toFixed(3)} % of its hashes`,
      against: `limit ${STARVED_GOAL * 100} %`,
      ratio: STARVED_GOAL / part,
      goal: `< ${STARVED_GOAL * 100} %`,
      met: part < STARVED_GOAL ? true : plain > STARVED_GOAL ? 'not measured' : false,
      note: `${jobs.toFixed(0)} jobs a second; with plain timers of nothing else ${(plain * 100).toFixed(2)} %; the emulation had no time for ${(lost * 100).toFixed(2)} % of the hashes`,
    },
  ];
}

/** The part of the time that a board fed by a timer alone would stand still on this machine now. */
async function plainTimers(): Promise<number> {
  const end = performance.now() + PLAIN_MS;
  let late = 0;
  for (let last = performance.now(); last < end; ) {
    await wait(R909_EVERY_MS);
    const now = performance.now();
    late += Math.max(0, now - last - R909_JOB_MS);
    last = now;
  }
  return late / PLAIN_MS;
}

function tooFew(name: string, count: number): Line {
  return { name, measured: '–', against: '', ratio: Number.NaN, goal: 'none', met: 'not measured', note: `only ${count} samples` };
}
