/** A running QEMU guest, from the host's side: boots it, talks to its agent, ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { delimiter, join } from 'node:path';
import { GuestTime } from './guest-time.ts';
import { type GuestImage, guestImage, removeImage } from './initramfs.ts';
import { removeLeftovers } from './leftovers.ts';
import { cacheFolder, missingFor, unpack } from './packages.ts';
import { hearLines, sendLine, type ToGuest, type ToHost } from './talk.ts';

/** Without KVM a boot takes a quarter of a minute of processor time; a machine with a queue for its processors has little to give. */
const BOOT_LIMIT_MS = 400_000;
const MEGABYTES = 1_024;
/**
 * On a busy machine the guest's time is counted in instructions (four nanoseconds each): it is slow then, but no timer of a driver
 * runs out because the guest got no processor.
 */
const COUNTED = ['-icount', 'shift=2,sleep=on'];
/**
 * Without protection keys: Node turns them at every write of code, and each turn costs a translated machine all its address lookups.
 * A translated machine has one processor: with two, QEMU 7.2 now and then runs code that the other has just changed, and in one start
 * of three Node dies of it (SIGSEGV, or V8's `Check failed: it->second.Size() > offset`); with one, in none of 36.
 */
const CPU = 'max,pku=off';
/** So many that want a processor, for each there is. */
const BUSY = 3;
const QEMU = 'qemu-system-x86_64';

export interface Program {
  /** Everything that it wrote so far. */
  readonly output: string;
  /** Resolves with its code when it has ended. */
  readonly ended: Promise<number | undefined>;
  write(text: string): void;
  signal(signal: NodeJS.Signals): void;
}

interface Running extends Program {
  output: string;
  end(code: number | undefined): void;
  readonly onOutput: (text: string) => void;
}

export interface GuestOptions {
  /** A binary of the host to take along. */
  readonly program?: string;
  /** Where the guest's serial console is written. */
  readonly console?: string;
  readonly accelerate?: boolean;
  /** Its time is counted in instructions, however much time there is for it. Absent: where this machine is busy now. */
  readonly isCounted?: boolean;
}

export class Guest {
  readonly #process: ChildProcess;
  readonly #server: Server;
  readonly #socket: Socket;
  readonly #programs = new Map<number, Running>();
  readonly #attaching = new Map<string, { resolve(port: number): void; reject(error: Error): void }>();
  #nextId = 1;
  readonly #time = new GuestTime();

  private constructor(process: ChildProcess, server: Server, socket: Socket) {
    this.#process = process;
    this.#server = server;
    this.#socket = socket;
    hearLines<ToHost>(socket, (message) => this.#hear(message));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#fail());
  }

  static async boot(options: GuestOptions = {}): Promise<Guest> {
    removeLeftovers(cacheFolder());
    const image = await guestImage(options.program);
    const initramfs = join(cacheFolder(), `initramfs-${process.pid}.cpio`);
    writeFileSync(initramfs, Buffer.concat(image.parts.map((part) => readFileSync(part))));
    removeImage(image);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    let qemu: ChildProcess | undefined;
    try {
      const isFast = options.accelerate ?? canAccelerate();
      qemu = await startQemu({ ...image, parts: [initramfs] }, port, isFast, !isFast && (options.isCounted ?? isBusy()));
      const log = createWriteStream(options.console ?? join(cacheFolder(), `console-${process.pid}.log`));
      qemu.stdout?.pipe(log);
      qemu.stderr?.pipe(log);
      const socket = await connection(server, qemu);
      return new Guest(qemu, server, socket);
    } catch (error) {
      qemu?.kill('SIGKILL');
      server.close();
      throw error;
    } finally {
      rmSync(initramfs, { force: true }); // QEMU has read it, or never will
    }
  }

  /** The guest's time in milliseconds. */
  now(): number {
    return this.#time.now(performance.now());
  }

  /** Plugs the device `busid` of the USB/IP server at `port` into the guest. */
  attach(busid: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#attaching.set(busid, { resolve, reject });
      this.#send({ do: 'attach', busid, port });
    });
  }

  start(command: readonly string[], env: Readonly<Record<string, string>> = {}, onOutput: (text: string) => void = () => {}): Program {
    const id = this.#nextId++;
    let end: (code: number | undefined) => void = () => {};
    const ended = new Promise<number | undefined>((resolve) => {
      end = resolve;
    });
    const running: Running = {
      output: '',
      ended,
      end,
      onOutput,
      write: (text) => this.#send({ do: 'write', id, text }),
      signal: (signal) => this.#send({ do: 'signal', id, signal }),
    };
    this.#programs.set(id, running);
    this.#send({ do: 'run', id, command, env });
    return running;
  }

  async stop(): Promise<void> {
    this.#send({ do: 'power-off' });
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    if (this.#process.exitCode === null) await ended;
    clearTimeout(limit);
    this.#socket.destroy();
    this.#server.close();
  }

  #send(message: ToGuest): void {
    if (!this.#socket.destroyed) sendLine(this.#socket, message);
  }

  #hear(message: ToHost): void {
    if (message.say === 'time') this.#time.beat(message.ms, performance.now());
    if (message.say === 'attached') this.#attaching.get(message.busid)?.resolve(message.port);
    if (message.say === 'not-attached') this.#attaching.get(message.busid)?.reject(new Error(message.reason));
    if (message.say === 'exit') this.#end(message.id, message.code, message.signal);
    if (message.say !== 'output') return;
    const program = this.#programs.get(message.id);
    if (program === undefined) return;
    program.output += message.text;
    program.onOutput(message.text);
  }

  /** A program that was killed says nothing of it: its output does. */
  #end(id: number, code: number | undefined, signal: string | undefined): void {
    const program = this.#programs.get(id);
    if (program === undefined) return;
    if (signal !== undefined) program.output += `\n[ended by ${signal}]`;
    program.end(code);
  }

  #fail(): void {
    const { exitCode, signalCode } = this.#process;
    const reason = `the guest is gone (QEMU: ${signalCode ?? exitCode ?? 'runs'}): see its console`;
    for (const { reject } of this.#attaching.values()) reject(new Error(reason));
    for (const program of this.#programs.values()) {
      program.output += `\n[${reason}]`;
      program.end(undefined);
    }
  }
}

