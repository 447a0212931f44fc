/**
 * What the buttons of a fault do. Every action of the fault table has its deed here; where the deed is not possible in
 * this place, the button says what it does instead.
 */
import type { FaultSnapshot, Snapshot } from '../../core/contract.ts';
import { type FaultAction, faults } from '../../core/faults.ts';
import type { Live } from './live.svelte.ts';
import { router } from './router.svelte.ts';
import { nextAfter } from './sentence.ts';

/** What was tried and did not work, or was done out of sight: to be said to the person. */
export type Outcome = { readonly said: 'do.copiedPath' | 'do.folderFailed'; readonly path: string } | { readonly said: 'do.clockFailed' };

/** The label's key and the deed. */
export interface Act {
  readonly label: Exclude<FaultAction, 'none'> | 'add-source' | 'copy-data-folder' | 'clock-set';
  readonly run: () => undefined | Promise<Outcome | undefined>;
}

export function actsFor(fault: FaultSnapshot, snapshot: Snapshot, live: Live): readonly Act[] {
  const { action } = faults[fault.code];
  const acts = actsOf(action, fault, snapshot, live);
  const again = action === 'set-clock' || action === 'retry' ? undefined : againOf(fault, snapshot, live);
  return again ? [...acts, again] : acts;
}

/** A command that failed: trying again means that very command. */
export function actsForCommand(fault: FaultSnapshot, snapshot: Snapshot, live: Live): readonly Act[] {
  const { action } = faults[fault.code];
  return action === 'retry' ? [{ label: action, run: done(() => live.again()) }] : actsOf(action, fault, snapshot, live);
}

/** Trying again is only an answer while this source is down and none other works in its place. */
function againOf(fault: FaultSnapshot, snapshot: Snapshot, live: Live): Act | undefined {
  const source = snapshot.sources.find(({ id }) => id === fault.about);
  const down = (source?.state === 'waiting' || source?.state === 'refused') && snapshot.mining.at !== 'mining';
  return source && down ? { label: 'retry', run: done(() => live.do('source.use', { id: source.id })) } : undefined;
}

function actsOf(action: FaultAction, fault: FaultSnapshot, snapshot: Snapshot, live: Live): readonly Act[] {
  const source = snapshot.sources.find(({ id }) => id === fault.about);
  const useAgain = () => (source ? live.do('source.use', { id: source.id }) : live.do('mining.start', {}));
  const test = () => router.go('pools', source && source.kind !== 'practice' ? `test:${source.id}` : '');
  switch (action) {
    case 'none':
      return [];
    case 'edit-source':
      return [{ label: action, run: done(() => router.go('pools', source?.id ?? '')) }];
    case 'test-source':
      return [{ label: action, run: done(test) }];
    case 'use-next-source': {
      const next = source && nextAfter(snapshot, source);
      const add: Act = { label: 'add-source', run: done(() => router.go('add')) };
      return [next ? { label: action, run: done(() => live.do('source.use', { id: next.id })) } : add];
    }
    case 'set-clock': {
      // No program may set the clock for a person: the way there, then the test that shows that it is right.
      const isDown = source !== undefined && source.state !== 'open';
      const again: Act = { label: 'clock-set', run: done(isDown || !source ? useAgain : test) };
      return live.inWindow ? [{ label: action, run: () => openClock(live) }, again] : [again];
    }
    case 'retry':
      return [{ label: action, run: done(() => (fault.about === 'app' ? live.retry() : useAgain())) }];
    case 'open-settings':
      return [{ label: action, run: done(() => router.go('settings')) }];
    case 'open-data-folder':
      return live.inWindow
        ? [{ label: action, run: () => openFolder(live, snapshot.dataPath) }]
        : [{ label: 'copy-data-folder', run: () => copyPath(snapshot.dataPath) }];
    case 'open-devices':
      return [{ label: action, run: done(() => router.go('devices', fault.about === 'app' ? '' : fault.about)) }];
  }
}

/** A deed whose success is seen on the page, and whose failure the page tells by itself. */
function done(deed: () => unknown): () => undefined {
  return () => {
    void deed();
    return undefined;
  };
}

async function openClock(live: Live): Promise<Outcome | undefined> {
  return (await live.open('clock')) ? undefined : { said: 'do.clockFailed' };
}

async function openFolder(live: Live, path: string): Promise<Outcome | undefined> {
  return (await live.open('data-folder')) ? undefined : { said: 'do.folderFailed', path };
}

async function copyPath(path: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(path);
    return { said: 'do.copiedPath', path };
  } catch {
    return { said: 'do.folderFailed', path }; // it names the path, which is what was wanted
  }
}
