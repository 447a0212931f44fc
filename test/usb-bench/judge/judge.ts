/**
 * Lets a program of other people judge the emulators:
 *
 *   node test/usb-bench/judge/judge.ts --board NAME… [--shift N] [--seconds N] [--difficulty N] [--fault 'S JSON']…
 *     [--env NAME=VALUE]… --program PATH [ARGS…]
 *
 * Starts a V1 pool, boots the guest, plugs the boards in, runs the program as root (`{pool}` in its arguments and environment
 * becomes the pool's address), breaks what is to be broken S seconds after the start, and ends it with SIGTERM. Then, for each board: what its chips
 * were sent and said, how often they had nothing to do, what they complained of; and how the pool liked the shares.
 * The program has to count difficulty in the same way: the number of bits is in its environment as HEARTH_SHIFT.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Bench } from '../bench.ts';
import type { Board, BoardFault } from '../emulators/board.ts';
import { type BoardName, boards } from '../emulators/boards.ts';
import { V1PoolSession } from './v1-pool.ts';

const JOB_MS = 20_000;
/** A program that was asked to end gets so long. */
const END_MS = 20_000;

const at = process.argv.indexOf('--program');
const { values } = parseArgs({
  args: process.argv.slice(2, at < 0 ? undefined : at),
  options: {
    board: { type: 'string', multiple: true, default: [] },
    shift: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
    difficulty: { type: 'string', default: '1' },
    fault: { type: 'string', multiple: true, default: [] },
    env: { type: 'string', multiple: true, default: [] },
  },
});
const [program, ...args] = at < 0 ? [] : process.argv.slice(at + 1);
const names = values.board as BoardName[];
if (program === undefined || names.length === 0 || names.some((name) => !(name in boards))) {
  console.error(`usage: judge.ts --board NAME… [--shift N] [--seconds N] [--difficulty N] [--fault 'S JSON']… [--env NAME=VALUE]… --program PATH [ARGS…]
boards: ${Object.keys(boards).join(' ')}`);
  process.exit(2);
}
const [shift, seconds] = [Number(values.shift), Number(values.seconds)];

const sessions: V1PoolSession[] = [];
const sockets = new Set<Socket>();
const pool = createServer((socket) => {
  const options = { shift, difficulty: Number(values.difficulty), random: randomBytes, now: () => Date.now() / 1000 };
  const session = new V1PoolSession(options);
  sessions.push(session);
  sockets.add(socket);
  const timer = setInterval(() => socket.write(`${session.newJob()}\n`), JOB_MS);
  socket.on('error', () => {}); // 'close' follows
  socket.on('close', () => clearInterval(timer));
  createInterface({ input: socket }).on('line', (line) => {
    for (const answer of session.receive(line)) socket.write(`${answer}\n`);
  });
});
await new Promise<void>((resolve) => pool.listen(0, '127.0.0.1', resolve));
const { port } = pool.address() as { port: number };

function lineOf(busid: string, board: Board): string {
  const { megahertz, jobs, noncesSent, hashes, starvedHashes, lostHashes } = board.chain.stats;
  if (boards[board.name as BoardName].typical === 0)
    return `${busid}; ${board.name}; touched ${board.usb.touches.count} times, by the kernel too`;
  const percent = (part: number) => `${((100 * part) / Math.max(1, hashes + starvedHashes + lostHashes)).toFixed(1)} %`;
  const work = `${jobs} jobs, ${noncesSent} nonces, starved ${percent(starvedHashes)}, lost ${percent(lostHashes)}`;
  return [busid, board.name, `${megahertz} MHz`, work, ...board.chain.complaints].join('; ');
}

function report(bench: Bench): void {
  for (const { busid, board } of bench.server.slots) console.log(lineOf(busid, board));
  for (const { counts } of sessions) if (Object.values(counts).some((count) => count > 0)) console.log('pool', JSON.stringify(counts));
}

const bench = await Bench.open({ program });
try {
  for (const name of names) await bench.plugIn(name, { shift });
  const withPool = (text: string) => text.replaceAll('{pool}', `10.0.2.2:${port}`);
  const env = Object.fromEntries(values.env.map((pair) => withPool(pair).split(/=(.*)/s).slice(0, 2) as [string, string]));
  const running = bench.start(program, args.map(withPool), { ...env, HEARTH_SHIFT: String(shift) }, (text) => process.stdout.write(text));
  for (const text of values.fault) {
    const [after, json] = text.split(/ (.*)/s) as [string, string];
    const { busid = '1-1', ...fault } = JSON.parse(json) as { busid?: string } & BoardFault;
    setTimeout(() => bench.inject(busid, fault as BoardFault), Number(after) * 1000);
  }
  const end = setTimeout(() => running.signal('SIGTERM'), seconds * 1000);
  await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, seconds * 1000 + END_MS))]);
  clearTimeout(end);
  report(bench);
} finally {
  for (const socket of sockets) socket.destroy();
  pool.close();
  await bench.close();
  process.exit();
}
