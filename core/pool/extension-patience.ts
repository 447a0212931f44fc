/**
 * How long to wait for a server that may not know extensions (EXT-5): twice the time it took to connect, on the next
 * connection five times, then not at all: extensions are done without.
 */

const MULTIPLES = [2, 5] as const;
/** A connection on the same machine takes no time at all. */
const LEAST_MS = 100;
const MOST_MS = 1_000;

/** @param tries connections on which the server stayed silent; undefined = do not ask any more */
export function extensionPatienceMs(tries: number, connectMs: number): number | undefined {
  const multiple = MULTIPLES[tries];
  return multiple === undefined ? undefined : Math.min(MOST_MS, Math.max(LEAST_MS, multiple * connectMs));
}
