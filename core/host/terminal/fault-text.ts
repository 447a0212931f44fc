/** A fault in a terminal: what happened · the likely cause · what to do (code), and the evidence. Pure. */
import type { FaultSnapshot } from '../../contract.ts';
import { faults } from '../../faults.ts';
import { plainText } from './text.ts';

export function faultText({ code, facts }: Pick<FaultSnapshot, 'code' | 'facts'>): string {
  const { what, cause, todo } = faults[code];
  const evidence = Object.entries(facts).map(([name, value]) => `${name} ${plainText(String(value))}`);
  return `${what} · ${cause} · ${todo} (${[code, ...evidence].join(', ')})`;
}
