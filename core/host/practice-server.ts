/**
 * The practice servers as a program of their own: `node core/host/practice-server.ts --port 3333 --template-port 8442`.
 * Prints one line of JSON with the addresses, then one for each event. Faults are commanded by lines of JSON on standard
 * input: `{"fault":"stall","arguments":[true]}`. Ends with standard input's `{"fault":"exit"}`, SIGINT or SIGTERM.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fromHex } from '../bytes.ts';
import { AppError, describe, faultOf } from '../errors.ts';
import { systemClock } from '../io/clock.ts';
import { systemRandom } from '../io/random.ts';
import { tcpListeners } from '../io/tcp.ts';
import type { Log } from '../ports.ts';
import { type Practice, type PracticeEvent, type PracticeOptions, startPractice } from '../practice/practice.ts';

const USAGE = `usage: node core/host/practice-server.ts [options]
  --host ADDRESS             where to listen (127.0.0.1)
  --port PORT                mining, 0 takes a free one (0)
  --template-port PORT       serve templates too
  --difficulty NUMBER        of the chain (1)
  --height NUMBER            of the block it begins with (200)
  --elsewhere-seconds N      mean time between blocks from elsewhere, 0 = none (240)
  --transaction-seconds N    mean time between transactions, 0 = none (1.5)
  --shares-per-minute N      where difficulty settles (6)
  --least-hashes N           never fewer hashes behind a share (65536)
  --ack-batch N              shares in an acknowledgement (1)
  --ack-seconds N            longest wait for one (10)
  --group-jobs               later jobs go to the group
  --refuse-one-in N          refuse good shares on purpose
  --fee-delta SATOSHI        fees that make a new template (1000)
  --authority-secret HEX     32 bytes; a new authority at each start without it`;

const text = { type: 'string' } as const;
const settings = {
  host: text,
  port: text,
  'template-port': text,
  difficulty: text,
  height: text,
  'elsewhere-seconds': text,
  'transaction-seconds': text,
  'shares-per-minute': text,
  'least-hashes': text,
  'ack-batch': text,
  'ack-seconds': text,
  'group-jobs': { type: 'boolean' },
  'refuse-one-in': text,
  'fee-delta': text,
  'authority-secret': text,
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readArguments>;

function readArguments() {
  return parseArgs({ options: settings }).values;
}

function number(values: Values, name: keyof Values, fallback: number): number {
  const given = values[name];
  const value = given === undefined ? fallback : Number(given);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--${name} takes a number that is not negative`);
  return value;
}

function print(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`);
}

const log: Log = { write: (level, event, facts) => print({ type: 'log', level, event, ...facts }) };

function optionsOf(values: Values): PracticeOptions {
  const secret = values['authority-secret'];
  return {
    difficulty: number(values, 'difficulty', 1),
    height: number(values, 'height', 200),
    elsewhereEveryMs: number(values, 'elsewhere-seconds', 240) * 1000,
    transactionEveryMs: number(values, 'transaction-seconds', 1.5) * 1000,
    refuseOneIn: number(values, 'refuse-one-in', 0),
    feeDelta: BigInt(number(values, 'fee-delta', 1000)),
    sharesPerMinute: number(values, 'shares-per-minute', 6),
    leastHashesPerShare: number(values, 'least-hashes', 65_536),
    policy: {
      acks: { batch: number(values, 'ack-batch', 1), withinMs: number(values, 'ack-seconds', 10) * 1000 },
      addressing: values['group-jobs'] ? 'group' : 'channel',
    },
    ...(secret === undefined ? {} : { authoritySecret: fromHex(secret) }),
    onEvent: tell,
  };
}

function tell(event: PracticeEvent): void {
  if (event.type !== 'block') return print(event);
  const { height, ntime, finder, transactions, fees, id } = event.block;
  print({ type: 'block', height, hash: id, ntime, finder, transactions, fees });
}

/** A command is one of the faults by name; what a caller cannot spell is answered, not obeyed. */
function obey(practice: Practice, line: string): void {
  const { fault, arguments: given = [] } = JSON.parse(line) as { fault: string; arguments?: unknown[] };
  if (fault === 'exit') return void end(practice);
  const act: unknown = Object.hasOwn(practice.faults, fault) ? practice.faults[fault as keyof typeof practice.faults] : undefined;
  if (typeof act !== 'function') throw new RangeError(`no such fault: ${fault}`);
  act(...given);
  print({ type: 'fault', fault });
}

async function end(practice: Practice): Promise<void> {
  await practice.stop();
  process.exit(0);
}

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const templatePort = values['template-port'];
  const practice = await startPractice({
    listeners: tcpListeners,
    clock: systemClock,
    random: systemRandom,
    log,
    host: values.host ?? '127.0.0.1',
    port: number(values, 'port', 0),
    ...(templatePort === undefined ? {} : { templatePort: number(values, 'template-port', 0) }),
    options: optionsOf(values),
  });
  const { url, templateUrl, templateKey } = practice;
  print({ url, templateUrl, templateKey });
  practice.chain.onTip(({ height, id, finder }) => print({ type: 'tip', height, hash: id, finder }));
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      obey(practice, line);
    } catch (error) {
      print({ type: 'error', text: told(error) });
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(practice));
}

/** A fault of ours by its code; what the argument parser says in its own words. */
function told(error: unknown): string {
  return error instanceof AppError || !(error instanceof Error) ? describe(faultOf(error)) : error.message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${told(error)}\n${USAGE}\n`);
  process.exit(1);
});
