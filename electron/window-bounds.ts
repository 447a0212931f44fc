/** Where the window stood, in a file of its own: losing it costs nothing, so a broken one is ignored. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { diskFiles } from '../core/io/files.ts';

const MAX_EDGE = 100_000; // far above any screen, and within what window systems take
const edge = z.int().min(-MAX_EDGE).max(MAX_EDGE);
const size = z.int().min(100).max(MAX_EDGE);
const schema = z.object({ x: edge.optional(), y: edge.optional(), width: size, height: size, maximised: z.boolean() });
export type Bounds = Readonly<z.infer<typeof schema>>;

const files = diskFiles();

export function readBounds(path: string): Bounds | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeBounds(path: string, bounds: Bounds): Promise<void> {
  await files.write(path, JSON.stringify(bounds)).catch(() => undefined);
}
