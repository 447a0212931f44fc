/**
 * Idle: Hearth in a terminal, connected, with its processor paused. Once to a pool that is another process, once with the
 * practice pool inside. Processor time and memory come from the system's own account of the process; growth is the line
 * fitted through the memory after the first minutes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { HearthProcess, temporaryFolder } from '../system/hearth-process.ts';
import type { Line } from './line.ts';
import { PoolProcess } from './pool-process.ts';
import { type Use, useOf } from './process-use.ts';

const GOAL_CORE = 0.02;
const GOAL_MB = 120;
/** What the fitted line may rise over the time that counts: garbage is collected in steps of about this. */
const GOAL_GROWTH_MB = 2;
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
    const lines = await Promise.all([
      one('connected to a pool', ['--pool', pool.url, '--user', 'bench'], minutes),
      one('practice pool inside', ['--practice'], minutes),
    ]);
    return lines.flat();
  } finally {
    await pool.stop();
  }
}

async function one(title: string, source: readonly string[], minutes: number): Promise<Line[]> {
  const folder = temporaryFolder();
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(`${folder.path}/settings.json`, JSON.stringify(PAUSED));
  const hearth = new HearthProcess(['--headless', ...source, '--json', '--data', folder.path]);
  try {
    await hearth.until(({ stdout }) => stdout.includes('"state":"open"'));
    return linesOf(title, await sample(hearth.child.pid as number, minutes), minutes);
  } catch (error) {
    return notMeasured(title, (error as Error).message.split('\n')[0] ?? '');
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
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  }
  return samples;
}

function linesOf(title: string, samples: readonly Sample[], minutes: number): Line[] {
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const core = (last.processorS - first.processorS) / ((last.atMs - first.atMs) / 1000);
  const most = Math.max(...samples.map(({ residentMb }) => residentMb));
  const settleMs = Math.min(SETTLE_MINUTES, minutes / 5) * 60_000;
  const settled = samples.filter(({ atMs }) => atMs >= settleMs);
  const spanMinutes = (last.atMs - settleMs) / 60_000;
  const growth = slopePerMinute(settled) * spanMinutes;
  const name = `idle, ${title}, ${minutes} min`;
  return [
    { name: `${name}: processor`, measured: `${(core * 100).toFixed(2)} % of a core`, ...limit(core, GOAL_CORE, `${GOAL_CORE * 100} %`) },
    {
      name: `${name}: memory`,
      measured: `${most.toFixed(1)} MB at most`,
      ...limit(most, GOAL_MB, `${GOAL_MB} MB`),
      note: `${last.residentMb.toFixed(1)} MB at the end, ${last.ownMb.toFixed(1)} of them its own, the rest shared files`,
    },
    {
      name: `${name}: growth`,
      measured: `${growth.toFixed(2)} MB in ${spanMinutes.toFixed(1)} min`,
      against: `limit ${GOAL_GROWTH_MB} MB`,
      ratio: Number.NaN,
      goal: 'no growth',
      met: growth <= GOAL_GROWTH_MB,
    },
  ];
}

function limit(value: number, most: number, shown: string): Pick<Line, 'against' | 'ratio' | 'goal' | 'met'> {
  return { against: `limit ${shown}`, ratio: most / value, goal: `< ${shown}`, met: value < most };
}

/** Least squares through the resident memory. */
function slopePerMinute(samples: readonly Sample[]): number {
  const points = samples.map(({ atMs, residentMb }) => ({ x: atMs / 60_000, y: residentMb }));
  const mean = (pick: (point: { x: number; y: number }) => number) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = mean(({ x }) => (x - meanX) ** 2);
  return spread === 0 ? 0 : mean(({ x, y }) => (x - meanX) * (y - meanY)) / spread;
}

function notMeasured(title: string, note: string): Line[] {
  const name = `idle, ${title}`;
  return [{ name, measured: '–', against: `limit ${GOAL_MB} MB`, ratio: Number.NaN, goal: `< ${GOAL_MB} MB`, met: 'not measured', note }];
}
