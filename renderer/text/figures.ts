/** The notes under the figures of the home page: what they mean and who says so. */
import type { Snapshot, SourceSnapshot } from '../../core/contract.ts';
import { refusalWords } from './refusals.ts';
import { fmt, t } from './words.svelte.ts';

export function devicesLine(snapshot: Snapshot): string {
  const expected = snapshot.expectedHashesPerSecond;
  const n = snapshot.devices.filter(({ state, settings }) => state !== 'gone' && !settings.paused).length;
  if (n === 0 || expected <= 0) return t('mine.noneReady');
  const text = fmt().rateText(expected);
  if (snapshot.hashesPerSecond <= 0) return t('mine.readyFor', { n, expected: text });
  return t('mine.ofExpected', { n, percent: fmt().percent(snapshot.hashesPerSecond / expected), expected: text });
}

export function rateNote({ poolEstimate }: Snapshot): string {
  const here = t('mine.measured');
  if (!poolEstimate || poolEstimate.shares === 0) return here;
  const rate = fmt().rateText(poolEstimate.hashesPerSecond);
  const error = fmt().percent(poolEstimate.relativeError);
  return `${here} ${t('mine.poolEstimate', { n: poolEstimate.shares, rate, error })}`;
}

export function acceptedNote(snapshot: Snapshot, source: SourceSnapshot | undefined, now: number): string {
  const { accepted, refused, unanswered, pending } = snapshot;
  if (accepted + refused === 0) return pending > 0 ? t('mine.pending', { n: pending }) : t('mine.noneSent');
  const notes: string[] = [];
  const pool = source?.name ?? '';
  notes.push(
    refused > 0 ? t('mine.refusedPart', { percent: fmt().percent(refused / (accepted + refused)), pool }) : t('mine.saidBy', { pool }),
  );
  if (source?.lastRefusal)
    notes.push(t('mine.refusedLast', { ago: fmt().ago(source.lastRefusal.at, now), reason: refusalWords(source.lastRefusal.code) }));
  if (unanswered > 0) notes.push(t('mine.unanswered', { n: unanswered }));
  return notes.join(' ');
}

export function bestNote({ bestEver }: Snapshot): string {
  return bestEver
    ? t('mine.bestNote', { best: fmt().difficulty(bestEver.difficulty), date: fmt().date(bestEver.at) })
    : t('mine.bestSession');
}
