/**
 * V8 can join pairs of 128-bit vector operations to AVX2's 256 bits ("revectorization"). It is an experimental pass behind
 * a flag, so it is used with care: only in versions of V8 in which it was tried with these very kernels; only during the second
 * or so in which hash threads compile, so that other modules of the process hardly meet it; and a kernel made so must still give
 * the known answers, agree with the plain one on a thousand nonces and be measured faster before it hashes (`hash-trial.ts`).
 */
import { setFlagsFromString } from 'node:v8';

/** V8 of Node 24. Electron's is newer and was not tried: add it here when it was. */
const TRIED_VERSIONS = ['13.6.'];
const FLAG = 'experimental-wasm-revectorize';

/** One for the process: the flag is the process's. */
let compiling = 0;

export class WideCompilation {
  /** Whether the flag will be set at all. */
  readonly #possible: boolean;

  /** @param wanted true or false to overrule the list of versions */
  constructor(wanted?: boolean) {
    this.#possible = wanted ?? (process.arch === 'x64' && TRIED_VERSIONS.some((version) => process.versions.v8.startsWith(version)));
  }

  /** From now on until the returned function is called (calling again does nothing), modules are compiled wide. */
  begin(): () => void {
    if (!this.#possible) return () => {};
    if (compiling === 0) setFlagsFromString(`--${FLAG}`);
    compiling += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      compiling -= 1;
      if (compiling === 0) setFlagsFromString(`--no-${FLAG}`);
    };
  }
}