function connection(server: Server, qemu: ChildProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('the guest does not come up: see its console')), BOOT_LIMIT_MS);
    const done =
      <T>(act: (value: T) => void) =>
      (value: T) => {
        clearTimeout(limit);
        act(value);
      };
    server.once('connection', done(resolve));
    qemu.once('error', done(reject));
    qemu.once(
      'exit',
      done(() => reject(new Error('QEMU ended before the guest came up: see its console'))),
    );
  });
}

async function startQemu(image: GuestImage, port: number, isFast: boolean, isCounted: boolean): Promise<ChildProcess> {
  const { file, env, data } = await findQemu();
  const machine = isFast ? ['-machine', 'q35,accel=kvm', '-cpu', 'host'] : ['-machine', 'q35,accel=tcg', '-cpu', CPU];
  const boot = ['-kernel', image.kernel, '-initrd', image.parts[0] as string];
  const append = ['-append', `console=ttyS0 quiet loglevel=4 panic=-1 hearth.port=${port}`];
  const devices = ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'virtio-rng-pci'];
  const rest = [
    '-m',
    String(MEGABYTES),
    '-smp',
    isFast ? '2' : '1',
    ...(isCounted ? COUNTED : []),
    '-no-reboot',
    '-display',
    'none',
    '-monitor',
    'none',
    '-serial',
    'stdio',
    ...data,
  ];
  return spawn(file, [...machine, ...boot, ...append, ...devices, ...rest], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The system's own, or one unpacked beside it with the libraries that it lacks. */
async function findQemu(): Promise<{ file: string; env: NodeJS.ProcessEnv; data: string[] }> {
  const own = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, QEMU))
    .find((file) => existsSync(file));
  if (own !== undefined) return { file: own, env: process.env, data: [] };
  const root = await unpack('qemu', await missingFor('qemu-system-x86'));
  const folders = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/pulseaudio'].map((each) =>
    join(root, each),
  );
  const data = ['usr/share/qemu', 'usr/share/seabios'].flatMap((each) => ['-L', join(root, each)]);
  return { file: join(root, 'usr/bin', QEMU), env: { ...process.env, LD_LIBRARY_PATH: folders.join(delimiter) }, data };
}

function isBusy(): boolean {
  const [lastMinute = 0] = loadavg();
  return lastMinute / availableParallelism() > BUSY;
}

/** Only when asked: where the machine is itself virtual, KVM may open and then never run. */
function canAccelerate(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return process.env['HEARTH_KVM'] === '1';
  } catch {
    return false;
  }
}
