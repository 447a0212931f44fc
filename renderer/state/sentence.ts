/** The sentence of state: is it mining, for whom, and what now. Pure; the words come from the dictionary. */
import type { FaultSnapshot, Snapshot, SourceSnapshot } from '../../core/contract.ts';
import type { Link } from '../backend.ts';
import { type SourceStepName, stepsOf } from './steps.ts';

export type StateWord = 'mining' | 'practising' | 'starting' | 'waiting' | 'paused' | 'stopping' | 'stopped' | 'lost';

/** What stands at the top of every page, as data. */
export type Saying =
  | { readonly key: 'lost' }
  | { readonly key: 'mining'; readonly source: SourceSnapshot; readonly preferred: SourceSnapshot | undefined }
  | { readonly key: 'noDevice'; readonly source: SourceSnapshot }
  | { readonly key: 'starting'; readonly source: SourceSnapshot | undefined; readonly step: SourceStepName | undefined }
  | { readonly key: 'waiting'; readonly source: SourceSnapshot | undefined; readonly fault: FaultSnapshot | undefined }
  | { readonly key: 'noSource' | 'paused' | 'stopping' | 'stopped' };

export function saying(snapshot: Snapshot, link: Link): Saying {
  if (link.at === 'lost') return { key: 'lost' };
  const source = activeSource(snapshot);
  if (snapshot.mining.at === 'paused' || snapshot.mining.at === 'stopping') return { key: snapshot.mining.at };
  if (snapshot.sources.length === 0) return { key: 'noSource' };
  if (snapshot.mining.at === 'stopped') return { key: 'stopped' };
  if (snapshot.mining.at === 'starting') return { key: 'starting', source, step: stepNow(source) };
  if (snapshot.mining.at === 'waiting' || !source) return { key: 'waiting', source, fault: waitingFault(snapshot, source) };
  if (!anyWorks(snapshot)) return { key: 'noDevice', source };
  return { key: 'mining', source, preferred: preferredOver(snapshot, source) };
}

export function stateWord(snapshot: Snapshot, link: Link): StateWord {
  if (link.at === 'lost') return 'lost';
  if (snapshot.mining.at === 'mining' && !anyWorks(snapshot)) return 'waiting';
  if (snapshot.mining.at === 'mining' && snapshot.practice) return 'practising';
  return snapshot.mining.at;
}

/** The source in use; without one, the one that is tried first. */
export function activeSource(snapshot: Snapshot): SourceSnapshot | undefined {
  return (
    snapshot.sources.find((source) => source.active) ??
    snapshot.sources.find((source) => source.state === 'connecting') ??
    snapshot.sources.find((source) => source.fault) ??
    snapshot.sources[0]
  );
}

/** The source that would be used if all were well, when it is not the one in use. */
export function preferredOver(snapshot: Snapshot, source: SourceSnapshot): SourceSnapshot | undefined {
  const preferred = snapshot.sources.find(({ id }) => id === snapshot.failover?.preferredId);
  return preferred && preferred.id !== source.id ? preferred : undefined;
}

/** Who takes over: the first other one in the list that could work. Practice never stands in for real mining. */
export function nextAfter(snapshot: Snapshot, source: SourceSnapshot): SourceSnapshot | undefined {
  return snapshot.sources.find((other) => other.id !== source.id && other.kind !== 'practice' && other.state !== 'refused');
}

/** The faults that need a person, the most important first. */
export function standing(snapshot: Snapshot): readonly FaultSnapshot[] {
  const source = activeSource(snapshot);
  const own = snapshot.mining.at === 'mining' ? undefined : source?.fault;
  const rest = snapshot.faults.filter((fault) => !own || fault.code !== own.code || fault.about !== own.about);
  return own ? [own, ...rest] : rest;
}

function anyWorks(snapshot: Snapshot): boolean {
  return snapshot.devices.some((device) => device.state === 'hashing' || device.state === 'preparing');
}

function waitingFault(snapshot: Snapshot, source: SourceSnapshot | undefined): FaultSnapshot | undefined {
  return source?.fault ?? snapshot.sources.find(({ fault }) => fault)?.fault ?? snapshot.faults[0];
}

function stepNow(source: SourceSnapshot | undefined): SourceStepName | undefined {
  return stepsOf(source?.kind ?? 'pool').find((step) => step === source?.step);
}
