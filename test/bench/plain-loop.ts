/**
 * Arithmetic and nothing else, made as long as what is measured: how often it takes longer than it should is how often the
 * machine was busy with others.
 */

const TRIAL_ROUNDS = 100_000;
const TRIALS = 50;

/** A function that computes for about `ms` and gives how long it took. */
export function plainLoop(ms: number): () => number {
  const trials = Array.from({ length: TRIALS }, () => timed(TRIAL_ROUNDS));
  const roundMs = Math.min(...trials) / TRIAL_ROUNDS;
  const rounds = Math.max(1, Math.round(ms / roundMs));
  return () => timed(rounds);
}

let sum = 1;

function timed(rounds: number): number {
  const began = performance.now();
  // Each round needs the one before, so that no compiler leaves any out.
  for (let round = 0; round < rounds; round += 1) sum = (Math.imul(sum, 1_664_525) + 1_013_904_223) | 0;
  return performance.now() - began;
}
