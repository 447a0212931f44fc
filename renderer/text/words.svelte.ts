/** The language in use. `t` and `fmt` read it, so that every sentence on the page changes with it at once. */
import { type FaultCode, type FaultText, faults } from '../../core/faults.ts';
import { en } from './en.ts';
import { Format } from './format.ts';
import { type Dictionary, fill, type Key, type Params } from './message.ts';

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
  readonly faults: FaultDictionary;
}

/** Only the language in use is loaded. */
const books: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Book>>> = {
  de: async () => ({ words: (await import('./de.ts')).de, faults: (await import('./faults.de.ts')).faultsDe }),
  es: async () => ({ words: (await import('./es.ts')).es, faults: {} }),
  fr: async () => ({ words: (await import('./fr.ts')).fr, faults: {} }),
  'pt-BR': async () => ({ words: (await import('./pt-br.ts')).ptBr, faults: {} }),
  ru: async () => ({ words: (await import('./ru.ts')).ru, faults: {} }),
  zh: async () => ({ words: (await import('./zh.ts')).zh, faults: {} }),
  ar: async () => ({ words: (await import('./ar.ts')).ar, faults: {} }),
};

class Words {
  language = $state<Language>('en');
  book = $state.raw<Book>({ words: en, faults: {} });
  format = $state.raw(new Format('en'));
  #wanted: Language = 'en';

  /** Changes the language once its words are here; a later wish wins over an earlier one that is still loading. */
  async use(language: Language): Promise<void> {
    this.#wanted = language;
    const book = language === 'en' ? { words: en, faults: {} } : await books[language]();
    if (this.#wanted !== language) return;
    this.book = book;
    this.format = new Format(language);
    this.language = language;
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
  }
}

export const words = new Words();

/** One sentence in the language in use. */
export function t<K extends Key>(key: K, ...[params]: Params<K>): string {
  return fill(words.book.words[key], params ?? {}, words.format.number, words.format.rules);
}

/** Figures and times in the language in use. */
export function fmt(): Format {
  return words.format;
}

/** What to say about a fault: this language's words, or the table's. */
export function faultText(code: FaultCode): FaultText {
  return { ...faults[code], ...words.book.faults[code] };
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
