/**
 * The program without Electron. `--headless` mines in this terminal; otherwise the window opens, or the web page.
 * Exit codes are those of `--help`.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.ts';
import { faultSnapshot } from '../miner/standing-faults.ts';
import { onCrash } from './crash.ts';
import { defaultDataFolder } from './data-folder.ts';
import { onStopSignal } from './stop-signals.ts';
import { parseArguments, type RunRequest } from './terminal/arguments.ts';
import { faultText } from './terminal/fault-text.ts';
import { HELP } from './terminal/help.ts';

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2));
  switch (request.do) {
    case 'help':
      return print(HELP);
    case 'version':
      return print(`${version()}\n`);
    case 'wrong':
      process.stderr.write(`${request.text} See --help.\n`);
      return 2;
    case 'devices':
      return devices(request.json);
    case 'run':
      return request.headless ? headless(request) : openWindow(request);
  }
}

async function openWindow(request: RunRequest): Promise<number> {
  const { runWindow } = await import('./window.ts');
  process.stdout.on('error', () => {}); // the terminal may be closed; the page goes on until it is told to end
  return runWindow({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    dataPath: resolve(request.dataPath ?? defaultDataFolder()),
    version: version(),
    web: request.web,
    usb: request.usb,
    port: request.port ?? 0,
    say: (line) => process.stdout.write(`${line}\n`),
    onStop: onStopSignal,
    onCrash,
  });
}

async function headless(request: RunRequest): Promise<number> {
  const [{ runHeadless }, { headlessWorld }] = await Promise.all([
    import('./terminal/headless.ts'),
    import('./terminal/headless-world.ts'),
  ]);
  const dataPath = resolve(request.dataPath ?? defaultDataFolder());
  return runHeadless(request, headlessWorld(request, { version: version(), dataPath }));
}

async function devices(json: boolean): Promise<number> {
  const [{ listDevices }, { NodeUsbBus }, { systemClock }, { shippedRule }] = await Promise.all([
    import('./terminal/devices.ts'),
    import('../io/usb-bus.ts'),
    import('../io/clock.ts'),
    import('../io/usb-rule.ts'),
  ]);
  const rulesPath = shippedRule();
  const world = { bus: new NodeUsbBus({ clock: systemClock }), clock: systemClock, platform: process.platform, rulesPath };
  const { code, text } = await listDevices(world, json);
  print(text);
  return code;
}

function print(text: string): number {
  process.stdout.on('error', () => process.exit(0)); // `| head`
  process.stdout.write(text);
  return 0;
}

main().then(
  (code) => leave(code),
  (error: unknown) => {
    process.stderr.write(`${lastWords(error)}\n`);
    leave(1);
  },
);

/** A fault in the words of the table; anything else is a defect, told with its stack. */
function lastWords(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return faultText(faultSnapshot(error.fault, 'app', Date.now()));
}

/** Ends when everything written has left, or the reader has. */
function leave(code: number): void {
  process.exitCode = code;
  const LAST_WORDS_MS = 500; // a reader that does not read must not keep a finished program alive
  setTimeout(() => process.exit(code), LAST_WORDS_MS).unref();
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
