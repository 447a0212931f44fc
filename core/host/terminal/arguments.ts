/** The command line, understood: what to do, or what is wrong with it. Pure; `help.ts` explains it to people. */
import { parseArgs } from 'node:util';
import type { SourceSettings } from '../../contract.ts';

export interface RunRequest {
  readonly headless: boolean;
  /** In the browser, even where the window could be had. */
  readonly web: boolean;
  /** Of the web page. */
  readonly port: number | undefined;
  /** Undefined: what the saved settings say. */
  readonly source: SourceSettings | undefined;
  readonly passwordPath: string | undefined;
  /** Boards on USB are powered and used. */
  readonly usb: boolean;
  readonly threads: number | undefined;
  readonly dutyCycle: number | undefined;
  /** Ends after so many accepted shares. */
  readonly shares: number | undefined;
  readonly json: boolean;
  readonly dataPath: string | undefined;
}

export type Request =
  | { readonly do: 'help' }
  | { readonly do: 'version' }
  | { readonly do: 'wrong'; readonly text: string }
  | { readonly do: 'devices'; readonly json: boolean }
  | ({ readonly do: 'run' } & RunRequest);

const options = {
  headless: { type: 'boolean' },
  web: { type: 'boolean' },
  port: { type: 'string' },
  practice: { type: 'boolean' },
  pool: { type: 'string' },
  user: { type: 'string' },
  channel: { type: 'string' },
  solo: { type: 'string' },
  address: { type: 'string' },
  cookie: { type: 'string' },
  'rpc-user': { type: 'string' },
  'rpc-password-file': { type: 'string' },
  'no-usb': { type: 'boolean' },
  threads: { type: 'string' },
  duty: { type: 'string' },
  shares: { type: 'string' },
  json: { type: 'boolean' },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

export function parseArguments(given: readonly string[]): Request {
  try {
    if (given[0] === 'devices') return devicesOf(given.slice(1));
    const { values } = parseArgs({ args: [...given], options, strict: true, allowPositionals: false });
    if (values.help) return { do: 'help' };
    if (values.version) return { do: 'version' };
    return { do: 'run', ...runOf(values) };
  } catch (error) {
    return { do: 'wrong', text: sentence(error instanceof Error ? error.message : String(error)) };
  }
}

function devicesOf(given: readonly string[]): Request {
  const { help, json } = options;
  const { values } = parseArgs({ args: [...given], options: { help, json }, strict: true, allowPositionals: false });
  return values.help ? { do: 'help' } : { do: 'devices', json: values.json ?? false };
}

function runOf(values: Values): RunRequest {
  const headless = values.headless ?? false;
  const source = sourceOf(values);
  const forTerminal = [source && 'a source', values.json && '--json', values.shares && '--shares'].find((part) => part);
  if (!headless && forTerminal) throw new RangeError(`${forTerminal} on the command line needs --headless.`);
  if (headless && (values.web || values.port !== undefined))
    throw new RangeError('--headless has no page: --web and --port go without it.');
  return {
    headless,
    web: (values.web ?? false) || values.port !== undefined,
    port: whole(values, 'port', 65_535),
    source,
    passwordPath: values['rpc-password-file'],
    usb: !(values['no-usb'] ?? false),
    threads: whole(values, 'threads', 256),
    dutyCycle: duty(values.duty),
    shares: whole(values, 'shares', 1_000_000_000),
    json: values.json ?? false,
    dataPath: filled(values, 'data'),
  };
}

function sourceOf(values: Values): SourceSettings | undefined {
  const kinds = [values.practice && '--practice', values.pool !== undefined && '--pool', values.solo !== undefined && '--solo'].filter(
    Boolean,
  );
  if (kinds.length > 1) throw new RangeError(`${kinds.join(' and ')} cannot be used together.`);
  belongs(values, ['user', 'channel'], 'pool');
  belongs(values, ['address', 'cookie', 'rpc-user', 'rpc-password-file'], 'solo');
  if (values.practice) return { kind: 'practice', id: 'practice', name: 'Practice' };
  if (values.pool !== undefined) return poolOf(values, values.pool);
  return values.solo === undefined ? undefined : soloOf(values, values.solo);
}

function poolOf(values: Values, url: string): SourceSettings {
  const { channel = 'extended' } = values;
  if (channel !== 'extended' && channel !== 'standard') throw new RangeError('--channel is standard or extended.');
  return { kind: 'pool', id: 'command-line', name: 'Pool', url, user: needed(values, 'user', 'pool'), channel };
}

function soloOf(values: Values, url: string): SourceSettings {
  const cookiePath = filled(values, 'cookie');
  const rpcUser = filled(values, 'rpc-user');
  if (cookiePath !== undefined && rpcUser !== undefined) throw new RangeError('--cookie and --rpc-user cannot be used together.');
  return {
    kind: 'solo',
    id: 'command-line',
    name: 'Own node',
    url,
    address: needed(values, 'address', 'solo'),
    ...(cookiePath !== undefined && { cookiePath }),
    ...(rpcUser !== undefined && { rpcUser }),
  };
}

type TextOption = Exclude<{ [K in keyof Values]: Values[K] extends string | undefined ? K : never }[keyof Values], undefined>;

function belongs(values: Values, names: readonly TextOption[], to: 'pool' | 'solo'): void {
  const stray = names.find((name) => values[name] !== undefined);
  if (stray !== undefined && values[to] === undefined) throw new RangeError(`--${stray} needs --${to}.`);
}

function needed(values: Values, name: TextOption, by: string): string {
  const value = filled(values, name);
  if (value === undefined) throw new RangeError(`--${by} needs --${name}.`);
  return value;
}

function filled(values: Values, name: TextOption): string | undefined {
  const value = values[name];
  if (value?.trim() === '') throw new RangeError(`--${name} is empty.`);
  return value;
}

function whole(values: Values, name: TextOption, most: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) throw new RangeError(`--${name} is a whole number from 1 to ${most}.`);
  return value;
}

function duty(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0.05 && value <= 1)) throw new RangeError('--duty is a number from 0.05 to 1.');
  return value;
}

/** The first sentence: what Node adds about `--` helps nobody here. */
function sentence(text: string): string {
  return `${(text.split(/\. |\n/)[0] ?? text).replace(/\.$/, '')}.`;
}
