/** Draws from an injected source of random bytes: chances, whole numbers, waiting times. */
import type { Random } from '../ports.ts';

/** A number from 0 up to, not including, 1. */
export function drawUnit(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}

/** A whole number from `least` to `most`, both included. */
export function drawWhole(random: Random, least: number, most: number): number {
  return least + Math.floor(drawUnit(random) * (most - least + 1));
}

/** The wait until the next of events that come by chance, `meanMs` apart on average. */
export function drawWaitMs(random: Random, meanMs: number): number {
  return -Math.log(1 - drawUnit(random)) * meanMs;
}
