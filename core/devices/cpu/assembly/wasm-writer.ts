/**
 * WebAssembly's binary format (core specification, chapter 5), as little of it as the hash kernels need: one module
 * with one memory, one function and some data. The bytes depend on nothing but the arguments, so builds repeat exactly.
 */

/** Value types. */
export const I32 = 0x7f;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof V128;

/** Control and variable instructions. */
export const code = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  end: [0x0b],
  return: [0x0f],
  br: (depth: number) => [0x0c, ...unsigned(depth)],
  brIf: (depth: number) => [0x0d, ...unsigned(depth)],
  get: (local: number) => [0x20, ...unsigned(local)],
  set: (local: number) => [0x21, ...unsigned(local)],
  i32: (value: number) => [0x41, ...signed(value)],
} as const;

/** A vector instruction: prefix and opcode. */
export function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)];
}

/** LEB128, unsigned 32 bit. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** LEB128, signed 32 bit. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

export interface FunctionBody {
  readonly parameters: number;
  /** Types of the locals after the parameters. */
  readonly locals: readonly ValueType[];
  readonly code: readonly number[];
}

export interface DataSegment {
  readonly offset: number;
  readonly bytes: readonly number[];
}

/** A module that exports `memory` (one page of 64 KiB, never more) and `scan` (i32 parameters, one i32 result). */
export function encodeModule(scan: FunctionBody, data: readonly DataSegment[]): Uint8Array {
  const parameters = Array.from({ length: scan.parameters }, () => I32);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...unsigned(parameters.length), ...parameters, 1, I32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 1, 1, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('scan'), 0, 0]),
    ...section(10, [1, ...sized([...localRuns(scan.locals), ...scan.code, ...code.end])]),
    ...section(11, [
      ...unsigned(data.length),
      ...data.flatMap((segment) => [0, ...code.i32(segment.offset), ...code.end, ...sized(segment.bytes)]),
    ]),
  ]);
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...sized(bytes)];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function name(text: string): number[] {
  return sized([...text].map((letter) => letter.charCodeAt(0)));
}

/** Locals are declared as runs of one type. */
function localRuns(locals: readonly ValueType[]): number[] {
  const runs: [count: number, type: ValueType][] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0] += 1;
    else runs.push([1, type]);
  }
  return [...unsigned(runs.length), ...runs.flatMap(([count, type]) => [...unsigned(count), type])];
}
