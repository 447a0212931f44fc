/** Writes the built kernels to hasher.wasm.ts. */
import { writeFileSync } from 'node:fs';
import { hasherSource } from './build.ts';

const path = new URL('../hasher.wasm.ts', import.meta.url);
writeFileSync(path, hasherSource());
