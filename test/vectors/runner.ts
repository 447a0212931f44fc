/** Runs a file of vectors (format: README.md beside this file) against the real code. */
import * as z from 'zod';
import { checkJob, jobVector } from './job-vector.ts';
import { checkMessage, messageVector } from './message-vector.ts';
import { checkNoise, noiseVector } from './noise-vector.ts';
import type { Outcome } from './outcome.ts';

/** A file that is larger is not a file of vectors: the largest message is 32 million digits. */
export const MAX_VECTORS = 100_000;

const vectorFile = z.strictObject({ source: z.string(), vectors: z.array(z.unknown()).min(1).max(MAX_VECTORS) });

const kinds: Readonly<Record<string, (vector: unknown) => string[]>> = {
  message: (vector) => checkMessage(messageVector.parse(vector)),
  noise: (vector) => checkNoise(noiseVector.parse(vector)),
  job: (vector) => checkJob(jobVector.parse(vector)),
};

/** One outcome for each vector, in order. A file that is no file of vectors gives one outcome that says so. */
export function runVectors(file: unknown): Outcome[] {
  const parsed = vectorFile.safeParse(file);
  if (!parsed.success) return [{ name: 'the file', wrong: sentences(parsed.error) }];
  return parsed.data.vectors.map((vector, index) => ({ name: nameOf(vector, index), wrong: check(vector) }));
}

function check(vector: unknown): readonly string[] {
  const kind = String((vector as { kind?: unknown } | null)?.kind);
  if (!Object.hasOwn(kinds, kind)) return [`there is no kind "${kind}": known are ${Object.keys(kinds).join(', ')}`];
  try {
    return kinds[kind]?.(vector) ?? [];
  } catch (error) {
    return error instanceof z.ZodError ? sentences(error) : [error instanceof Error ? error.message : String(error)];
  }
}

function nameOf(vector: unknown, index: number): string {
  const { kind, name } = (vector ?? {}) as { kind?: unknown; name?: unknown };
  return `${index} ${String(kind)}: ${typeof name === 'string' ? name : 'without a name'}`;
}

function sentences(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
}
