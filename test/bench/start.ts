/** Start → first accepted share, in a terminal: from the moment the process is made to the line that says so. Fresh data each time. */
import { HearthProcess, temporaryFolder } from '../system/hearth-process.ts';
import type { Line } from './line.ts';
import { median } from './percentiles.ts';

const STARTS = 3;
const GOAL_S = 3;
const NAME = 'start → first accepted share, practice in a terminal';

/** Takes some seconds. */
export async function start(): Promise<Line[]> {
  const seconds: number[] = [];
  try {
    for (let count = 0; count < STARTS; count += 1) seconds.push(await firstShare());
  } catch (error) {
    const note = (error as Error).message.split('\n')[0] ?? '';
    return [
      { name: NAME, measured: '–', against: `limit ${GOAL_S} s`, ratio: Number.NaN, goal: `< ${GOAL_S} s`, met: 'not measured', note },
    ];
  }
  const middle = median(seconds);
  return [
    {
      name: NAME,
      measured: `${middle.toFixed(2)} s`,
      against: `limit ${GOAL_S} s`,
      ratio: GOAL_S / middle,
      goal: `< ${GOAL_S} s`,
      met: middle < GOAL_S,
      note: `median of ${seconds.map((one) => one.toFixed(2)).join(', ')}`,
    },
  ];
}

async function firstShare(): Promise<number> {
  const folder = temporaryFolder();
  const began = performance.now();
  const hearth = new HearthProcess(['--headless', '--practice', '--shares', '1', '--json', '--data', folder.path]);
  try {
    await hearth.until(({ stdout }) => stdout.includes('"type":"share-accepted"'));
    return (performance.now() - began) / 1000;
  } finally {
    hearth.child.kill();
    await hearth.exited;
    folder.remove();
  }
}
