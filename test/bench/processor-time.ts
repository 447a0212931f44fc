/**
 * How long a program really had a processor. Rates per second of processor time stay comparable on a machine that others
 * use too, where rates per second of the clock on the wall compare only who was disturbed more.
 */
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux architecture that Node runs on

/** Seconds that all threads of a process used, those that ended included; undefined where the system does not tell (not Linux). */
export function processorSeconds(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** The same for this process, exact to microseconds. */
export function ownProcessorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
