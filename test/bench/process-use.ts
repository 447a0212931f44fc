/** What a process uses of the machine, by the system's own account (Linux). */
import { readFileSync } from 'node:fs';
import { processorSeconds } from './processor-time.ts';

export interface Use {
  readonly processorS: number;
  /** Megabytes of 10^6 bytes, pages of mapped files included. */
  readonly residentMb: number;
  /** Of those, what is no file. */
  readonly ownMb: number;
}

/** @throws Error where the system does not tell, or the process is gone */
export function useOf(pid: number): Use {
  const processorS = processorSeconds(pid);
  if (processorS === undefined) throw new Error(`/proc tells nothing of process ${pid}`);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { processorS, residentMb: field(status, 'VmRSS'), ownMb: field(status, 'RssAnon') };
}

function field(status: string, name: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc does not tell ${name}`);
  return (Number(kibibytes) * 1024) / 1e6;
}
