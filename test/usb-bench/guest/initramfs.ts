/**
 * The guest's file system: a base (kernel modules, busybox, udev, libraries, Node) that is made once and kept, and the
 * app's code, which is packed anew for every run.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { CpioWriter } from './cpio.ts';
import { loadOrder } from './modules.ts';
import { cacheFolder, kernelPackage, unpack } from './packages.ts';

const run = promisify(execFile);
const repository = new URL('../../..', import.meta.url).pathname;
/** Where the repository stands in the guest. */
export const GUEST_ROOT = '/hearth';
/** Where a program from the host, with the libraries that it needs there, stands in the guest. */
const PROGRAM = '/program';

const libraries = [
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'libacl1',
  'libblkid1',
  'libcap2',
  'libkmod2',
  'libselinux1',
  'libpcre2-8-0',
  'libudev1',
  'libzstd1',
  'liblzma5',
  'libssl3',
];
const tools = ['busybox-static', 'udev'];
/** Not needed in the guest. */
const left = /^(usr\/share|usr\/lib\/x86_64-linux-gnu\/gconv|usr\/lib\/x86_64-linux-gnu\/audit|etc\/init|usr\/lib\/locale|lib\/udev\/hwdb)/;
const codeFolders = ['core', 'test/usb-bench', 'test/fake', 'resources'];
const notCode = /(^|\/)(node_modules|dist|\.cache)(\/|$)/;

export interface GuestImage {
  readonly kernel: string;
  /** Parts of one initramfs, in order. */
  readonly parts: readonly string[];
}

/** `program`: a binary of the host to take along. */
export async function guestImage(program?: string): Promise<GuestImage> {
  const name = await kernelPackage();
  const kernelRoot = await unpack(name, [name]);
  const base = join(cacheFolder(), `base-${name}-node-${process.version}.cpio`);
  if (!existsSync(base)) await makeBase(base, kernelRoot, await unpack('guest-root', [...tools, ...libraries]));
  const app = join(cacheFolder(), `app-${process.pid}.cpio`);
  await makeApp(app, program);
  const image = readdirSync(join(kernelRoot, 'boot')).find((file) => file.startsWith('vmlinuz')) as string;
  return { kernel: join(kernelRoot, 'boot', image), parts: [base, app] };
}

async function makeBase(path: string, kernelRoot: string, guestRoot: string): Promise<void> {
  const archive = await CpioWriter.create(`${path}.partial`);
  await archive.add({ kind: 'device', path: 'dev/console', major: 5, minor: 1 });
  for (const folder of ['proc', 'sys', 'run', 'tmp', 'root', 'etc/udev/rules.d']) await archive.add({ kind: 'directory', path: folder });
  await addTree(archive, guestRoot, '', left);
  await archive.add({ kind: 'link', path: 'bin/sh', to: 'busybox' });
  const modules = loadOrder(kernelRoot);
  for (const file of modules) await addFile(archive, file, `modules/${basename(file)}`);
  const list = modules.map((file) => `${basename(file)}\n`).join('');
  await archive.add({ kind: 'file', path: 'modules/list', mode: 0o644, data: Buffer.from(list) });
  await addFile(archive, realpathSync(process.execPath), 'bin/node');
  await archive.close();
  renameSync(`${path}.partial`, path);
}

async function makeApp(path: string, program: string | undefined): Promise<void> {
  const archive = await CpioWriter.create(path);
  await addFile(archive, new URL('init.sh', import.meta.url).pathname, 'init');
  for (const folder of codeFolders.filter((each) => existsSync(join(repository, each)))) {
    await addTree(archive, join(repository, folder), `${GUEST_ROOT}/${folder}`, notCode);
  }
  await addFile(archive, join(repository, 'package.json'), `${GUEST_ROOT}/package.json`);
  for (const name of runtimePackages())
    await addTree(archive, join(repository, 'node_modules', name), `${GUEST_ROOT}/node_modules/${name}`);
  if (program !== undefined) await addProgram(archive, program);
  await archive.close();
}

/** The app's dependencies and theirs. The packages of the USB library that hold its binary are optional ones. */
function runtimePackages(): string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    const file = join(repository, 'node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(file)) return;
    found.add(name);
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
    for (const next of Object.keys({ ...own['dependencies'], ...own['optionalDependencies'] })) add(next);
  };
  const own = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(own.dependencies)) add(name);
  return [...found].filter((name) => !name.startsWith('@types/'));
}

/** A program of the host brings its own loader and libraries, so that the guest's may be older or newer. */
async function addProgram(archive: CpioWriter, program: string): Promise<void> {
  await addFile(archive, realpathSync(program), `${PROGRAM}/bin`);
  const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
  for (const [, file] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    if (file !== undefined) await addFile(archive, realpathSync(file), `${PROGRAM}/lib/${basename(file)}`);
  }
}

/** How the guest starts what `--program` named: a script of the repository, or a binary of the host. */
export function guestCommand(program: string, args: readonly string[]): readonly string[] {
  const inside = relative(repository, realpathSync(program));
  if (/\.(ts|mjs|cjs|js)$/.test(program) && !inside.startsWith('..')) return ['/bin/node', `${GUEST_ROOT}/${inside}`, ...args];
  return [`${PROGRAM}/lib/ld-linux-x86-64.so.2`, '--library-path', `${PROGRAM}/lib`, `${PROGRAM}/bin`, ...args];
}

async function addTree(archive: CpioWriter, from: string, to: string, except = /^$/): Promise<void> {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const inside = relative(from, file);
    if (except.test(inside)) continue;
    const path = join(to, inside);
    if (lstatSync(file).isSymbolicLink()) await archive.add({ kind: 'link', path, to: readlinkSync(file) });
    else if (entry.isDirectory()) await archive.add({ kind: 'directory', path });
    else if (entry.isFile()) await addFile(archive, file, path);
  }
}

async function addFile(archive: CpioWriter, from: string, to: string): Promise<void> {
  await archive.add({ kind: 'file', path: to, mode: statSync(from).mode & 0o777, data: readFileSync(from) });
}

/** The packed code is of no use after the run. */
export function removeImage(image: GuestImage): void {
  for (const part of image.parts.slice(1)) rmSync(part, { force: true });
}
