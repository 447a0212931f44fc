/** What nobody caught. The process must end, but not at once: boards would stay powered, and what was mined unwritten. */
import { faultOf } from '../errors.ts';
import { systemClock } from '../io/clock.ts';
import { faultSnapshot } from '../miner/standing-faults.ts';
import type { Log } from '../ports.ts';
import { faultText } from './terminal/fault-text.ts';

/** Above the sum of the miner's own limits; then the process goes whatever is still open. */
export const END_LIMIT_MS = 20_000;

/** Calls for the first of them, to end everything in order within the limit; those that follow from it are not told. */
export function onCrash(crash: (error: unknown) => void): void {
  let isEnding = false;
  const caught = (error: unknown) => {
    if (isEnding) return;
    isEnding = true;
    process.exitCode = 1; // where nothing is left that would end it
    setTimeout(() => process.exit(1), END_LIMIT_MS).unref();
    crash(error);
  };
  process.on('uncaughtException', caught);
  process.on('unhandledRejection', caught);
}

/** One line for the person; the log knows where it was as well. */
export function tellCrash(error: unknown, log: Log, say: (line: string) => void): void {
  log.write('error', 'crashed', { text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  say(faultText(faultSnapshot(faultOf(error), 'app', systemClock.now())));
}
