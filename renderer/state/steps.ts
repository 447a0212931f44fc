/** The steps from a name to the first job, in order, as a person sees them. */
const poolSteps = ['name', 'address', 'tcp', 'noise', 'certificate', 'clock', 'setup', 'channel', 'job'] as const;
const nodeSteps = ['name', 'address', 'tcp', 'setup', 'job'] as const;
export type SourceStepName = (typeof poolSteps)[number] | (typeof nodeSteps)[number];

export function stepsOf(kind: 'practice' | 'pool' | 'solo'): readonly SourceStepName[] {
  return kind === 'solo' ? nodeSteps : poolSteps;
}

export function isStep(text: string): text is SourceStepName {
  return (poolSteps as readonly string[]).includes(text) || (nodeSteps as readonly string[]).includes(text);
}

/** Which step of how many; undefined for a step that is not in the list. */
export function placeOf(
  step: string | undefined,
  kind: 'practice' | 'pool' | 'solo',
): { readonly n: number; readonly total: number } | undefined {
  const steps = stepsOf(kind);
  const index = (steps as readonly (string | undefined)[]).indexOf(step);
  return index < 0 ? undefined : { n: index + 1, total: steps.length };
}
