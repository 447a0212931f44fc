/** The dictionaries: nothing missing, nothing left over, the same placeholders, the plural forms each language needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import './runes.ts';
import { type FaultCode, faults } from '../../core/faults.ts';
import { ar } from '../../renderer/text/ar.ts';
import { de } from '../../renderer/text/de.ts';
import { deviceWordsAr } from '../../renderer/text/device-words.ar.ts';
import { deviceWordsDe } from '../../renderer/text/device-words.de.ts';
import { deviceWordsEn } from '../../renderer/text/device-words.en.ts';
import { deviceWordsEs } from '../../renderer/text/device-words.es.ts';
import { deviceWordsFr } from '../../renderer/text/device-words.fr.ts';
import { deviceWordsPtBr } from '../../renderer/text/device-words.pt-br.ts';
import { deviceWordsRu } from '../../renderer/text/device-words.ru.ts';
import type { DeviceWords } from '../../renderer/text/device-words.ts';
import { deviceWordsZh } from '../../renderer/text/device-words.zh.ts';
import { en } from '../../renderer/text/en.ts';
import { es } from '../../renderer/text/es.ts';
import { faultsAr } from '../../renderer/text/faults.ar.ts';
import { faultsDe } from '../../renderer/text/faults.de.ts';
import { faultsEs } from '../../renderer/text/faults.es.ts';
import { faultsFr } from '../../renderer/text/faults.fr.ts';
import { faultsPtBr } from '../../renderer/text/faults.pt-br.ts';
import { faultsRu } from '../../renderer/text/faults.ru.ts';
import { faultsZh } from '../../renderer/text/faults.zh.ts';
import { fr } from '../../renderer/text/fr.ts';
import type { Dictionary, Key, Message } from '../../renderer/text/message.ts';
import { ptBr } from '../../renderer/text/pt-br.ts';
import { ru } from '../../renderer/text/ru.ts';
import { type FaultDictionary, languageFor, languages, t, words } from '../../renderer/text/words.svelte.ts';
import { zh } from '../../renderer/text/zh.ts';

const dictionaries: Readonly<Record<(typeof languages)[number], Dictionary>> = { en, de, es, fr, 'pt-BR': ptBr, ru, zh, ar };
/** The Devices screen has its own; here they are checked as one. */
const devices: Readonly<Record<(typeof languages)[number], Partial<DeviceWords>>> = {
  en: deviceWordsEn,
  de: deviceWordsDe,
  es: deviceWordsEs,
  fr: deviceWordsFr,
  'pt-BR': deviceWordsPtBr,
  ru: deviceWordsRu,
  zh: deviceWordsZh,
  ar: deviceWordsAr,
};
type Whole = Dictionary & DeviceWords;
const all = Object.fromEntries(
  languages.map((language) => [language, { ...dictionaries[language], ...devices[language] }]),
) as unknown as Record<(typeof languages)[number], Whole>;
const english: Whole = all.en;
const allKeys = Object.keys(english) as (keyof Whole)[];
const keys = Object.keys(en) as Key[];
const forms = (message: Message): readonly string[] => (typeof message === 'string' ? [message] : Object.values(message));
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

describe.each(languages)('%s', (language) => {
  const words = all[language];

  test('has every sentence of English, and none more', () => {
    expect(unique(Object.keys(words))).toEqual(unique(allKeys));
  });

  test('names the same placeholders in every sentence', () => {
    const wrong = allKeys.filter((key) => {
      const wanted = unique(forms(english[key]).flatMap(names));
      const found = unique(forms(words[key]).flatMap(names));
      // A form for exactly one thing may leave the number out ("one device").
      return wanted.some((name) => name !== 'n' && !found.includes(name)) || found.some((name) => !wanted.includes(name));
    });
    expect(wrong).toEqual([]);
  });

  test('has the plural forms its own rules ask for', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wrong = allKeys.filter((key) => {
      const message: Message = words[key];
      if (typeof message === 'string') return typeof english[key] !== 'string';
      const whole = needed.filter((form) => form !== 'other' && usedForIntegers(language, form));
      return whole.some((form) => message[form as 'one'] === undefined) || !message.other;
    });
    expect(wrong).toEqual([]);
  });

  test('leaves no sentence empty', () => {
    expect(allKeys.filter((key) => forms(words[key]).some((form) => form.trim() === ''))).toEqual([]);
  });
});

