/**
 * Why a share was refused, in words. Stratum V2 codes are free text; those that pools are known to send have a sentence,
 * any other is shown as the pool's own words, made harmless.
 */
import { t } from './words.svelte.ts';

const known = [
  'stale-share',
  'duplicate-share',
  'difficulty-too-low',
  'invalid-channel-id',
  'invalid-job-id',
  'invalid-share',
  'bad-extranonce-size',
  'version-rolling-not-allowed',
  'invalid-non-rollable-version-bit',
  'invalid-ntime',
] as const;
const MAX_WORDS = 80; // a sentence of the page has to stay readable around them; the whole stands in History
/** Controls, and what turns or hides the text around it. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

export function refusalWords(code: string): string {
  const found = known.find((one) => one === code);
  if (found) return t(`refusal.${found}`);
  const words = harmless(code);
  return t('refusal.words', { words: words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words });
}

/** The code as it came, with everything that cannot be seen written out. */
export function harmless(code: string): string {
  return code.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
