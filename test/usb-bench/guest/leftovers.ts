/** What earlier runs of the bench left in the cache: files that carry the id of a process which is no more. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OWNED = /^(?:app|initramfs|console)-(\d+)\.(?:cpio|log)$/;

/** Removes them; returns their names. */
export function removeLeftovers(folder: string): readonly string[] {
  const dead = readdirSync(folder).filter((name) => {
    const owner = OWNED.exec(name)?.[1];
    return owner !== undefined && !isAlive(Number(owner));
  });
  for (const name of dead) rmSync(join(folder, name), { force: true });
  return dead;
}

/** A process of somebody else cannot be asked, and so is there. */
function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
