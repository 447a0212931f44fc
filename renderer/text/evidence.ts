/** Evidence of a fault as rows: its code, when, whom it concerns, and the facts as they came. */
import type { FaultSnapshot, Snapshot } from '../../core/contract.ts';
import { aboutName } from './names.ts';
import { fmt, t } from './words.svelte.ts';

export function evidenceOf(fault: FaultSnapshot, snapshot: Snapshot): readonly (readonly [string, string])[] {
  const facts = Object.entries(fault.facts).map(([name, value]) => [name, String(value)] as const);
  return [
    [t('fault.code'), fault.code],
    [t('fault.since'), fmt().moment(fault.since)],
    [t('fault.aboutWhom'), aboutName(fault.about, snapshot)],
    ...facts,
  ];
}
