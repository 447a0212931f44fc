/** What the button of a fault does. Every action of the fault table has its deed here. */
import type { FaultSnapshot, Snapshot } from '../../core/contract.ts';
import { type FaultAction, faults } from '../../core/faults.ts';
import type { Live } from './live.svelte.ts';
import { router } from './router.svelte.ts';
import { nextAfter } from './sentence.ts';

/** The label's key and the deed; undefined where there is nothing to press. */
export interface Act {
  readonly label: Exclude<FaultAction, 'none'> | 'add-source';
  readonly run: () => void;
}

export function actsFor(fault: FaultSnapshot, snapshot: Snapshot, live: Live): readonly Act[] {
  const source = snapshot.sources.find(({ id }) => id === fault.about);
  const first = actOf(faults[fault.code].action, fault, snapshot, live);
  // Trying again is only an answer while this source is down and none other works in its place.
  const down = (source?.state === 'waiting' || source?.state === 'refused') && snapshot.mining.at !== 'mining';
  const again: Act | undefined = source && down ? { label: 'retry', run: () => void live.do('source.use', { id: source.id }) } : undefined;
  const acts = [first, first?.label === 'set-clock' || first?.label === 'retry' ? undefined : again];
  return acts.filter((act) => act !== undefined);
}

function actOf(action: FaultAction, fault: FaultSnapshot, snapshot: Snapshot, live: Live): Act | undefined {
  const source = snapshot.sources.find(({ id }) => id === fault.about);
  const useAgain = () => void (source ? live.do('source.use', { id: source.id }) : live.do('mining.start', {}));
  switch (action) {
    case 'none':
      return undefined;
    case 'edit-source':
      return { label: action, run: () => router.go('pools', source?.id ?? '') };
    case 'test-source':
      return { label: action, run: () => router.go('pools', source ? `test:${source.id}` : '') };
    case 'use-next-source': {
      const next = source && nextAfter(snapshot, source);
      return next
        ? { label: action, run: () => void live.do('source.use', { id: next.id }) }
        : { label: 'add-source', run: () => router.go('add') };
    }
    case 'set-clock':
      return { label: action, run: useAgain };
    case 'retry':
      return { label: action, run: () => (fault.about === 'app' ? live.retry() : useAgain()) };
    case 'open-settings':
      return { label: action, run: () => router.go('settings') };
    case 'open-data-folder':
      return { label: action, run: () => void navigator.clipboard.writeText(snapshot.dataPath) };
    case 'open-devices':
      return { label: action, run: () => router.go('devices', fault.about === 'app' ? '' : fault.about) };
  }
}
