/**
 * What a server answers to RequestExtensions (extension 0x0001; EXT-2): Success with the supported subset if at least
 * one is supported and nothing required is missing, else Error with what is unsupported and what is required. Pure.
 */

export interface ExtensionPolicy {
  readonly supported: readonly number[];
  /** Extensions without which this server serves nobody. */
  readonly required: readonly number[];
}

export type ExtensionsAnswer =
  | { readonly ok: true; readonly supported: readonly number[] }
  | { readonly ok: false; readonly unsupported: readonly number[]; readonly required: readonly number[] };

export function answerExtensions(requested: readonly number[], policy: ExtensionPolicy): ExtensionsAnswer {
  const asked = new Set(requested);
  const supported = policy.supported.filter((id) => asked.has(id));
  const missing = policy.required.filter((id) => !asked.has(id));
  if (supported.length > 0 && missing.length === 0) return { ok: true, supported };
  return { ok: false, unsupported: [...asked].filter((id) => !policy.supported.includes(id)), required: missing };
}
