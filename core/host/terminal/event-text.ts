/** Events as lines for people; undefined for those nobody would miss. Pure. */
import type { HearthEvent, Snapshot } from '../../contract.ts';
import { faults } from '../../faults.ts';
import { faultText } from './fault-text.ts';
import { privacyWords } from './status-line.ts';
import { plainText, showDifficulty } from './text.ts';

export function eventText(event: HearthEvent, snapshot: Snapshot): string | undefined {
  const nameOf = (id: string) => plainText(snapshot.sources.find((source) => source.id === id)?.name ?? id, 40);
  const practice = snapshot.practice ? ' PRACTICE: it earns nothing.' : '';
  switch (event.type) {
    case 'share-accepted':
      return `${event.count === 1 ? 'Share' : `${event.count} shares`} accepted by ${nameOf(event.sourceId)}, ${event.total} in all.`;
    case 'share-refused':
      return `Share refused by ${nameOf(event.sourceId)}: ${plainText(event.reason)}.`;
    case 'block-found':
      return `${blockText(event.accepted)}${event.height === undefined ? '' : ` Height ${event.height},`} ${event.hash}.${practice}`;
    case 'best-share':
      return `Best share so far: difficulty ${showDifficulty(event.difficulty)}.`;
    case 'source-state':
      return event.state === 'open' ? openText(event.sourceId, snapshot, nameOf) : undefined;
    case 'source-switched':
      return `Now mining to ${nameOf(event.toId)} (${plainText(event.reason)}).`;
    case 'mining-state':
      return event.state === 'mining' ? `Mining.${practice}` : undefined;
    case 'fault':
      return `${about(event.fault.about, nameOf)}${faultText(event.fault)}`;
    case 'fault-cleared':
      return `Over: ${faults[event.code].what}`;
    default:
      return undefined;
  }
}

function blockText(accepted: boolean | undefined): string {
  if (accepted === undefined) return 'Block found!';
  return accepted ? 'The block was accepted.' : 'The block was refused.';
}

function openText(id: string, { sources }: Snapshot, nameOf: (id: string) => string): string {
  const source = sources.find((one) => one.id === id);
  const how = source?.state === 'open' ? `: ${privacyWords[source.privacy]}, ${source.endpoint}` : '';
  return `Connected to ${nameOf(id)}${how}.`;
}

function about(id: string, nameOf: (id: string) => string): string {
  return id === 'app' ? '' : `${nameOf(id)}: `;
}
