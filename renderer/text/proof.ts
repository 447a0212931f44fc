/** The proof of a connection as text, for copying: the facts the page shows, without the user name. */
import type { Snapshot, SourceSnapshot } from '../../core/contract.ts';
import { fmt, t } from './words.svelte.ts';

export function proofText(snapshot: Snapshot, source: SourceSnapshot): string {
  const rows: (readonly [string, string | undefined])[] = [
    [t('proof.endpoint'), source.endpoint],
    [t('proof.key'), source.authorityKey],
    [t('proof.cipher'), source.cipher],
    [t('proof.certificate'), certificate(source)],
    [t('proof.difficulty'), source.shareDifficulty?.toString()],
    [t('mine.accepted'), String(source.accepted)],
    [t('history.o.refused'), String(source.refused)],
    [t('proof.bytesV2'), `${source.bytesIn} + ${source.bytesOut}`],
    [t('settings.version'), snapshot.version],
    ...(source.payout ?? []).map(
      ({ satoshi, address, script }) => [t('proof.to'), `${address ?? script} ${fmt().bitcoin(satoshi)} BTC`] as const,
    ),
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join('\n');
}

function certificate({ certificateFrom, certificateUntil }: SourceSnapshot): string | undefined {
  if (certificateFrom === undefined || certificateUntil === undefined) return undefined;
  return `${new Date(certificateFrom * 1000).toISOString()} – ${new Date(certificateUntil * 1000).toISOString()}`;
}
