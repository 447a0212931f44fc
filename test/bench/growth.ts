/** Memory that is still in use after a collection of all garbage: whether it grows is what tells of a leak. */
import { fileURLToPath } from 'node:url';
import { HearthProcess } from '../system/hearth-process.ts';

const PROBE = fileURLToPath(new URL('./live-memory.cjs', import.meta.url));

/** Hearth with the probe in it; otherwise as shipped. */
export function probed(args: readonly string[]): HearthProcess {
  return new HearthProcess(args, { ...process.env, NODE_OPTIONS: `--require "${PROBE}"` });
}

/** Megabytes of 10^6 bytes in use. @throws Error when the process is gone */
export async function liveMb(hearth: HearthProcess): Promise<number> {
  const before = answers(hearth).length;
  hearth.child.kill('SIGUSR2');
  await hearth.until(() => answers(hearth).length > before);
  return (answers(hearth).at(-1)?.bytes ?? Number.NaN) / 1e6;
}

function answers({ stderr }: HearthProcess): { bytes: number }[] {
  const lines = stderr.split('\n').slice(0, -1);
  return lines.filter((line) => line.includes('"live-memory"')).map((line) => JSON.parse(line) as { bytes: number });
}
