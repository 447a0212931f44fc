/**
 * `npm run dev`: the miner with its local page, under the same token, Host, Origin and content policy as ever. The pages
 * are built anew when their sources change, into a folder of their own, and every open page then reloads itself.
 * Options: `--data DIR` (default: a folder below `.cache`, so that nobody's own settings are touched), `--port N`,
 * `--root DIR` (of the sources of the pages), `--no-usb` (leave boards on USB alone).
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'vite';
import type { WebServer } from '../io/web-server.ts';
import { onCrash } from './crash.ts';
import { onStopSignal } from './stop-signals.ts';
import { runWeb } from './web.ts';

const LOOK_EVERY_MS = 400; // a change is on the screen before one has looked up
/** A module of its own: the content policy forbids inline scripts here as well. */
const RELOADER = `const build = async () => (await fetch('./build.json', { cache: 'no-store' })).text();
const mine = await build();
setInterval(() => build().then((now) => now !== mine && location.reload(), () => {}), ${LOOK_EVERY_MS});
`;

const project = fileURLToPath(new URL('../..', import.meta.url));
const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { data: text, port: text, root: text, 'no-usb': { type: 'boolean' } } });
const root = resolve(values.root ?? project);
const folder = `${root}/dist/dev`;
const say = (line: string) => void process.stdout.write(`${line}\n`);

let server: WebServer | undefined;
const watcher = await watch();
process.exitCode = await runWeb({
  root,
  dataPath: resolve(values.data ?? `${project}/.cache/dev`),
  version: 'dev',
  usb: !values['no-usb'],
  port: Number(values.port ?? 0),
  say,
  onStop: onStopSignal,
  onCrash,
  pages: {
    folder,
    onServing(serving) {
      server = serving;
    },
  },
});
await watcher.close();

/** Resolves when the pages could be built for the first time; later builds are read by the server when they are whole. */
async function watch() {
  const config = { configFile: `${root}/renderer/vite.config.ts`, logLevel: 'warn' as const, plugins: [reloader()] };
  const watching = await build({ ...config, build: { watch: {}, outDir: folder, emptyOutDir: true } });
  if (!('on' in watching)) throw new Error('vite does not watch');
  let failed = false;
  await new Promise<void>((resolve) => {
    watching.on('event', (event) => {
      if (event.code === 'START') failed = false;
      if (event.code === 'ERROR') {
        failed = true;
        say(`The pages were not built: ${event.error.message}`);
      }
      if (event.code !== 'END' || failed) return;
      resolve();
      if (server) void server.reload().then(() => say('The pages were built anew.'));
    });
  });
  return watching;
}

/** Puts into the pages what lets them see that there is a newer build. */
function reloader(): Plugin {
  let builds = 0;
  return {
    name: 'hearth-reload',
    transformIndexHtml: () => [{ tag: 'script', attrs: { type: 'module', src: './reload.js' }, injectTo: 'head' }],
    generateBundle() {
      builds += 1;
      this.emitFile({ type: 'asset', fileName: 'reload.js', source: RELOADER });
      this.emitFile({ type: 'asset', fileName: 'build.json', source: JSON.stringify(`${process.pid}-${builds}`) });
    },
  };
}
