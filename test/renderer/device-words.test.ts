/** The Devices screen's own dictionary: whole in every language, with the same placeholders, and every sentence used. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deviceWordsAr } from '../../renderer/text/device-words.ar.ts';
import { deviceWordsDe } from '../../renderer/text/device-words.de.ts';
import { deviceWordsEn } from '../../renderer/text/device-words.en.ts';
import { deviceWordsEs } from '../../renderer/text/device-words.es.ts';
import { deviceWordsFr } from '../../renderer/text/device-words.fr.ts';
import { deviceWordsPtBr } from '../../renderer/text/device-words.pt-br.ts';
import { deviceWordsRu } from '../../renderer/text/device-words.ru.ts';
import type { DeviceWords } from '../../renderer/text/device-words.ts';
import { deviceWordsZh } from '../../renderer/text/device-words.zh.ts';
import type { Message } from '../../renderer/text/message.ts';

const keys = Object.keys(deviceWordsEn) as (keyof DeviceWords)[];
const forms = (message: Message): readonly string[] => (typeof message === 'string' ? [message] : Object.values(message));
const names = (message: Message) => [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

const others = {
  ar: deviceWordsAr,
  de: deviceWordsDe,
  es: deviceWordsEs,
  fr: deviceWordsFr,
  'pt-BR': deviceWordsPtBr,
  ru: deviceWordsRu,
  zh: deviceWordsZh,
} as const;

describe.each(Object.entries<DeviceWords>(others))('%s', (language, book) => {
  test('has every sentence, with the same placeholders', () => {
    expect(Object.keys(book).sort()).toEqual([...keys].sort());
    // A form for exactly one or two things may leave the number out.
    const whole = (message: Message) => names(typeof message === 'string' ? message : message.other);
    expect(keys.filter((key) => whole(book[key]).join() !== names(deviceWordsEn[key]).join())).toEqual([]);
    expect(keys.filter((key) => names(book[key]).some((name) => !names(deviceWordsEn[key]).includes(name)))).toEqual([]);
  });

  test('is a translation, not a copy of English', () => {
    const long = keys.filter((key) => forms(deviceWordsEn[key]).some((form) => form.split(' ').length > 3));
    expect(long.filter((key) => JSON.stringify(book[key]) === JSON.stringify(deviceWordsEn[key]))).toEqual([]);
  });

  test('has the plural forms its own rules ask for', () => {
    const rules = new Intl.PluralRules(language);
    const needed = new Set(Array.from({ length: 1001 }, (_, n) => rules.select(n)));
    const lacking = keys.filter((key) => {
      const message = book[key];
      return typeof message !== 'string' && [...needed].some((form) => message[form] === undefined);
    });
    expect(lacking).toEqual([]);
  });
});

test('every sentence is used by the pages', () => {
  const folder = new URL('../../renderer', import.meta.url).pathname;
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => /\.(ts|svelte)$/.test(file));
  const source = files.filter((file) => !file.includes('device-words.')).map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(keys.filter((key) => !source.some((text) => text.includes(`'${key}'`)))).toEqual([]);
});
