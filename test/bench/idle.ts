/**
 * Idle: Hearth in a terminal, connected, with its processor paused. Once to a pool that is another process, once with the
 * practice pool inside. Processor time and memory come from the system's own account of the process. Beside each runs one
 * like it that is made to collect its garbage after two minutes and at the end: what is left then must not have grown.
 */
import { writeFileSync } from 'node:fs';
import { HearthProcess, temporaryFolder } from '../system/hearth-process.ts';
import { liveMb, probed } from './growth.ts';
import type { Line } from './line.ts';
import { PoolProcess } from './pool-process.ts';
import { type Use, useOf } from './process-use.ts';

const GOAL_CORE = 0.02;
const GOAL_MB = 120;
/** More than this between two collections is growth; less is code that was compiled meanwhile. */
const GOAL_GROWTH_MB = 1;
/**
 * The practice chain's transactions wait for a block, which comes in four minutes on average: as many as may wait hold less
 * than this, and a block frees them. Whether more than that grows shows in a run of hours only.
 */
const MEMPOOL_MB = 2;
/** Settling in is no growth. */
const SETTLE_MINUTES = 2;
const SAMPLE_EVERY_MS = 5_000;
const PAUSED = { devices: { processor: { paused: true } } };

interface Sample extends Use {
  readonly atMs: number;
}

/** Takes `minutes`. */
export async function idle(minutes: number): Promise<Line[]> {
  const pool = await PoolProcess.start();
  try {
    const elsewhere = ['--pool', pool.url, '--user', 'bench'];
    const inside = ['--practice'];
    const lines = await Promise.all([
      use(`idle, connected to a pool, ${minutes} min`, elsewhere, minutes),
      growth(`idle, connected to a pool, ${minutes} min`, elsewhere, minutes),
      use(`idle, practice pool inside, ${minutes} min`, inside, minutes),
      growth(`idle, practice pool inside, ${minutes} min`, inside, minutes, GOAL_GROWTH_MB + MEMPOOL_MB),
    ]);
    return lines.flat();
  } finally {
    await pool.stop();
  }
}

async function use(name: string, source: readonly string[], minutes: number): Promise<Line[]> {
  const samples = await running(
    source,
    (args) => new HearthProcess(args),
    ({ child }) => sample(child.pid as number, minutes),
  );
  if (typeof samples === 'string') return [notMeasured(`${name}: processor and memory`, samples)];
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const core = (last.processorS - first.processorS) / ((last.atMs - first.atMs) / 1000);
  const most = Math.max(...samples.map(({ residentMb }) => residentMb));
  return [
    { name: `${name}: processor`, measured: `${(core * 100).toFixed(2)} % of a core`, ...limit(core, GOAL_CORE, `${GOAL_CORE * 100} %`) },
    {
      name: `${name}: memory`,
      measured: `${most.toFixed(1)} MB at most`,
      ...limit(most, GOAL_MB, `${GOAL_MB} MB`),
      note: `${last.residentMb.toFixed(1)} MB at the end, ${last.ownMb.toFixed(1)} of them its own, the rest mapped files`,
    },
  ];
}

async function growth(name: string, source: readonly string[], minutes: number, goalMb = GOAL_GROWTH_MB): Promise<Line[]> {
  const settle = Math.min(SETTLE_MINUTES, minutes / 5);
  const live = await running(source, probed, async (hearth) => {
    await wait(settle * 60_000);
    const before = await liveMb(hearth);
    await wait((minutes - settle) * 60_000);
    return { before, after: await liveMb(hearth) };
  });
  if (typeof live === 'string') return [notMeasured(`${name}: growth`, live)];
  const grown = live.after - live.before;
  return [
    {
      name: `${name}: growth`,
      measured: `${grown.toFixed(2)} MB in ${(minutes - settle).toFixed(1)} min`,
      against: `limit ${goalMb} MB`,
      ratio: Number.NaN,
      goal: 'no growth',
      met: grown < goalMb,
      note: `${live.before.toFixed(1)} MB in use, then ${live.after.toFixed(1)}`,
    },
  ];
}

/** What `measure` says of a Hearth that is connected; a sentence when it could not be measured. */
async function running<T>(
  source: readonly string[],
  start: (args: readonly string[]) => HearthProcess,
  measure: (hearth: HearthProcess) => Promise<T>,
): Promise<T | string> {
  const folder = temporaryFolder();
  writeFileSync(`${folder.path}/settings.json`, JSON.stringify(PAUSED));
  const hearth = start(['--headless', ...source, '--json', '--data', folder.path]);
  try {
    await hearth.until(({ stdout }) => stdout.includes('"state":"open"'));
    return await measure(hearth);
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  } finally {
    hearth.child.kill();
    await hearth.exited;
    folder.remove();
  }
}

/** @throws Error where the system does not tell */
async function sample(pid: number, minutes: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began = performance.now();
  for (let atMs = 0; atMs <= minutes * 60_000; atMs = performance.now() - began) {
    samples.push({ atMs, ...useOf(pid) });
    await wait(SAMPLE_EVERY_MS);
  }
  return samples;
}

function limit(value: number, most: number, shown: string): Pick<Line, 'against' | 'ratio' | 'goal' | 'met'> {
  return { against: `limit ${shown}`, ratio: most / value, goal: `< ${shown}`, met: value < most };
}

function notMeasured(name: string, note: string): Line {
  return { name, measured: '–', against: '', ratio: Number.NaN, goal: 'idle', met: 'not measured', note };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
