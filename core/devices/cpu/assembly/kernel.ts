/**
 * A kernel: one wasm function that tries nonces of one work and stops at the first block of nonces with a promising one.
 *
 * `scan(first, stride, blocks)`: lane l of block b hashes nonce `first + l·stride + b` (modulo 2^32). Returns the index of
 * the first block in which the top word of some lane's hash is at most the limit, or `blocks` when there is none. The top
 * words of all lanes of that block then stand at `memoryAt.words`.
 */
import { Emitter, loadWord, storeWord, type Unit } from './emitter.ts';
import { topWord } from './sha256d.ts';
import { code, type DataSegment, encodeModule, simd, unsigned } from './wasm-writer.ts';
import { type Word, WordGraph } from './word-graph.ts';

/** The kernel's memory, in bytes. The first twelve words are written by whoever calls it. */
export const memoryAt = { midstate: 0, tail: 32, limit: 44, words: 64, lanes: 128, uniforms: 256, constants: 1024 } as const;

const FIRST = 0;
const STRIDE = 1;
const BLOCKS = 2;
const PARAMETERS = 3;
const LANES_OF: Record<Unit, number> = { scalar: 1, vector: 4 };

const V_LOAD = [...simd(0x00), 4];
const V_STORE = [...simd(0x0b), 4];
const V_LOAD_SPLAT = [...simd(0x09), 2];
const V_SPLAT = simd(0x11);
const V_LE_U = simd(0x3e);
const V_OR = simd(0x50);
const V_ANY_TRUE = simd(0x53);
const V_ADD = simd(0xae);
const V_MUL = simd(0xb5);
const V_ONES = [...simd(0x0c), ...[1, 1, 1, 1].flatMap((word) => [word, 0, 0, 0])];
const I_ADD = [0x6a];
const I_MUL = [0x6c];
const I_OR = [0x72];
const I_LE_U = [0x4d];
const I_GE_U = [0x4f];

/** The module's bytes. `units` are computed side by side, round by round. */
export function buildKernel(units: readonly Unit[]): Uint8Array {
  const emitter = new Emitter(PARAMETERS, memoryAt);
  const block = emitter.newLocal('scalar');
  const places = units.map((unit, index) => ({
    unit,
    lane: units.slice(0, index).reduce((total, before) => total + LANES_OF[before], 0),
    nonce: emitter.newLocal(unit),
  }));
  const hashes = emitHashes(emitter, places);
  const start = places.flatMap((place) => firstNonces(place));
  const next = places.flatMap((place) => nextNonces(place));
  const loop = [
    ...[...code.get(block), ...code.get(BLOCKS), ...I_GE_U, ...code.brIf(1)],
    ...[...emitter.body, ...hashes, ...promising(places), ...code.brIf(1)],
    ...[...next, ...code.get(block), ...code.i32(1), ...I_ADD, ...code.set(block), ...code.br(0)],
  ];
  const body = [...emitter.prologue, ...start, ...code.block, ...code.loop, ...loop, ...code.end, ...code.end, ...code.get(block)];
  return encodeModule({ parameters: PARAMETERS, locals: emitter.locals, code: body }, data(emitter));
}

interface Place {
  readonly unit: Unit;
  readonly lane: number;
  /** The local that holds this block's nonces. */
  readonly nonce: number;
}

/** Emits all rounds of all units, interleaved; returns the code that stores the top words. */
function emitHashes(emitter: Emitter, places: readonly Place[]): number[] {
  const graphs = places.map((place) => {
    const graph = new WordGraph(place.unit === 'scalar');
    const midstate = inputs(graph, memoryAt.midstate, 8);
    const result = topWord(graph, { midstate, tail: inputs(graph, memoryAt.tail, 3) });
    return { graph, result, out: emitter.unit(place.unit, place.nonce, [result]) };
  });
  const rounds = graphs[0]?.graph.rounds.length ?? 0;
  for (let round = 0; round < rounds; round += 1)
    for (const { graph, out } of graphs) out.emit(graph.varying.slice(graph.rounds[round - 1] ?? 0, graph.rounds[round]));
  for (const { graph, out } of graphs) out.emit(graph.varying.slice(graph.rounds[rounds - 1]));
  // All values first, then the stores next to each other: an engine may join two neighbouring 128-bit stores to one of 256.
  const values = graphs.map(({ result, out }, index) => ({
    push: out.push(result),
    local: emitter.newLocal((places[index] as Place).unit),
  }));
  const kept = values.flatMap(({ push, local }) => [...push, ...code.set(local)]);
  return [...kept, ...values.flatMap(({ local }, index) => storeTopWords(places[index] as Place, local))];
}

function storeTopWords({ unit, lane }: Place, local: number): number[] {
  const offset = memoryAt.words + lane * 4;
  return [...code.i32(0), ...code.get(local), ...(unit === 'vector' ? [...V_STORE, ...unsigned(offset)] : storeWord(offset))];
}

function inputs(graph: WordGraph, offset: number, count: number): Word[] {
  return Array.from({ length: count }, (_, index) => graph.input(offset + index * 4));
}

/** `first + lane·stride`. */
function firstNonces({ unit, lane, nonce }: Place): number[] {
  if (unit === 'scalar') return [...code.get(FIRST), ...code.i32(lane), ...code.get(STRIDE), ...I_MUL, ...I_ADD, ...code.set(nonce)];
  const lanes = [...code.i32(0), ...V_LOAD, ...unsigned(memoryAt.lanes + lane * 4)];
  return [...lanes, ...code.get(STRIDE), ...V_SPLAT, ...V_MUL, ...code.get(FIRST), ...V_SPLAT, ...V_ADD, ...code.set(nonce)];
}

function nextNonces({ unit, nonce }: Place): number[] {
  const one = unit === 'vector' ? V_ONES : code.i32(1);
  return [...code.get(nonce), ...one, ...(unit === 'vector' ? V_ADD : I_ADD), ...code.set(nonce)];
}

/** Pushes whether any stored word is at most the limit. */
function promising(places: readonly Place[]): number[] {
  const vectors = places.filter((place) => place.unit === 'vector').map(({ lane }) => vectorAtMost(lane));
  const scalars = places.filter((place) => place.unit === 'scalar').map(({ lane }) => scalarAtMost(lane));
  const any = vectors.length === 0 ? [] : [[...joined(vectors, V_OR), ...V_ANY_TRUE]];
  return joined([...any, ...scalars], I_OR);
}

function vectorAtMost(lane: number): number[] {
  const words = [...code.i32(0), ...V_LOAD, ...unsigned(memoryAt.words + lane * 4)];
  return [...words, ...code.i32(0), ...V_LOAD_SPLAT, ...unsigned(memoryAt.limit), ...V_LE_U];
}

function scalarAtMost(lane: number): number[] {
  return [...code.i32(0), ...loadWord(memoryAt.words + lane * 4), ...code.i32(0), ...loadWord(memoryAt.limit), ...I_LE_U];
}

function joined(parts: readonly (readonly number[])[], operation: readonly number[]): number[] {
  return parts.flatMap((part, index) => (index === 0 ? [...part] : [...part, ...operation]));
}

function data(emitter: Emitter): DataSegment[] {
  const lanes = Array.from({ length: 8 }, (_, lane) => [lane, 0, 0, 0]).flat();
  return [
    { offset: memoryAt.lanes, bytes: lanes },
    { offset: memoryAt.constants, bytes: emitter.constantBytes() },
  ];
}