/** Categories that counts of a thousand or less really take (`many` of Spanish begins at a million). */
function usedForIntegers(language: string, form: string): boolean {
  const rules = new Intl.PluralRules(language);
  return Array.from({ length: 1001 }, (_, n) => n).some((n) => rules.select(n) === form);
}

const tables: Readonly<Record<Exclude<(typeof languages)[number], 'en'>, FaultDictionary>> = {
  de: faultsDe,
  es: faultsEs,
  fr: faultsFr,
  'pt-BR': faultsPtBr,
  ru: faultsRu,
  zh: faultsZh,
  ar: faultsAr,
};
const translated = Object.entries(tables) as [keyof typeof tables, FaultDictionary][];

test.each(translated)('%s has words for every fault of the table, and for none more', (_, table) => {
  expect(unique(Object.keys(table))).toEqual(unique(Object.keys(faults)));
});

test.each(translated)('%s says of every fault what, why and what to do, in its own words', (_, table) => {
  const poor = Object.entries(table).filter(([code, said]) => {
    const { what, cause, todo } = faults[code as FaultCode];
    return [said.what, said.cause, said.todo].some((text) => text.trim() === '' || [what, cause, todo].includes(text));
  });
  expect(poor.map(([code]) => code)).toEqual([]);
});

test.each(translated)('%s keeps the commands, programs and schemes of a fault as they are', (_, table) => {
  const fixed = /npm start -- devices|Zadig|WinUSB|stratum2\+tcp:\/\/|http:\/\/|host:3333/g;
  const lost = Object.entries(table).filter(([code, said]) => {
    const text = Object.values(said).join(' ');
    const { what, cause, todo } = faults[code as FaultCode];
    return unique(`${what} ${cause} ${todo}`.match(fixed) ?? []).some((word) => !text.includes(word));
  });
  expect(lost.map(([code]) => code)).toEqual([]);
});

test('every other language is a translation, not a copy of English', () => {
  const sentences = allKeys.filter((key) => forms(english[key]).some((form) => form.split(' ').length > 3));
  for (const language of languages.slice(1)) {
    const same = sentences.filter((key) => JSON.stringify(all[language][key]) === JSON.stringify(english[key]));
    expect(same, language).toEqual([]);
  }
});

test('every key is used by the pages', () => {
  const folder = new URL('../../renderer', import.meta.url).pathname;
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => /\.(ts|svelte)$/.test(file));
  const source = files
    .filter((file) => !/text\/(en|de|es|fr|pt-br|ru|zh|ar|faults\.[\w-]+|device-words\.[\w-]+)\.ts$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const text = source.join('\n');
  const computed = [...text.matchAll(/`([a-zA-Z][\w.-]*[.-])\$\{/g)].map((match) => match[1] as string);
  const unused = keys.filter((key) => !text.includes(`'${key}'`) && !computed.some((start) => key.startsWith(start)));
  // Made of a word and an ending: `${word}Note`, `first.test${outcome}Lede`, `mine.rate…`.
  expect(unused.filter((key) => !/^(first\.(pool|soloPool|soloNode|test)|say\.\w+Lede)/.test(key))).toEqual([]);
});

test('the system’s wishes choose a language, region by region, English at last', () => {
  expect(languageFor(['de-AT', 'en'])).toBe('de');
  expect(languageFor(['pt-PT'])).toBe('pt-BR');
  expect(languageFor(['zh-Hant-TW', 'en'])).toBe('zh');
  expect(languageFor(['nl', 'fr-CA'])).toBe('fr');
  expect(languageFor(['nl'])).toBe('en');
});

test('in a right-to-left language names and figures keep their own direction, and nothing is added elsewhere', async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await words.use('ar');
  expect(t('say.starting', { pool: 'Lantern Pool' })).toContain('\u2068Lantern Pool\u2069');
  expect(document.documentElement.dir).toBe('rtl');
  await words.use('de');
  expect(t('say.starting', { pool: 'Lantern Pool' })).not.toMatch(/[\u2066-\u2069]/);
  expect(document.documentElement.dir).toBe('ltr');
  await words.use('en');
  vi.unstubAllGlobals();
});
