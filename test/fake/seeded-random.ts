/** Random bytes that are the same in every run: SHA-256 of a seed and a counter. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { concat } from '../../core/bytes.ts';
import type { Random } from '../../core/ports.ts';

export function seededRandom(seed = 'hearth'): Random {
  let counter = 0;
  return {
    bytes: (length) => {
      const blocks: Uint8Array[] = [];
      for (let have = 0; have < length; have += 32) {
        blocks.push(sha256(utf8ToBytes(`${seed}:${counter}`)));
        counter += 1;
      }
      return concat(...blocks).slice(0, length);
    },
  };
}
