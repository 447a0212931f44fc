/**
 * The web host with boards that a test plugs in and out over standard input: `plug ID PORT [experimental]`, `unplug ID`,
 * `fault ID CODE`, `forbid` (something on USB that may not be opened), `allow` (it may now), `throw` and `reject` (what nobody
 * catches). `{"configured":…}` is printed for every setting that reaches a board, `{"stopped":…}` for every board told to stop. The installer of the rule is a double that allows. All else is as `--web` runs it.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Device, DeviceSettings } from '../../core/devices/device.ts';
import type { UsbEyes, UsbSights } from '../../core/devices/doctor.ts';
import { onCrash } from '../../core/host/crash.ts';
import { onStopSignal } from '../../core/host/stop-signals.ts';
import { runWeb } from '../../core/host/web.ts';
import { WebBoard } from './web-board.ts';
import { root } from './web-program.ts';

const { values } = parseArgs({ options: { web: { type: 'boolean' }, data: { type: 'string' } } });
const say = (line: string) => void process.stdout.write(`${line}\n`);

const boards = new Map<string, WebBoard>();
let onDevice: (device: Device) => void = () => {};
let changed: () => void = () => {};
let usb: UsbSights = { state: 'on', sights: [] };

const usbEyes: UsbEyes = {
  now: () => usb,
  onChange(call) {
    changed = call;
  },
};
function see(isForbidden: boolean): void {
  const strings = { manufacturer: 'GekkoScience', product: 'NewPac Bitcoin Miner', serial: 'F0' };
  const facts = { key: 'f', location: 'usb 1-9', vendorId: 0x0403, productId: 0x6015, version: 1, strings };
  const fault = { code: 'usb-no-permission', location: 'usb 1-9' };
  usb = { state: 'on', sights: isForbidden ? [{ ...facts, kind: 'board', name: 'NewPac', notices: [], fault }] : [] };
  changed();
}

const acts: Readonly<Record<string, (id: string, more: string, last?: string) => void>> = {
  plug(id, port, kind) {
    const configured = (settings: DeviceSettings) => say(JSON.stringify({ configured: id, settings }));
    const board = new WebBoard(id, port, kind === 'experimental', configured, () => say(JSON.stringify({ stopped: id })));
    boards.set(id, board);
    onDevice(board);
  },
  unplug(id) {
    boards.get(id)?.unplug();
    boards.delete(id);
  },
  fault: (id, code) => boards.get(id)?.fail(code),
  forbid: () => see(true),
  allow: () => see(false),
  throw() {
    throw new Error('a stray exception');
  },
  reject: () => void Promise.reject(new Error('a stray rejection')),
};
const lines = createInterface({ input: process.stdin }).on('line', (line) => {
  const [act = '', id = '', more = '', last] = line.split(' ');
  acts[act]?.(id, more, last);
});

process.exitCode = await runWeb({
  root,
  dataPath: values.data as string,
  version: '0.0.0',
  port: 0,
  say,
  onStop: onStopSignal,
  onCrash,
  limits: {
    finders: [
      {
        async start(found) {
          onDevice = found;
        },
        stop: async () => {},
      },
    ],
    usbEyes,
    usbRule: {
      system: 'linux',
      async install() {
        see(false);
        return { done: 'installed' };
      },
    },
  },
});
lines.close(); // or this process would wait for a word for ever
process.stdin.destroy();
