/**
 * Who holds a USB device: the kernel's driver of an interface (Linux), and the program that has the device or one of its
 * serial ports open (Linux, macOS). Elsewhere, or where the system does not tell, nobody is named.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Where the system's facts are; other folders in tests. */
export interface HolderPaths {
  readonly sys: string;
  readonly proc: string;
}

export const systemPaths: HolderPaths = { sys: '/sys/bus/usb/devices', proc: '/proc' };

export interface HeldDevice {
  /** As the bus has it: `003`. */
  readonly bus: string;
  readonly address: number;
  readonly ports: readonly number[];
}

const LSOF = '/usr/sbin/lsof';
const LSOF_LIMIT_MS = 3000;

/** The name of the device's folder in /sys: `3-4.2`. */
export function sysName({ bus, ports }: Pick<HeldDevice, 'bus' | 'ports'>): string {
  return `${Number(bus)}-${ports.join('.')}`;
}

/** The driver bound to an interface: `cp210x`; `usbfs` when a program has claimed it; undefined: none, or not Linux. */
export async function driverOf(
  device: HeldDevice,
  configuration: number,
  number: number,
  paths = systemPaths,
): Promise<string | undefined> {
  return readlink(`${paths.sys}/${sysName(device)}:${configuration}.${number}/driver`).then(
    (target) => basename(target),
    () => undefined,
  );
}

/** Where programs open the device itself: `/dev/bus/usb/003/007`. */
export function deviceNode({ bus, address }: HeldDevice): string {
  return `/dev/bus/usb/${bus}/${String(address).padStart(3, '0')}`;
}

/** Linux: the name of a program, other than this one, that has one of the files open. Only this user's programs can be seen. */
export async function programHolding(files: readonly string[], self: number, paths = systemPaths): Promise<string | undefined> {
  const processes = (await readdir(paths.proc).catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== self);
  for (const id of processes) {
    if (await hasOpen(`${paths.proc}/${id}/fd`, files)) return (await readFile(`${paths.proc}/${id}/comm`, 'utf8').catch(() => id)).trim();
  }
  return undefined;
}

async function hasOpen(folder: string, files: readonly string[]): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.some((target) => files.includes(target));
}

/** macOS: the same, as `lsof` tells it. A port has two names there: `/dev/tty.x` and `/dev/cu.x`. */
export async function macProgramHolding(files: readonly string[], self: number, program = LSOF): Promise<string | undefined> {
  const both = files.flatMap((file) => [file, file.replace('/dev/tty.', '/dev/cu.')]);
  const output = await new Promise<string>((resolve) => {
    execFile(program, ['-F', 'pc', '--', ...new Set(both)], { timeout: LSOF_LIMIT_MS }, (_error, text) => resolve(text));
  });
  return firstOther(output, self);
}

/** Of lines `p123` (process) and `cname` (command), the first command of another process. */
function firstOther(output: string, self: number): string | undefined {
  let id = self;
  for (const line of output.split('\n')) {
    if (line.startsWith('p')) id = Number(line.slice(1));
    if (line.startsWith('c') && id !== self) return line.slice(1);
  }
  return undefined;
}
