/** What the doctor shows of USB: troubles first, then what is worth knowing, then what is left alone. Pure. */
import type { FaultSnapshot, SightSnapshot, Snapshot, UsbSnapshot } from '../../core/contract.ts';
import type { FaultCode } from '../../core/faults.ts';

export interface Finding {
  readonly key: string;
  readonly sight: SightSnapshot;
  readonly kind: 'trouble' | 'notice' | 'foreign';
  /** Absent: only that it is there. */
  readonly fault?: FaultSnapshot;
}

const ranks = { trouble: 0, notice: 1, foreign: 2 } as const;

/** A board that is in the list of devices shows its fault there and not twice. */
export function findingsOf({ usb, devices }: Pick<Snapshot, 'usb' | 'devices'>): readonly Finding[] {
  const listed = new Set(devices.filter(({ fault, state }) => fault && state !== 'gone').map(({ id }) => id));
  return usb.sights.flatMap((sight) => findingsIn(sight, listed)).sort((a, b) => ranks[a.kind] - ranks[b.kind]);
}

function findingsIn(sight: SightSnapshot, listed: ReadonlySet<string>): Finding[] {
  const { key, fault, kind, notices } = sight;
  const inList = sight.deviceId !== undefined && listed.has(sight.deviceId);
  // What cannot be opened and is no board is nobody's trouble.
  const matters = kind === 'board' || kind === 'unsupported';
  const found: Finding[] = fault && !inList ? [{ key, sight, kind: matters ? 'trouble' : 'foreign', fault }] : [];
  found.push(...notices.map((notice) => ({ key: `${key} ${notice.code}`, sight, kind: 'notice' as const, fault: notice })));
  if (found.length === 0 && kind !== 'board') found.push({ key, sight, kind: kind === 'other' ? 'foreign' : 'notice' });
  return found;
}

/** What can be pressed about it, beside reading what to do. */
export type NextStep = 'allow' | 'windows' | 'close' | 'lan' | 'read';

export function nextStep(code: FaultCode | undefined, kind: SightSnapshot['kind'], system: UsbSnapshot['system']): NextStep {
  if (code === 'usb-no-permission' && system === 'linux') return 'allow';
  if (code === 'usb-no-driver' && system === 'windows') return 'windows';
  if (code === 'usb-busy') return 'close';
  if (kind === 'stock-firmware' && (code === undefined || code === 'usb-stock-firmware' || code === 'usb-firmware-unknown')) return 'lan';
  return 'read';
}

/** Evidence of a fault as text, where it is there. */
export function factOf(fault: FaultSnapshot | undefined, name: string): string | undefined {
  const fact = fault?.facts[name];
  return fact === undefined || fact === '' ? undefined : String(fact);
}
