/**
 * New prevhash bytes → first new work at the device: sealed bytes of SetNewPrevHash, as they come off a stream, go into a
 * V2Pool; its jobs go into the real scheduler; devices pull as soon as they are told to renew. Measured from the call that
 * brings the bytes to the moment at which the last device holds new work. Every sample is half a minute of the pool's time
 * after the one before, so that no limit of the connection is met.
 */
import type { DeviceIdentity, Work, WorkFeed } from '../../core/devices/device.ts';
import { Scheduler } from '../../core/work/scheduler.ts';
import { HARDWARE_BITS } from '../../core/work/version-bits.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { BenchClock } from './bench-clock.ts';
import { BenchPool } from './bench-pool.ts';
import { futureJob, prevHashOf } from './bench-work.ts';
import type { Line } from './line.ts';
import { median, percentile99, showMs } from './percentiles.ts';
import { plainLoop } from './plain-loop.ts';

const WARM_UP = 500;
const SAMPLES = 5_000;
const BETWEEN_MS = 30_000;
/** Handshake and first job need a few turns of the event loop. */
const MOST_TURNS = 1_000;

interface Case {
  readonly title: string;
  readonly devices: number;
  readonly channel: 'standard' | 'extended';
  readonly rolling: boolean;
  /** The job comes in the same piece as its prevhash: some pools have no template before. */
  readonly jobWithIt: boolean;
  readonly goalMs: number;
}

const BASE: Case = { title: '', devices: 1, channel: 'extended', rolling: true, jobWithIt: false, goalMs: 0.5 };
const CASES: readonly Case[] = [
  { ...BASE, title: '1 device' },
  { ...BASE, title: '16 devices', devices: 16, goalMs: 2 },
  { ...BASE, title: '16 devices, a root each (no version rolling)', devices: 16, rolling: false, goalMs: 2 },
  { ...BASE, title: '1 device, standard channel', channel: 'standard' },
  { ...BASE, title: '1 device, job and prevhash together', jobWithIt: true },
];

interface Sample {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Takes some seconds. */
export async function prevhash(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const one of CASES) {
    const bench = await start(one);
    const cold = bench.sample();
    if (one === CASES[0]) lines.push(coldLine(cold));
    lines.push(...linesOf(one, await many(bench)));
    await bench.stop();
  }
  return lines;
}

interface Measured {
  readonly samples: readonly Sample[];
  /** The plain loop's times, one after each sample. */
  readonly plainMs: readonly number[];
}

async function many(bench: PrevHashBench): Promise<Measured> {
  const warmUp: number[] = [];
  for (let count = 0; count < WARM_UP; count += 1) {
    warmUp.push(bench.sample().lastMs);
    await turn();
  }
  const plain = plainLoop(median(warmUp));
  const samples: Sample[] = [];
  const plainMs: number[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    samples.push(bench.sample());
    plainMs.push(plain());
    await turn();
  }
  return { samples, plainMs };
}

function linesOf({ title, devices, goalMs }: Case, { samples, plainMs }: Measured): Line[] {
  const last = samples.map(({ lastMs }) => lastMs);
  const first = median(samples.map(({ firstMs }) => firstMs));
  const name = `new prevhash → first new work, ${title}`;
  return [
    { ...limitLine(`${name}, median`, median(last), goalMs), ...(devices > 1 && { note: `first device ${showMs(first)}` }) },
    besidePlainLoop(limitLine(`${name}, p99`, percentile99(last), goalMs), percentile99(plainMs), goalMs),
  ];
}

/** A goal that plain arithmetic misses beside it cannot be judged: the machine was given to others. */
function besidePlainLoop(line: Line, plainMs: number, goalMs: number): Line {
  const note = `a plain loop as long as the median: ${showMs(plainMs)}`;
  if (line.met === true || plainMs < goalMs) return { ...line, note };
  return { ...line, met: 'not measured', note: `${note}: the machine is too busy to tell` };
}

function limitLine(name: string, ms: number, goalMs: number): Line {
  return { name, measured: showMs(ms), against: `limit ${goalMs} ms`, ratio: goalMs / ms, goal: `< ${goalMs} ms`, met: ms < goalMs };
}

function coldLine({ lastMs }: Sample): Line {
  const name = 'new prevhash → first new work, 1 device, the very first of a process';
  return { name, measured: showMs(lastMs), against: '', ratio: Number.NaN, goal: 'none', met: 'no goal' };
}

interface PrevHashBench {
  sample(): Sample;
  stop(): Promise<void>;
}

async function start(one: Case): Promise<PrevHashBench> {
  const clock = new BenchClock();
  const pool = new BenchPool({ clock, channel: one.channel });
  const scheduler = new Scheduler({ clock, random: seededRandom('bench') }, () => {});
  const devices = Array.from({ length: one.devices }, (_, index) => new PullingDevice(scheduler, index));
  pool.source.start((event) => {
    if (event.type === 'job') scheduler.take(event.job, event.clean);
  });
  for (let turns = 0; scheduler.job === undefined; turns += 1) {
    if (turns > MOST_TURNS) throw new Error('the bench pool gave no job');
    await turn();
  }
  let jobId = 1;
  const sample = (): Sample => {
    clock.skip(BETWEEN_MS);
    jobId += 1;
    const job = futureJob(one.channel, jobId, one.rolling);
    if (!one.jobWithIt) pool.deliver(pool.seal(job));
    const tip = prevHashOf(jobId, Math.floor(clock.now() / 1000));
    const bytes = one.jobWithIt ? pool.seal(job, tip) : pool.seal(tip);
    const began = performance.now();
    pool.deliver(bytes);
    return sampleOf(devices, began, scheduler.job?.prevHash);
  };
  return { sample, stop: () => pool.source.stop(0) };
}

/** @throws Error when a device holds other work than that of the new job: then nothing was measured */
function sampleOf(devices: readonly PullingDevice[], began: number, prevHash: Uint8Array | undefined): Sample {
  const at = devices.map(({ workAt }) => workAt - began);
  const isNew = ({ work }: PullingDevice) => work !== undefined && prevHash?.every((byte, index) => work.header[4 + index] === byte);
  if (!devices.every(isNew) || at.some((ms) => ms < 0)) throw new Error('a device was not given the new work');
  return { firstMs: Math.min(...at), lastMs: Math.max(...at) };
}

/** A stick that rolls versions itself and holds one work. */
class PullingDevice {
  readonly identity: DeviceIdentity;
  work: Work | undefined;
  workAt = 0;
  readonly #feed: WorkFeed;

  constructor(scheduler: Scheduler, index: number) {
    const id = `stick-${index}`;
    this.identity = {
      id,
      kind: 'usb',
      model: 'Bench',
      location: id,
      chips: 1,
      versionMask: HARDWARE_BITS,
      takes: 'midstates',
    };
    this.#feed = scheduler.attach(this).feed;
  }

  renew(): void {
    this.work = this.#feed.next();
    this.workAt = performance.now();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
