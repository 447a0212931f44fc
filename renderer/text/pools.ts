/** A pool of the list in words. */
import type { Snapshot, SourceSnapshot } from '../../core/contract.ts';
import type { Tone } from '../parts/tone.ts';
import { refusalWords } from './refusals.ts';
import { fmt, t } from './words.svelte.ts';

export function poolMark(source: SourceSnapshot, snapshot: Snapshot): { readonly tone: Tone; readonly word: string } {
  if (source.active && source.state === 'open' && snapshot.mining.at === 'mining')
    return { tone: 'live', word: t(source.kind === 'practice' ? 'pools.st.practising' : 'pools.st.active') };
  const tones = { idle: 'wait', connecting: 'run', open: 'ok', waiting: 'caution', refused: 'fault', stopped: 'wait' } as const;
  // A source that is not needed now is standing by, whatever closed its connection.
  const state = source.state === 'stopped' && !source.active ? 'idle' : source.state;
  return { tone: tones[state], word: t(`pools.st.${state}`) };
}

export function poolWire(source: SourceSnapshot): string {
  if (source.kind === 'solo') return t('pools.wire.node');
  return t(`pools.wire.${source.kind === 'practice' ? 'local' : source.privacy}`);
}

export function wireIcon(source: SourceSnapshot): string {
  if (source.kind === 'practice') return 'l-inside';
  return { authenticated: 'l-locked', encrypted: 'l-unnamed', plain: 'l-open', local: 'l-inside' }[source.privacy];
}

/** What it took and what it refused; empty before it answered anything. */
export function poolRefusals(source: SourceSnapshot, now: number): string {
  if (source.accepted + source.refused === 0) return '';
  const accepted = fmt().number(source.accepted);
  const counts = source.refused === 0 ? t('pools.refusedNone', { accepted }) : t('pools.refused', { n: source.refused, accepted });
  const last = source.lastRefusal;
  return last ? `${counts} ${t('pools.refusedLast', { ago: fmt().ago(last.at, now), reason: refusalWords(last.code) })}` : counts;
}
