/** The shape of a dictionary: plain sentences and plurals, with placeholders that the compiler checks. */
import type { deviceWordsEn } from './device-words.en.ts';
import type { en } from './en.ts';

/** Forms by CLDR category; which of them a language needs is checked by a test. */
export type Plural = { readonly other: string } & { readonly [form in 'zero' | 'one' | 'two' | 'few' | 'many']?: string };
export type Message = string | Plural;

export type Key = keyof typeof en;
/** What every language file has to satisfy: no key missing, none left over. */
export type Dictionary = Readonly<Record<Key, Message>>;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type TextOf<M> = M extends string ? M : M extends { other: infer S extends string } ? S : never;
/** Also those of the Devices screen's own dictionary. */
type All = typeof en & typeof deviceWordsEn;
export type AnyKey = keyof All;
type NamesOf<K extends AnyKey> = Names<TextOf<All[K]>> | (All[K] extends string ? never : 'n');

/** The placeholders of one key; a plural always needs `n`. */
export type Params<K extends AnyKey> = [NamesOf<K>] extends [never] ? [] : [params: { readonly [name in NamesOf<K>]: string | number }];

/** Keys without placeholders: safe to look up by a computed name. */
export type PlainKey = { [K in AnyKey]: [NamesOf<K>] extends [never] ? K : never }[AnyKey];

/** Fills one message. Numbers are written by `number`; `n` chooses the plural form by `rules`. */
export function fill(
  message: Message,
  params: Readonly<Record<string, string | number>>,
  number: (value: number) => string,
  rules: Intl.PluralRules,
): string {
  const form = typeof message === 'string' ? message : (message[rules.select(Number(params['n']))] ?? message.other);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}
