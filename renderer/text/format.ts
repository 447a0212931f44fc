/** Numbers, times and units as a language writes them. Everything goes through `Intl`; nothing else formats a figure. */

/** A figure and its unit apart, for where they are set in different sizes. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const spans = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;
const metric = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'] as const;
const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const NARROW_SPACE = '\u202f';

/** All formatters of one language. Cheap to call: each `Intl` object is made once. */
export class Format {
  readonly language: string;
  readonly rules: Intl.PluralRules;
  readonly #made = new Map<string, unknown>();

  constructor(language: string) {
    this.language = language;
    this.rules = new Intl.PluralRules(language);
  }

  number = (value: number): string => this.#number({ maximumFractionDigits: 2 }).format(value);

  percent(part: number): string {
    const digits = part > 0 && part < 0.1 ? 2 : undefined;
    return this.#number({ style: 'percent', ...(digits ? { maximumSignificantDigits: digits } : { maximumFractionDigits: 0 }) }).format(
      part,
    );
  }

  /** Three significant figures and a metric prefix: 2.26 TH/s. */
  rate(hashesPerSecond: number): Figure {
    return this.#metric(hashesPerSecond, 'H/s');
  }
  rateText(hashesPerSecond: number): string {
    return join(this.rate(hashesPerSecond));
  }
  /** The figure in the unit of another one: nothing now, of an expected 2.31 TH/s, is 0 TH/s. */
  rateLike(hashesPerSecond: number, reference: number): Figure {
    return hashesPerSecond > 0 ? this.rate(hashesPerSecond) : { value: this.number(0), unit: this.rate(reference).unit };
  }
  /** The same unit for two figures that are compared: [`2.26`, `2.31 TH/s`]. */
  ratePair(now: number, expected: number): readonly [string, string] {
    const step = prefixOf(Math.max(now, expected));
    const one = (value: number) => this.#figures(value / 1000 ** step);
    return [one(now), join({ value: one(expected), unit: `${metric[step]}H/s` })];
  }
  /** A rate as a plain number in the unit that fits another one: ticks of a scale. */
  rateIn(hashesPerSecond: number, reference: number): string {
    return this.number(hashesPerSecond / 1000 ** prefixOf(reference));
  }
  /** 612 M; small ones keep their digits. */
  difficulty(value: number): string {
    if (value < 100_000) return this.#number({ maximumSignificantDigits: value < 1000 ? 3 : 6 }).format(value);
    return join(this.#metric(value, ''));
  }

  bytes(count: number): string {
    let step = 0;
    let value = count;
    for (; value >= 1000 && step < byteUnits.length - 1; step++) value /= 1000;
    const unit = byteUnits[step] ?? 'byte';
    const digits = step === 0 ? { maximumFractionDigits: 0 } : digitsFor(value);
    return apart(this.#number({ style: 'unit', unit, unitDisplay: step === 0 ? 'narrow' : 'short', ...digits }).format(value));
  }
  celsius(value: number): string {
    return apart(this.#number({ style: 'unit', unit: 'celsius', unitDisplay: 'short', maximumFractionDigits: 0 }).format(value));
  }
  watts(value: number): string {
    return join({ value: this.#number({ maximumFractionDigits: value < 100 ? 1 : 0 }).format(value), unit: 'W' });
  }
  joulesPerTera(watts: number, hashesPerSecond: number): string {
    return this.#number({ maximumFractionDigits: 1 }).format(watts / (hashesPerSecond / 1e12));
  }

  /** At most two units, the largest ones: 9 d 4 h. */
  duration(ms: number, display: 'narrow' | 'long' = 'narrow'): string {
    if (ms < SECOND) return this.#unit('millisecond', Math.max(0, ms), display === 'narrow' ? 'short' : display, ms < 10 ? 1 : 0);
    const first = spans.findIndex(([, size]) => ms >= size);
    const [unit, size] = spans[first] ?? spans[3];
    const whole = Math.floor(ms / size);
    const second = spans[first + 1];
    const rest = second && whole < 10 ? Math.floor((ms - whole * size) / second[1]) : 0;
    const head = this.#unit(unit, whole, display);
    return second && rest > 0 ? `${head} ${this.#unit(second[0], rest, display)}` : head;
  }
  /** One rounded unit, as one says it: about 40 seconds. */
  about(ms: number): string {
    const [unit, size] = spans.find(([, length]) => ms >= length) ?? spans[3];
    return this.#unit(unit, Math.max(1, Math.round(ms / size)), 'long');
  }
  /** 12 seconds ago. */
  ago(at: number, now: number): string {
    const ms = Math.max(0, now - at);
    const [unit, size] = spans.find(([, length]) => ms >= length) ?? spans[3];
    return this.#relative().format(-Math.max(unit === 'second' ? 0 : 1, Math.floor(ms / size)), unit);
  }

  /** 14:02; with the day where it is not today. */
  time(at: number, now: number): string {
    return sameDay(at, now)
      ? this.clock(at)
      : this.#date({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(at);
  }
  clock(at: number): string {
    return this.#date({ hour: 'numeric', minute: '2-digit' }).format(at);
  }
  /** With seconds and date: for evidence and tables. */
  moment(at: number): string {
    return this.#date({ dateStyle: 'medium', timeStyle: 'medium' }).format(at);
  }
  date(at: number): string {
    return this.#date({ day: 'numeric', month: 'long', year: 'numeric' }).format(at);
  }
  /** A tick of the chart: hours within days, days within months, months within the year. */
  tick(at: number, spanMs: number): string {
    if (spanMs <= 2 * DAY) return this.clock(at);
    if (spanMs <= 14 * DAY) return this.#date({ weekday: 'short', day: 'numeric' }).format(at);
    return this.#date({ month: 'short', day: 'numeric' }).format(at);
  }
  /** Minutes after midnight as a clock shows them. */
  minutes(afterMidnight: number): string {
    return this.#date({ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(afterMidnight * MINUTE);
  }
  /** Satoshi as text, exact: 3.24918330. */
  bitcoin(satoshi: string): string {
    const whole = BigInt(satoshi);
    const decimal = `${whole / 100_000_000n}.${(whole % 100_000_000n).toString().padStart(8, '0')}`;
    return this.#number({ minimumFractionDigits: 8, maximumFractionDigits: 8 }).format(decimal as Intl.StringNumericLiteral);
  }

  #metric(value: number, unit: string): Figure {
    const step = prefixOf(value);
    return { value: this.#figures(value / 1000 ** step), unit: `${metric[step]}${unit}` };
  }
  #figures(value: number): string {
    return this.#number(value >= 100 ? { maximumFractionDigits: 0 } : digitsFor(value)).format(value);
  }
  #unit(unit: string, value: number, unitDisplay: 'narrow' | 'short' | 'long', maximumFractionDigits = 0): string {
    // The narrow form of a minute is a bare "m" in some languages: that is a metre.
    const display = unitDisplay === 'narrow' && unit === 'minute' ? 'short' : unitDisplay;
    return apart(this.#number({ style: 'unit', unit, unitDisplay: display, maximumFractionDigits }).format(value));
  }
  #number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    return this.#once(`n${JSON.stringify(options)}`, () => new Intl.NumberFormat(this.language, options));
  }
  #date(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return this.#once(`d${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(this.language, options));
  }
  #relative(): Intl.RelativeTimeFormat {
    return this.#once('r', () => new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' }));
  }
  #once<T>(key: string, make: () => T): T {
    const made = (this.#made.get(key) as T | undefined) ?? make();
    this.#made.set(key, made);
    return made;
  }
}

/** Figure and unit on one line, never parted. */
export function join({ value, unit }: Figure): string {
  return unit === '' ? value : `${value}\u00a0${unit}`;
}

/** "12s" and "58°C" are set as figures and units are set everywhere else here: apart. */
function apart(text: string): string {
  return text.replace(/(\p{Nd})([\p{L}°])/u, `$1${NARROW_SPACE}$2`);
}

function prefixOf(value: number): number {
  return value < 1000 ? 0 : Math.min(metric.length - 1, Math.floor(Math.log10(value) / 3 + 1e-9));
}
function digitsFor(value: number): Intl.NumberFormatOptions {
  return value === 0 ? { maximumFractionDigits: 0 } : { minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
}
function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
