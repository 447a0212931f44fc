/** Boards on USB lose their power before the computer sleeps, and start again when it wakes. */
import { powerMonitor } from 'electron';

export interface Sleeper {
  sleep(): void;
  wake(): void;
}

/** Returns the function that stops listening. */
export function restWhileAsleep(miner: Sleeper): () => void {
  const sleep = () => miner.sleep();
  const wake = () => miner.wake();
  powerMonitor.on('suspend', sleep);
  powerMonitor.on('resume', wake);
  return () => {
    powerMonitor.off('suspend', sleep);
    powerMonitor.off('resume', wake);
  };
}
