import { describe, expect, test } from 'vitest';
import example from './example.json' with { type: 'json' };
import noiseHandshake from './noise-handshake.json' with { type: 'json' };
import { runVectors } from './runner.ts';

type Vector = Record<string, unknown>;
const vectors: readonly Vector[] = example.vectors;
const runOne = (vector: unknown) => runVectors({ source: 'a test', vectors: [vector] })[0]?.wrong ?? [];

/** The vector with one bit of one hex text changed. */
function flipped(vector: Vector, field: string): Vector {
  const copy = structuredClone(vector);
  const text = copy[field] as string;
  const at = text.length - 1;
  copy[field] = text.slice(0, at) + (Number.parseInt(text.slice(at), 16) ^ 1).toString(16);
  return copy;
}

const binding: Readonly<Record<string, readonly string[]>> = {
  message: ['bytes'],
  noise: ['act1', 'act2', 'certificate', 'handshakeHash'],
  job: ['header', 'hash', 'prevHash', 'merkleRoot', 'target'],
};
const flips = vectors
  .filter(({ fault }) => fault === undefined)
  .flatMap((vector) => (binding[vector['kind'] as string] ?? []).map((field) => [vector['name'] as string, field, vector] as const))
  .filter(([, field, vector]) => field in vector);

describe('the example file', () => {
  test.each([example, noiseHandshake])('passes, every vector of it', (file) => {
    expect(runVectors(file).filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  });

  test('shows at least three of each kind', () => {
    for (const kind of Object.keys(binding)) expect(vectors.filter((vector) => vector['kind'] === kind).length).toBeGreaterThanOrEqual(3);
  });

  test.each(flips)('%s: one flipped bit of its %s fails', (_, field, vector) => {
    expect(runOne(vector)).toEqual([]);
    expect(runOne(flipped(vector, field))).not.toEqual([]);
  });

  test('a frame with a flipped bit, a wrong field and a missing field fail', () => {
    const noise = vectors.find((vector) => 'frames' in vector) as Vector;
    const [first, ...others] = noise['frames'] as Vector[];
    expect(runOne({ ...noise, frames: [flipped(first as Vector, 'bytes'), ...others] })).not.toEqual([]);
    const message = vectors[0] as Vector;
    const { vendor, ...without } = message['fields'] as Vector;
    expect(runOne({ ...message, fields: { ...without, vendor: `${vendor}!` } })).not.toEqual([]);
    expect(runOne({ ...message, fields: without })).not.toEqual([]);
  });

  test('a fault that does not come, or another one than expected, fails', () => {
    const faulty = vectors.filter(({ fault }) => fault !== undefined);
    for (const vector of faulty) expect(runOne({ ...vector, fault: 'certificate-something' })).not.toEqual([]);
    expect(runOne({ ...(vectors[0] as Vector), fields: undefined, fault: 'message-malformed' })).not.toEqual([]);
  });
});

describe('what is no vector', () => {
  test('an unknown kind fails with a sentence', () => {
    expect(runOne({ kind: 'sound', name: 'x' })).toEqual(['there is no kind "sound": known are message, noise, job']);
    for (const kind of ['toString', '__proto__', undefined]) expect(runOne({ kind, name: 'x' })).toHaveLength(1);
    for (const vector of [null, 5, 'text', []]) expect(runOne(vector)).toHaveLength(1);
  });

  test('an unknown field, an unknown message and an ambiguous name fail with a sentence', () => {
    const message = vectors[0] as Vector;
    expect(runOne({ ...message, feilds: {} }).join()).toContain('feilds');
    expect(runOne({ ...message, message: 'SetupConection' })).toEqual(['there is no message SetupConection']);
    const ambiguous = { ...(vectors.find((vector) => vector['message'] === 'SetNewPrevHash') as Vector), protocol: undefined };
    expect(runOne(ambiguous).join()).toContain('more than one');
  });

  test('a file without vectors fails instead of passing with nothing', () => {
    for (const file of [null, {}, [], { source: 'x', vectors: [] }, { vectors: [{}] }]) {
      expect(runVectors(file)).toMatchObject([{ name: 'the file' }]);
    }
  });
});
