/** The language in use. `t` and `fmt` read it, so that every sentence on the page changes with it at once. */
import { type FaultCode, type FaultText, faults } from '../../core/faults.ts';
import type { DeviceWords } from './device-words.ts';
import { Format } from './format.ts';
import { type AnyKey, type Dictionary, fill, type Message, type Params } from './message.ts';

export const languages = ['en', 'de', 'es', 'fr', 'pt-BR', 'ru', 'zh', 'ar'] as const;
export type Language = (typeof languages)[number];
/** Each language in its own words: one finds it without knowing the present one. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  'pt-BR': 'Português (Brasil)',
  ru: 'Русский',
  zh: '中文',
  ar: 'العربية',
};

/** What a fault says in another language; the action and severity stay those of the table. */
export type FaultWords = Pick<FaultText, 'what' | 'cause' | 'todo'>;
export type FaultDictionary = Readonly<Partial<Record<FaultCode, FaultWords>>>;

interface Book {
  readonly words: Dictionary;
  readonly devices: DeviceWords;
  readonly faults: FaultDictionary;
}

/** Only the language in use is loaded. */
const books: Readonly<Record<Language, () => Promise<Book>>> = {
  en: async () => ({
    words: (await import('./en.ts')).en,
    faults: {},
    devices: (await import('./device-words.en.ts')).deviceWordsEn,
  }),
  de: async () => ({
    words: (await import('./de.ts')).de,
    faults: (await import('./faults.de.ts')).faultsDe,
    devices: (await import('./device-words.de.ts')).deviceWordsDe,
  }),
  es: async () => ({
    words: (await import('./es.ts')).es,
    faults: (await import('./faults.es.ts')).faultsEs,
    devices: (await import('./device-words.es.ts')).deviceWordsEs,
  }),
  fr: async () => ({
    words: (await import('./fr.ts')).fr,
    faults: (await import('./faults.fr.ts')).faultsFr,
    devices: (await import('./device-words.fr.ts')).deviceWordsFr,
  }),
  'pt-BR': async () => ({
    words: (await import('./pt-br.ts')).ptBr,
    faults: (await import('./faults.pt-br.ts')).faultsPtBr,
    devices: (await import('./device-words.pt-br.ts')).deviceWordsPtBr,
  }),
  ru: async () => ({
    words: (await import('./ru.ts')).ru,
    faults: (await import('./faults.ru.ts')).faultsRu,
    devices: (await import('./device-words.ru.ts')).deviceWordsRu,
  }),
  zh: async () => ({
    words: (await import('./zh.ts')).zh,
    faults: (await import('./faults.zh.ts')).faultsZh,
    devices: (await import('./device-words.zh.ts')).deviceWordsZh,
  }),
  ar: async () => ({
    words: (await import('./ar.ts')).ar,
    faults: (await import('./faults.ar.ts')).faultsAr,
    devices: (await import('./device-words.ar.ts')).deviceWordsAr,
  }),
};

class Words {
  language = $state<Language>('en');
  /** Undefined until the first language is there: before that nothing is drawn. */
  book = $state.raw<Book>();
  format = $state.raw(new Format('en'));
  #wanted: Language = 'en';

  /** Changes the language once its words are here; a later wish wins over an earlier one that is still loading. */
  async use(language: Language): Promise<void> {
    this.#wanted = language;
    const book = await books[language]();
    if (this.#wanted !== language) return;
    this.book = book;
    this.format = new Format(language);
    this.language = language;
    document.documentElement.lang = language;
    document.documentElement.dir = rightToLeft(language) ? 'rtl' : 'ltr';
  }
}

export const words = new Words();

/** One sentence in the language in use. */
export function t<K extends AnyKey>(key: K, ...[params]: Params<K>): string {
  return fill(
    messageOf(key),
    rightToLeft(words.language) ? isolated(params ?? {}) : (params ?? {}),
    words.format.number,
    words.format.rules,
  );
}

/** Names and figures of another direction than the sentence around them would take its words and stops with them. */
function isolated(params: Readonly<Record<string, string | number>>): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' && value !== '' ? `\u2068${value}\u2069` : value]),
  );
}

function rightToLeft(language: Language): boolean {
  return language === 'ar';
}

function messageOf(key: AnyKey): Message {
  const { book } = words;
  return book?.words[key as keyof Dictionary] ?? book?.devices[key as keyof DeviceWords] ?? '';
}

/** Figures and times in the language in use. */
export function fmt(): Format {
  return words.format;
}

/** What to say about a fault: this language's words, or the table's. */
export function faultText(code: FaultCode): FaultText {
  return { ...faults[code], ...words.book?.faults[code] };
}

/** The best of the languages here for what the system prefers, in its order. */
export function languageFor(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const found = languages.find((one) => one.toLowerCase() === wish.toLowerCase()) ?? languages.find((one) => base(one) === base(wish));
    if (found) return found;
  }
  return 'en';
}

function base(tag: string): string {
  return (tag.split('-')[0] ?? '').toLowerCase();
}
