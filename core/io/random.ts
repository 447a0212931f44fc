/** The system's secure randomness. Implements `Random` of core/ports.ts (rule R4). */
import { randomFillSync } from 'node:crypto';
import type { Random } from '../ports.ts';

export const systemRandom: Random = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
};
