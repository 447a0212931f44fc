/** A source as it is being typed, and the settings it becomes. Secrets are not part of it. */
import type { SourceSettings } from '../../core/contract.ts';
import { type Preset, presetOf, presets, userFrom } from './presets.ts';

export type SourceDraft = {
  readonly kind: 'pool' | 'solo';
  /** Of the source that is changed; empty for a new one. */
  readonly id: string;
  /** Empty: any address. */
  readonly presetId: string;
  readonly name: string;
  readonly url: string;
  readonly address: string;
  readonly account: string;
  readonly worker: string;
  /** Typed by hand for a pool of one's own; empty: made of address and worker. */
  readonly user: string;
  readonly channel: 'extended' | 'standard';
  readonly cookiePath: string;
  readonly rpcUser: string;
  readonly usePassword: boolean;
};

export const emptyDraft: SourceDraft = {
  kind: 'pool',
  id: '',
  presetId: '',
  name: '',
  url: '',
  address: '',
  account: '',
  worker: '',
  user: '',
  channel: 'extended',
  cookiePath: '',
  rpcUser: '',
  usePassword: false,
};

/** What goes to the pool as user_identity. */
export function userOf(draft: SourceDraft): string {
  const preset = presetOf(draft.presetId);
  if (preset?.user.kind === 'account') return draft.account.trim();
  if (preset?.user.kind === 'address') return userFrom(preset.user.pattern, draft.address.trim(), draft.worker.trim());
  if (draft.user.trim() !== '') return draft.user.trim();
  return draft.address.trim() === '' ? '' : userFrom('ADDRESS.WORKER', draft.address.trim(), draft.worker.trim());
}

/** The name to show: typed, of the preset, or the host. */
export function nameOf(draft: SourceDraft): string {
  return draft.name.trim() || presetOf(draft.presetId)?.name || hostOf(draft.url);
}

export function hostOf(url: string): string {
  return /^[a-z0-9+.-]+:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url.trim())?.[1] ?? '';
}

/** Settings as the contract wants them. `newId` names a new source. */
export function toSource(draft: SourceDraft, newId: string): SourceSettings {
  const id = draft.id || newId;
  const url = draft.url.trim();
  if (draft.kind === 'solo') {
    const name = nameOf(draft) || 'Node';
    const login = draft.usePassword ? { rpcUser: draft.rpcUser.trim() } : { cookiePath: draft.cookiePath.trim() };
    return { kind: 'solo', id, name, url, address: draft.address.trim(), ...login };
  }
  const chosen = presetOf(draft.presetId);
  const preset = chosen ?? presets.find((one) => one.url === url);
  const pool = { kind: 'pool', id, name: nameOf(draft), url: chosen?.url ?? url, user: userOf(draft), channel: draft.channel } as const;
  return preset ? { ...pool, presetId: preset.id, ...(paysUser(preset) ? { paysUser: true } : {}) } : pool;
}

/** Solo pools that hold no coins pay the finder's address in the coinbase itself, which the miner can check. */
function paysUser({ pays, custody, user }: Preset): boolean {
  return pays === 'solo' && custody === 'none' && user.kind === 'address';
}

/** The other way: a saved source to be changed. */
export function fromSource(source: SourceSettings): SourceDraft {
  if (source.kind === 'practice') return { ...emptyDraft, id: source.id, name: source.name };
  const same = { ...emptyDraft, id: source.id, name: source.name, url: source.url };
  if (source.kind === 'pool') return { ...same, kind: 'pool', user: source.user, channel: source.channel };
  const { address, cookiePath = '', rpcUser = '' } = source;
  return { ...same, kind: 'solo', address, cookiePath, rpcUser, usePassword: rpcUser !== '' };
}

/** A name no other source has: the time and some chance. */
export function newSourceId(now: number, random: number): string {
  return `source-${now.toString(36)}-${Math.floor(random * 36 ** 4).toString(36)}`;
}
