/** Runs in the guest: attaches what the host names, starts programs, and tells what they say. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { constants, release, setPriority } from 'node:os';
import { BEAT_MS, hearLines, sendLine, type ToGuest, type ToHost } from './talk.ts';
import { attach } from './vhci.ts';

/** The host's loopback, as QEMU's own network shows it to the guest. */
const HOST = '10.0.2.2';
const programs = new Map<number, ChildProcess>();
const socket = connect({ host: HOST, port: Number(process.argv[2]), noDelay: true });
const say = (message: ToHost) => sendLine(socket, message);

async function attachNow(busid: string, port: number): Promise<void> {
  try {
    say({ say: 'attached', busid, port: await attach(HOST, port, busid) });
  } catch (error) {
    say({ say: 'not-attached', busid, reason: error instanceof Error ? error.message : String(error) });
  }
}

function start(id: number, [file, ...args]: readonly string[], env: Readonly<Record<string, string>>): void {
  const child = spawn(file as string, args, { cwd: '/hearth', env: { ...process.env, ...env } });
  // Not the agent's own; its busybox has no `nice`. At this moment it has one thread, which hands it on to the others.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_NORMAL);
  programs.set(id, child);
  const tell = (text: string) => say({ say: 'output', id, text });
  child.stdout.setEncoding('utf8').on('data', tell);
  child.stderr.setEncoding('utf8').on('data', tell);
  child.on('error', (error) => tell(`${error.message}\n`));
  child.on('close', (code, signal) => {
    programs.delete(id);
    say({ say: 'exit', id, code: code ?? undefined, signal: signal ?? undefined });
  });
}

function obey(message: ToGuest): void {
  if (message.do === 'attach') void attachNow(message.busid, message.port);
  else if (message.do === 'run') start(message.id, message.command, message.env);
  else if (message.do === 'write') programs.get(message.id)?.stdin?.write(message.text);
  else if (message.do === 'signal') programs.get(message.id)?.kill(message.signal);
  else process.exit(0);
}

socket.on('connect', () => {
  say({ say: 'ready', kernel: release() });
  setInterval(() => say({ say: 'time', ms: performance.now() }), BEAT_MS);
});
socket.on('close', () => process.exit(0));
socket.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
// A program that keeps the processor busy must not hold up the beats: emulated boards live by them.
setPriority(constants.priority.PRIORITY_HIGHEST);
hearLines<ToGuest>(socket, obey);
