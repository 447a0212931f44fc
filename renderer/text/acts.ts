/** The buttons of a fault in words; what they have to tell afterwards is told as a notice. */
import type { Act } from '../state/fault-acts.ts';
import type { Live } from '../state/live.svelte.ts';
import { t } from './words.svelte.ts';

export interface NamedAct {
  readonly label: string;
  readonly run: () => void;
}

export function namedActs(acts: readonly Act[], live: Live): readonly NamedAct[] {
  return acts.map(({ label, run }) => ({ label: t(`do.${label}`), run: () => void tell(run(), live) }));
}

async function tell(outcome: ReturnType<Act['run']>, live: Live): Promise<void> {
  const found = await outcome;
  if (found) live.say('path' in found ? t(found.said, { path: found.path }) : t(found.said));
}
