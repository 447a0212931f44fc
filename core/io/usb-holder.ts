/**
 * Who holds a USB device on Linux: the kernel's driver of an interface, and the program that has the device open. Elsewhere,
 * or where the system does not tell, nobody is named.
 */
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

/** The driver bound to an interface: `cp210x`; `usbfs` when a program has claimed it; undefined: none, or not Linux. */
export async function driverOf(
  device: HeldDevice,
  configuration: number,
  number: number,
  paths = systemPaths,
): Promise<string | undefined> {
  const name = `${Number(device.bus)}-${device.ports.join('.')}:${configuration}.${number}`;
  return readlink(`${paths.sys}/${name}/driver`).then(
    (target) => basename(target),
    () => undefined,
  );
}

/** The name of a program, other than this one, that has the device open. Only this user's programs can be seen. */
export async function programHolding(device: HeldDevice, self: number, paths = systemPaths): Promise<string | undefined> {
  const node = `/dev/bus/usb/${device.bus}/${String(device.address).padStart(3, '0')}`;
  const processes = (await readdir(paths.proc).catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== self);
  for (const id of processes) {
    if (await hasOpen(`${paths.proc}/${id}/fd`, node)) return (await readFile(`${paths.proc}/${id}/comm`, 'utf8').catch(() => id)).trim();
  }
  return undefined;
}

async function hasOpen(folder: string, node: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.includes(node);
}
