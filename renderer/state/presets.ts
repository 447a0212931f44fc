/** The pools Hearth knows: dated data from `resources/pools.json`, typed, with the user name each of them wants. */
import data from '../../resources/pools.json' with { type: 'json' };

export type PresetUser =
  | { readonly kind: 'account' }
  /** `ADDRESS` and `WORKER` are filled in; a separator before an empty worker is dropped. */
  | { readonly kind: 'address'; readonly pattern: string };
export type PresetFee =
  | { readonly kind: 'unstated' | 'none-stated' | 'own-firmware-free' }
  | { readonly kind: 'percent'; readonly part: number };

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly way: 'pool' | 'solo-pool';
  readonly pays: 'fpps' | 'pplns' | 'solo' | 'unknown';
  readonly fee: PresetFee;
  readonly custody: 'pool' | 'none' | 'unknown';
  readonly templates: 'yes' | 'no' | 'unknown';
  readonly user: PresetUser;
  /** The secret half of the key is public: it authenticates nobody. */
  readonly keyPublished: boolean;
  readonly note: '' | 'key-reported' | 'experimental';
  readonly source: string;
  /** ISO date. */
  readonly date: string;
}

export const presets = data.pools as readonly Preset[];

export function presetOf(id: string | undefined): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}

/** For addresses that are known to be out of date: the preset that took their place, or just that they are. */
export function retired(url: string): { readonly now: Preset | undefined } | undefined {
  const found = data.retired.find(({ match }) => url.includes(match));
  return found && { now: presetOf(found.now) };
}

/** The user name a pool wants, from an address and an optional worker. */
export function userFrom(pattern: string, address: string, worker: string): string {
  const filled = pattern.replace('ADDRESS', address).replace('WORKER', worker);
  return worker === '' ? filled.replace(/[./]$/, '') : filled;
}
