/** The sentence of state and what stands under it, in the language in use. */
import type { Snapshot } from '../../core/contract.ts';
import type { Link } from '../backend.ts';
import { type Saying, saying } from '../state/sentence.ts';
import { placeOf } from '../state/steps.ts';
import { faultText, fmt, t } from './words.svelte.ts';

const BLOCK_NEWS_MS = 10 * 60_000; // a block found is the news for this long

/** The `h1`: one or two short sentences. */
export function sayLines(snapshot: Snapshot, link: Link, now: number): readonly string[] {
  const said = saying(snapshot, link);
  switch (said.key) {
    case 'lost':
      return [t(link.at === 'lost' && link.why === 'void' ? 'link.void' : 'link.lost')];
    case 'mining':
      return [miningLine(said), ...newsLines(snapshot, said, now)];
    case 'noDevice':
      return [t('say.noDevice', { pool: said.source.name })];
    case 'starting':
      return [said.source ? t('say.starting', { pool: said.source.name }) : t('say.startingNone')];
    case 'waiting':
      return waitingLines(snapshot, said, now);
    default:
      return [t(`say.${said.key}`)];
  }
}

/** The line under it. */
export function sayLede(snapshot: Snapshot, link: Link, now: number): string {
  const said = saying(snapshot, link);
  switch (said.key) {
    case 'lost':
      return ''; // the banner says it, with its button
    case 'mining':
      return shareLine(snapshot, now);
    case 'starting': {
      const place = said.step && said.source && placeOf(said.step, said.source.kind);
      return said.step && place ? t('say.startingStep', { ...place, step: t(`step.${said.step}`) }) : '';
    }
    case 'waiting':
      return t('say.restsLede');
    default:
      return t(`say.${said.key}Lede`);
  }
}

function miningLine({ source }: Extract<Saying, { key: 'mining' }>): string {
  if (source.kind === 'practice') return t('say.practice');
  if (source.kind === 'solo') return t('say.mining.solo');
  return t(`say.mining.${source.privacy === 'local' ? 'authenticated' : source.privacy}`, { pool: source.name });
}

function newsLines(snapshot: Snapshot, { source, preferred }: Extract<Saying, { key: 'mining' }>, now: number): readonly string[] {
  if (preferred) return [t('say.spare', { preferred: preferred.name, pool: source.name })];
  const block = snapshot.events.find((event) => event.type === 'block-found' && now - event.at < BLOCK_NEWS_MS);
  return block ? [t(snapshot.practice ? 'say.practiceBlock' : 'say.block', { ago: fmt().ago(block.at, now) })] : [];
}

function waitingLines(snapshot: Snapshot, { fault }: Extract<Saying, { key: 'waiting' }>, now: number): readonly string[] {
  const since = fault?.since ?? snapshot.miningSince;
  const first = since === undefined ? t('say.waiting') : t('say.waitingSince', { time: fmt().time(since, now) });
  return fault ? [first, faultText(fault.code).what] : [first];
}

function shareLine(snapshot: Snapshot, now: number): string {
  const every = snapshot.secondsPerShare === undefined ? undefined : snapshot.secondsPerShare * 1000;
  if (snapshot.lastAcceptedAt === undefined)
    return every === undefined ? t('say.noShareYet') : t('say.firstShare', { duration: fmt().about(every) });
  const last = t('say.lastShare', { ago: fmt().ago(snapshot.lastAcceptedAt, now) });
  if (every === undefined) return last;
  // Shares come by chance: what was waited already does not bring the next one closer.
  return `${last} ${t('say.nextShare', { duration: fmt().about(every) })}`;
}
