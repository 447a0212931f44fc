/** Of many samples: the one in the middle, and the one that only a hundredth exceeds. */

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

export function percentile99(samples: readonly number[]): number {
  return percentile(samples, 0.99);
}

function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function showMs(ms: number): string {
  return `${ms.toFixed(3)} ms`;
}
