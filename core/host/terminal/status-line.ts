/** The line that is redrawn: is it mining, for whom, on what, how fast. Never wider than the terminal. Pure. */
import type { Snapshot, SourceSnapshot } from '../../contract.ts';
import { clip, plainText, showDifficulty, showHashrate, widthOf } from './text.ts';

const SEPARATOR = ' · ';

/** Privacy in words; what was proven, not what was hoped. */
export const privacyWords: Readonly<Record<SourceSnapshot['privacy'], string>> = {
  authenticated: 'encrypted, key checked',
  encrypted: 'encrypted, not authenticated',
  plain: 'readable by anyone on the path',
  local: 'on this computer',
};

export function statusLine(snapshot: Snapshot, columns: number): string {
  // Most important first: what has no room is left out from the end.
  const parts = [
    ...(snapshot.practice ? ['PRACTICE'] : []),
    snapshot.mining.at,
    showHashrate(snapshot.hashesPerSecond),
    `${snapshot.accepted} accepted, ${snapshot.refused} refused`,
    ...sourceParts(snapshot),
    ...(snapshot.unanswered > 0 ? [`${snapshot.unanswered} unanswered`] : []),
    ...(snapshot.bestSession === undefined ? [] : [`best ${showDifficulty(snapshot.bestSession)}`]),
    ...(snapshot.watts === undefined ? [] : [`${Math.round(snapshot.watts)} W`]),
  ];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${SEPARATOR}${part}`;
    if (widthOf(longer) > columns) return line === '' ? clip(part, columns) : line;
    line = longer;
  }
  return line;
}

function sourceParts({ sources, now }: Snapshot): string[] {
  const source = sources.find(({ active }) => active) ?? sources.find(({ state }) => state !== 'idle');
  if (!source) return [];
  const name = plainText(source.name, 40);
  if (source.state === 'open') return [`${name} (${privacyWords[source.privacy]})`];
  const waits = source.retryAt === undefined ? '' : `, next try in ${Math.max(0, Math.ceil((source.retryAt - now) / 1000))} s`;
  return [`${name} ${source.state}${source.step ? ` (${source.step})` : ''}${waits}`];
}
