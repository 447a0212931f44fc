/** Kernel modules: which files a list of modules needs, in the order in which they must be loaded. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Network of the guest, the virtual host controller, and the drivers that Linux itself has for the bridges. */
export const wanted = ['virtio_pci', 'virtio_net', 'virtio_rng', 'vhci-hcd', 'ftdi_sio', 'cp210x', 'cdc-acm'];

const plainName = (name: string) => name.replaceAll('-', '_');

/** Paths of .ko files below `root`/lib/modules. @throws Error when a module is neither there nor built in. */
export function loadOrder(root: string, names: readonly string[] = wanted): string[] {
  const base = join(root, 'lib/modules');
  const version = readdirSync(base)[0] as string;
  const builtIn = new Set(
    readFileSync(join(base, version, 'modules.builtin'), 'utf8')
      .split('\n')
      .map(nameOf),
  );
  const files = new Map(
    readdirSync(join(base, version, 'kernel'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
      .map((entry) => [nameOf(entry.name), join(entry.parentPath, entry.name)] as const),
  );
  const order: string[] = [];
  const add = (name: string) => {
    const file = files.get(plainName(name));
    if (file === undefined) {
      if (builtIn.has(plainName(name))) return;
      throw new Error(`the kernel has no module ${name}`);
    }
    if (order.includes(file)) return;
    for (const needed of dependencies(file)) add(needed);
    order.push(file);
  };
  for (const name of names) add(name);
  return order;
}

function nameOf(path: string): string {
  return plainName(basename(path.trim(), '.ko'));
}

/** From the module's own information: `depends=usbcore,usb-common`. */
function dependencies(file: string): string[] {
  const found = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1'))?.[1] ?? '';
  return found.split(',').filter((name) => name !== '');
}
