/**
 * The USB bench: node test/usb-bench/run.ts [--main] [--together] [--board NAME]… [--shift N] [--seconds N] [--env NAME=VALUE]… [--program PATH [ARGS…]]
 *
 * Boots a Linux guest, plugs emulated boards into it, and tries them with the app, the real kernel and the real `usb` package
 * (test/usb-bench/scenarios); or, with --program, runs that program (a script of this repository, or any binary of this machine)
 * as the guest's root with the boards plugged in, and returns its code. Every board, in guests side by side where this machine
 * has the processors (--together: one guest after the other); --main, or with a program: the four main ones.
 * --shift: difficulty 1 is 2^N times easier than on the network. --seconds: the program is asked to end after so long. In the
 * guest, 10.0.2.2 is this machine's loopback. The last line counts: `N passed, N failed`.
 */
import { availableParallelism } from 'node:os';
import { Bench } from './bench.ts';
import { type BoardName, boards } from './emulators/boards.ts';
import { whyNoGuest } from './guest/availability.ts';
import { NoPackages } from './guest/packages.ts';
import { lanesOf, runLanes } from './lanes.ts';
import type { BoardResult } from './scenarios/board-trial.ts';
import { tryHouse } from './scenarios/house-trial.ts';
import { housesOf } from './scenarios/houses.ts';
import { probe } from './scenarios/probe.ts';
import { inviteStrangers, isStranger } from './scenarios/strangers.ts';
import { trials } from './scenarios/trials.ts';

/** The whole run; a hanging guest must not outlive it. */
const LIMIT_MS = 24 * 60_000;
/** A program that was asked to end, and does not, is ended with the guest. */
const END_LIMIT_MS = 20_000;
const MAIN_BOARDS: readonly BoardName[] = ['compac-f', 'compac', 'compac-a2', 'bitaxe-gamma'];
const USAGE = 'usage: run.ts [--main] [--together] [--board NAME]… [--shift N] [--seconds N] [--env NAME=VALUE]… [--program PATH [ARGS…]]';

interface Arguments {
  readonly boards: readonly BoardName[];
  readonly isTogether: boolean;
  readonly shift: number | undefined;
  readonly seconds: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly program: string | undefined;
  readonly args: readonly string[];
}

function usage(): never {
  console.error(`${USAGE}\nboards: ${Object.keys(boards).join(' ')}`);
  process.exit(2);
}

/** Everything after --program PATH belongs to the program. */
function parse(words: readonly string[]): Arguments {
  const at = words.indexOf('--program');
  const before = words.slice(0, at < 0 ? undefined : at);
  const own = before.filter((word) => word !== '--main' && word !== '--together');
  const program = at < 0 ? undefined : (words[at + 1] ?? usage());
  const values = new Map<string, string[]>([
    ['--board', []],
    ['--shift', []],
    ['--seconds', []],
    ['--env', []],
  ]);
  for (let index = 0; index < own.length; index += 2) (values.get(own[index] as string) ?? usage()).push(own[index + 1] ?? usage());
  const number = (name: string) => {
    const [text] = values.get(name) as string[];
    if (text === undefined) return undefined;
    return Number.isInteger(Number(text)) ? Number(text) : usage();
  };
  const names = values.get('--board') as string[];
  const known = names.map((name) => (name in boards ? (name as BoardName) : usage()));
  const every = (Object.keys(boards) as BoardName[]).filter((name) => !isStranger(name));
  const unnamed = before.includes('--main') || program !== undefined ? MAIN_BOARDS : every;
  const env = Object.fromEntries((values.get('--env') as string[]).map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const args = at < 0 ? [] : words.slice(at + 2);
  const isTogether = before.includes('--together');
  return {
    boards: known.length > 0 ? known : unnamed,
    isTogether,
    shift: number('--shift'),
    seconds: number('--seconds'),
    env,
    program,
    args,
  };
}

async function runProgram(bench: Bench, { boards: names, shift, seconds, env, program, args }: Arguments): Promise<number> {
  for (const name of names) await bench.plugIn(name, shift === undefined ? {} : { shift });
  const running = bench.start(program as string, args, env, (text) => process.stdout.write(text));
  process.once('SIGINT', () => running.signal('SIGINT'));
  const ask = seconds === undefined ? undefined : setTimeout(() => running.signal('SIGTERM'), seconds * 1000);
  const end =
    seconds === undefined ? [] : [new Promise<undefined>((resolve) => setTimeout(resolve, seconds * 1000 + END_LIMIT_MS, undefined))];
  const code = await Promise.race([running.ended, ...end]);
  clearTimeout(ask);
  for (const { busid, board } of bench.server.slots)
    console.log(busid, board.name, JSON.stringify(board.chain.stats), ...board.chain.complaints);
  return code ?? 1;
}

async function runScenarios(bench: Bench, names: readonly BoardName[]): Promise<number> {
  const tried = trials.filter(({ board }) => names.includes(board));
  const checkStrangers = await inviteStrangers(bench);
  const results = new Map<BoardName, BoardResult>();
  for (const house of housesOf(tried)) for (const [name, result] of await tryHouse(bench, house)) results.set(name, result);
  await checkStrangers();
  // What the app does not drive proves at least that the bench holds it.
  for (const name of names) if (!tried.some(({ board }) => board === name)) await probe(bench, name);
  for (const name of names) tellBoard(bench, name, results.get(name));
  const failed = bench.checks.filter((check) => !check.isTrue);
  for (const { claim, detail } of failed) console.log(`FAILED  ${claim}: ${detail}`);
  console.log(`${bench.checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && bench.checks.length > 0 ? 0 : 1;
}

function skip(why: string): never {
  console.log(`skipped: ${why}\n0 passed, 0 failed, ${wanted.boards.length} skipped`);
  process.exit(0);
}

function tellBoard({ checks }: Bench, name: BoardName, result: BoardResult | undefined): void {
  const own = checks.filter(({ claim }) => claim.startsWith(`${name}: `));
  const held = own.filter(({ isTrue }) => isTrue).length;
  const told = result && `${result.model}, ${result.chips} chips, ${result.rate}, ${result.shares} shares, ${result.seconds} s`;
  const verdict = held === own.length ? 'passed' : 'FAILED';
  console.log(`${verdict}  ${name.padEnd(16)} ${held} of ${own.length} claims; ${told ?? 'not mined with'}`);
}

const wanted = parse(process.argv.slice(2));
/** A machine that is there to test everything has no excuse. */
const mayLack = process.env['CI'] !== 'true';
const reason = whyNoGuest();
if (reason !== undefined) skip(reason);
const lanes = wanted.program === undefined && !wanted.isTogether ? lanesOf(wanted.boards, availableParallelism()) : undefined;
if (lanes !== undefined) process.exit(await runLanes(lanes));
const limit = setTimeout(() => {
  console.error('the bench did not end in time');
  process.exit(1);
}, LIMIT_MS);
const isBinary = wanted.program !== undefined && !/\.(ts|mjs|cjs|js)$/.test(wanted.program);
const bench = await Bench.open(isBinary ? { program: wanted.program as string } : {}).catch((error: unknown) => {
  if (error instanceof NoPackages && mayLack) skip(error.message);
  throw error;
});
try {
  process.exitCode = wanted.program === undefined ? await runScenarios(bench, wanted.boards) : await runProgram(bench, wanted);
} finally {
  await bench.close();
  clearTimeout(limit);
}
