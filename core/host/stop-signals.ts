/** How a person, a closed terminal or the system asks this process to end: once kindly, twice at once. */

/** SIGHUP: the terminal was closed. SIGBREAK: Ctrl-Break on Windows. */
const SIGNALS = process.platform === 'win32' ? (['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const);
/** Of the second request. */
export const FORCED_EXIT_CODE = 130;

export function onStopSignal(stop: (why: string) => void): void {
  let asked = 0;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      asked += 1;
      if (asked > 1) process.exit(FORCED_EXIT_CODE);
      stop(signal);
    });
  // The launcher is gone, however it went: nobody could end this process any more.
  if (process.channel) process.once('disconnect', () => stop('launcher gone'));
  process.channel?.unref();
}
