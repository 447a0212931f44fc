/** Builds the hash kernels and shows them as the TypeScript file that is committed beside. Same input, same bytes. */

import type { Unit } from './emitter.ts';
import { buildKernel } from './kernel.ts';

interface KernelPlan {
  readonly name: string;
  readonly why: string;
  readonly units: readonly Unit[];
  readonly lanes: number;
}

const plans: readonly KernelPlan[] = [
  { name: 'scalarKernel', why: 'one nonce at a time, for engines without vector instructions', units: ['scalar'], lanes: 1 },
  {
    name: 'mixedKernel',
    why: 'four nonces in a vector and a fifth in plain registers, whose units would be idle otherwise',
    units: ['vector', 'scalar'],
    lanes: 5,
  },
  { name: 'wideKernel', why: 'two vectors that an engine may join to one of 256 bits', units: ['vector', 'vector'], lanes: 8 },
];

/** The text of `hasher.wasm.ts`. */
export function hasherSource(): string {
  const parts = plans.map(({ name, why, units, lanes }) => {
    const wasm = Buffer.from(buildKernel(units)).toString('base64');
    return `/** ${lanes} at once: ${why}. */\nexport const ${name} =\n  '${wasm}';\n`;
  });
  return `/** Made by \`npm run build:wasm\` from assembly/: WebAssembly modules in base64. Do not edit. */\n\n${parts.join('\n')}`;
}
