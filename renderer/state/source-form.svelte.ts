/** The form for a source: fields kept in the session, checks as one types, what is still wrong, and the test. */
import type { AddressCheck, Network, SourceSettings, SourceTest, UrlCheck } from '../../core/contract.ts';
import type { FaultCode } from '../../core/faults.ts';
import { FieldCheck } from './field-check.svelte.ts';
import { Kept } from './kept.svelte.ts';
import type { Live } from './live.svelte.ts';
import { presetOf } from './presets.ts';
import { emptyDraft, newSourceId, type SourceDraft, toSource, userOf } from './source-draft.ts';

/** Why a field cannot be taken yet. */
export type Problem =
  | { readonly is: 'needed' }
  | { readonly is: 'fault'; readonly code: FaultCode; readonly position?: number }
  | { readonly is: 'v1' | 'node' | 'pool' };
export type FieldName = 'address' | 'url' | 'account' | 'user' | 'cookiePath' | 'rpcUser';

export class SourceForm {
  readonly kept: Kept<SourceDraft>;
  readonly address: FieldCheck<AddressCheck>;
  readonly url: FieldCheck<UrlCheck>;
  /** Never kept, never shown again. */
  secret = $state('');
  /** Fields whose problems may be shown: left once, or the form was sent. */
  touched = $state.raw<ReadonlySet<FieldName>>(new Set());
  testId = $state<number | undefined>(undefined);
  readonly #live: Live;

  constructor(live: Live, key: string, initial: Partial<SourceDraft> = {}, store?: Storage) {
    this.#live = live;
    this.kept = new Kept<SourceDraft>(key, { ...emptyDraft, ...initial }, store);
    this.address = new FieldCheck(async (text) => replyOf(await live.ask('check.address', { text })));
    this.url = new FieldCheck(async (text) => replyOf(await live.ask('check.url', { text })));
    this.address.see(this.draft.address);
    this.url.see(this.draft.url);
  }

  get draft(): SourceDraft {
    return this.kept.value;
  }

  set(change: Partial<SourceDraft>): void {
    this.kept.patch(change);
    if (change.address !== undefined) this.address.see(change.address);
    if (change.url !== undefined) this.url.see(change.url);
  }

  touch(field: FieldName): void {
    this.touched = new Set([...this.touched, field]);
  }

  /** The networks the typed address can belong to. */
  get networks(): readonly Network[] {
    const answer = this.address.answer?.result;
    return answer?.ok ? answer.network : [];
  }

  addressProblem(): Problem | undefined {
    if (this.draft.address.trim() === '') return { is: 'needed' };
    const answer = this.address.answer?.result;
    if (answer?.ok === false)
      return { is: 'fault', code: answer.code, ...(answer.position === undefined ? {} : { position: answer.position }) };
    const preset = presetOf(this.draft.presetId);
    if (answer?.ok && preset && !answer.network.includes('main')) return { is: 'fault', code: 'address-other-network' };
    return undefined;
  }

  urlProblem(): Problem | undefined {
    if (this.draft.presetId !== '') return undefined;
    if (this.draft.url.trim() === '') return { is: 'needed' };
    const answer = this.url.answer?.result;
    if (answer?.ok === false) return { is: 'fault', code: answer.code };
    if (answer?.ok && this.draft.kind === 'pool' && answer.protocol === 'stratum-v1') return { is: 'v1' };
    if (answer?.ok && this.draft.kind === 'pool' && answer.protocol === 'node-rpc') return { is: 'node' };
    if (answer?.ok && this.draft.kind === 'solo' && answer.protocol !== 'node-rpc') return { is: 'pool' };
    return undefined;
  }

  /** Everything that stands in the way of a test, by field. */
  problems(): ReadonlyMap<FieldName, Problem> {
    const found = new Map<FieldName, Problem>();
    const add = (field: FieldName, problem: Problem | undefined) => problem && found.set(field, problem);
    const { draft } = this;
    add('url', this.urlProblem());
    const preset = presetOf(draft.presetId);
    if (draft.kind === 'solo' || preset?.user.kind === 'address') add('address', this.addressProblem());
    else if (preset?.user.kind === 'account' && draft.account.trim() === '') add('account', { is: 'needed' });
    else if (!preset && userOf(draft) === '') add('user', { is: 'needed' });
    if (draft.kind === 'solo' && draft.usePassword && draft.rpcUser.trim() === '') add('rpcUser', { is: 'needed' });
    if (draft.kind === 'solo' && !draft.usePassword && draft.cookiePath.trim() === '') add('cookiePath', { is: 'needed' });
    return found;
  }

  /** Asks for the pending checks, shows every problem, and says whether there is none. */
  async ready(): Promise<boolean> {
    await Promise.all([this.address.now(), this.url.now()]);
    const found = this.problems();
    this.touched = new Set([...this.touched, ...found.keys()]);
    return found.size === 0;
  }

  source(): SourceSettings {
    if (this.draft.id === '') this.kept.patch({ id: newSourceId(Date.now(), Math.random()) });
    return toSource(this.draft, this.draft.id);
  }

  /** What a command takes: the source, and the secret if one was typed. */
  message(): { source: SourceSettings; secret?: string } {
    const source = this.source();
    return this.secret === '' ? { source } : { source, secret: this.secret };
  }

  /** Starts the test of what is typed now. */
  async startTest(): Promise<boolean> {
    this.testId = undefined;
    const message = this.message();
    const done = await this.#live.do('source.test', message);
    if (!done) return false;
    this.testId = done.reply.testId;
    this.#live.tested = { testId: done.reply.testId, sourceId: message.source.id };
    return true;
  }

  get test(): SourceTest | undefined {
    const test = this.#live.snapshot?.test;
    return test && test.id === this.testId ? test : undefined;
  }

  async cancelTest(): Promise<void> {
    const running = this.test && !this.test.done;
    this.testId = undefined;
    if (running) await this.#live.do('source.cancelTest', {});
  }

  reset(): void {
    this.kept.reset();
    this.secret = '';
    this.touched = new Set();
    this.testId = undefined;
  }
}

/** A check whose command failed is no answer: the field stays unmarked and the link says why. */
function replyOf<T>(result: { readonly ok: true; readonly reply: T } | { readonly ok: false }): T | undefined {
  return result.ok ? result.reply : undefined;
}
