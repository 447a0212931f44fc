/** What is wrong with a field, in words. */
import type { AddressCheck } from '../../core/contract.ts';
import { retired } from '../state/presets.ts';
import type { FieldName, Problem, SourceForm } from '../state/source-form.svelte.ts';
import { faultText, t } from './words.svelte.ts';

/** Empty while the field was not touched, or nothing is wrong. A wrong entry is told at once; a missing one only later. */
export function wrongWith(form: SourceForm, field: FieldName): string {
  const problem = field === 'address' ? form.addressProblem() : form.problems().get(field);
  if (!problem) return '';
  if (problem.is === 'needed') return form.touched.has(field) ? t('field.needed') : '';
  return problemText(problem);
}

const otherKind = { v1: 'field.urlV1', node: 'field.urlNotPool', pool: 'field.urlNotNode' } as const;

function problemText(problem: Problem): string {
  if (problem.is === 'needed') return t('field.needed');
  if (problem.is !== 'fault') return t(otherKind[problem.is]);
  const { what, todo } = faultText(problem.code);
  const place = problem.position === undefined ? '' : ` ${t('field.addressAt', { n: problem.position + 1 })}`;
  return `${what}${place} ${todo}`;
}

/** What the check of an address found, in words. */
export function addressGood(check: AddressCheck | undefined): { readonly good: string; readonly caution: string } {
  if (!check?.ok) return { good: '', caution: '' };
  const [first] = check.network;
  if (check.network.includes('main')) return { good: t('field.addressGood', { network: t('net.main'), type: check.type }), caution: '' };
  return { good: '', caution: t('field.addressTest', { network: first ? t(`net.${first}`) : t('word.unknown') }) };
}

/** What the check of a pool or node address found. */
export function urlGood(form: SourceForm): { readonly good: string; readonly caution: string } {
  const old = retired(form.draft.url);
  if (old) return { good: '', caution: t('field.urlRetired', { hint: old.now?.name ?? t('field.seeOwnPage') }) };
  const check = form.url.answer?.result;
  if (!check?.ok || form.urlProblem()) return { good: '', caution: '' };
  const where = { host: check.host, port: String(check.port) };
  if (check.protocol === 'node-rpc') return { good: t('field.urlNode', where), caution: '' };
  return check.keyPublished ? { good: '', caution: t('field.urlPublished', where) } : { good: t('field.urlGood', where), caution: '' };
}
