/**
 * What the local page remembers between runs, in the data folder (mode 0600): its port and the digests of the browsers
 * that are signed in, so that pages left open go on after a restart. A file that cannot be read is forgotten.
 */
import * as z from 'zod';
import { describe, faultOf } from '../errors.ts';
import type { Files, Log } from '../ports.ts';

const schema = z.strictObject({
  version: z.literal(1),
  port: z.int().min(1).max(65_535),
  digests: z.array(z.string().length(43)).max(64),
});

export interface WebMemory {
  /** Of the last run; 0 when there was none. */
  readonly port: number;
  readonly digests: readonly string[];
  /** Never fails: without it people open the new link. */
  keep(port: number, digests: readonly string[]): Promise<void>;
}

export async function webMemory(files: Files, path: string, log: Log): Promise<WebMemory> {
  const { port, digests } = await read(files, path);
  const keep = (port: number, digests: readonly string[]) =>
    files
      .write(path, `${JSON.stringify({ version: 1, port, digests })}\n`)
      .catch((error: unknown) => log.write('warn', 'web-sessions-not-kept', { text: describe(faultOf(error)) }));
  return { port, digests, keep };
}

async function read(files: Files, path: string): Promise<{ port: number; digests: readonly string[] }> {
  try {
    return schema.parse(JSON.parse(await files.read(path)));
  } catch {
    return { port: 0, digests: [] };
  }
}
