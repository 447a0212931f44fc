/** The dictionaries: nothing missing, nothing left over, the same placeholders, the plural forms each language needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import './runes.ts';
import { faults } from '../../core/faults.ts';
import { ar } from '../../renderer/text/ar.ts';
import { de } from '../../renderer/text/de.ts';
import { en } from '../../renderer/text/en.ts';
import { es } from '../../renderer/text/es.ts';
import { faultsDe } from '../../renderer/text/faults.de.ts';
import { fr } from '../../renderer/text/fr.ts';
import type { Dictionary, Key, Message } from '../../renderer/text/message.ts';
import { ptBr } from '../../renderer/text/pt-br.ts';
import { ru } from '../../renderer/text/ru.ts';
import { languageFor, languages } from '../../renderer/text/words.svelte.ts';
import { zh } from '../../renderer/text/zh.ts';

const dictionaries: Readonly<Record<(typeof languages)[number], Dictionary>> = { en, de, es, fr, 'pt-BR': ptBr, ru, zh, ar };
const keys = Object.keys(en) as Key[];
const forms = (message: Message): readonly string[] => (typeof message === 'string' ? [message] : Object.values(message));
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
const unique = (all: readonly string[]): string[] => [...new Set(all)].sort();

describe.each(languages)('%s', (language) => {
  const words = dictionaries[language];

  test('has every sentence of English, and none more', () => {
    expect(unique(Object.keys(words))).toEqual(unique(keys));
  });

  test('names the same placeholders in every sentence', () => {
    const wrong = keys.filter((key) => {
      const wanted = unique(forms(en[key]).flatMap(names));
      const found = unique(forms(words[key]).flatMap(names));
      // A form for exactly one thing may leave the number out ("one device").
      return wanted.some((name) => name !== 'n' && !found.includes(name)) || found.some((name) => !wanted.includes(name));
    });
    expect(wrong).toEqual([]);
  });

  test('has the plural forms its own rules ask for', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wrong = keys.filter((key) => {
      const message: Message = words[key];
      if (typeof message === 'string') return typeof en[key] !== 'string';
      const whole = needed.filter((form) => form !== 'other' && usedForIntegers(language, form));
      return whole.some((form) => message[form as 'one'] === undefined) || !message.other;
    });
    expect(wrong).toEqual([]);
  });

  test('leaves no sentence empty', () => {
    expect(keys.filter((key) => forms(words[key]).some((form) => form.trim() === ''))).toEqual([]);
  });
});

/** Categories that counts of a thousand or less really take (`many` of Spanish begins at a million). */
function usedForIntegers(language: string, form: string): boolean {
  const rules = new Intl.PluralRules(language);
  return Array.from({ length: 1001 }, (_, n) => n).some((n) => rules.select(n) === form);
}

test('German has words for every fault of the table', () => {
  expect(unique(Object.keys(faultsDe))).toEqual(unique(Object.keys(faults)));
});

test('every other language is a translation, not a copy of English', () => {
  const sentences = keys.filter((key) => forms(en[key]).some((form) => form.split(' ').length > 3));
  for (const language of languages.slice(1)) {
    const same = sentences.filter((key) => JSON.stringify(dictionaries[language][key]) === JSON.stringify(en[key]));
    expect(same, language).toEqual([]);
  }
});

test('every key is used by the pages', () => {
  const folder = new URL('../../renderer', import.meta.url).pathname;
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => /\.(ts|svelte)$/.test(file));
  const source = files
    .filter((file) => !/text\/(en|de|es|fr|pt-br|ru|zh|ar|faults\.\w+)\.ts$/.test(file))
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
