/** Keeps the computer awake while it mines, and only then. The screen may sleep. */
import { powerSaveBlocker } from 'electron';
import type { Door, MiningState } from '../core/contract.ts';

/**
 * Idle clocks of the system run on while a sleep is held off, so letting go for a moment between two pools would put the
 * computer to sleep at once, and out of reach of the next one. After this long without work it may.
 */
const WAITING_LIMIT_MS = 10 * 60_000;

export function stayAwakeWhileMining(door: Door): () => void {
  let blocker: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    if (blocker !== undefined) powerSaveBlocker.stop(blocker);
    blocker = undefined;
  };
  const settle = (at: MiningState['at']) => {
    if (at === 'waiting' && blocker !== undefined) {
      timer ??= setTimeout(release, WAITING_LIMIT_MS);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    if (at === 'mining') blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (at !== 'starting') release();
  };
  const unwatch = door.watch(
    ({ mining }) => settle(mining.at),
    () => undefined,
  );
  return () => {
    unwatch();
    clearTimeout(timer);
    release();
  };
}
