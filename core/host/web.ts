/**
 * Hearth as a local web page: the same pages as the window, on 127.0.0.1 with a one-time link. Runs until it is asked to
 * stop, or something breaks that nobody catches; resolves with the exit code.
 */
import { join } from 'node:path';
import type { Door } from '../contract.ts';
import { faultOf } from '../errors.ts';
import { systemClock } from '../io/clock.ts';
import { diskFiles } from '../io/files.ts';
import { type FileLog, fileLog } from '../io/log.ts';
import { systemRandom } from '../io/random.ts';
import { serveWeb, type WebServer, type WebServerOptions } from '../io/web-server.ts';
import { build } from './build-pages.ts';
import { type ComposeOptions, compose } from './compose.ts';
import { tellCrash } from './crash.ts';
import { serveDoor } from './door-client.ts';
import { openBrowser } from './open-browser.ts';
import { type WebMemory, webMemory } from './web-memory.ts';

export interface WebWorld {
  /** Of the project: below it are `dist/renderer` and the sources it is built from. */
  readonly root: string;
  readonly dataPath: string;
  readonly version: string;
  /** Boards on USB are powered and used. */
  readonly usb?: boolean;
  /** 0 takes that of the last run, or a free one. */
  readonly port: number;
  readonly say: (line: string) => void;
  /** Calls when the person or the system wants an end. */
  readonly onStop: (stop: () => void) => void;
  readonly onCrash: (crash: (error: unknown) => void) => void;
  /** Limits and devices of the miner; for tests. */
  readonly limits?: Pick<ComposeOptions, 'failover' | 'practice' | 'finders' | 'usbEyes' | 'usbRule'>;
  /** Pages that somebody else builds, and what to do when they are served; for development. */
  readonly pages?: { readonly folder: string; onServing(server: WebServer): void };
}

/** @throws AppError when the data folder or the port cannot be had */
export async function runWeb(world: WebWorld): Promise<number> {
  const { root, dataPath, version, say } = world;
  const log = fileLog({ path: join(dataPath, 'hearth.log'), clock: systemClock });
  const ended = untilEnd(world, log);
  if (!world.pages) await build(root, ['pages'], say);
  const { door, stop } = await compose({ dataPath, version, log, usb: world.usb ?? false, ...world.limits });
  try {
    const server = await servePages(world, door, await webMemory(diskFiles(), join(dataPath, 'web.json'), log));
    world.pages?.onServing(server);
    const code = await ended;
    say('Ending: waiting for the last answers.');
    await Promise.all([server.close(), stop()]);
    return code;
  } finally {
    await stop();
    await log.flush();
  }
}

function untilEnd({ onStop, onCrash, say }: WebWorld, log: FileLog): Promise<number> {
  return new Promise((resolve) => {
    onStop(() => resolve(0));
    onCrash((error) => {
      tellCrash(error, log, say);
      resolve(1);
    });
  });
}

/**
 * At the port asked for; else at the one of the last run, where pages may still be open; else at a free one. Whoever has
 * taken the last run's port may have been shown the cookies of those pages: then nobody stays signed in.
 */
async function servePages(world: WebWorld, door: Door, memory: WebMemory): Promise<WebServer> {
  if (world.port !== 0 || memory.port === 0) return serve(world, door, memory, world.port, memory.digests);
  try {
    return await serve(world, door, memory, memory.port, memory.digests);
  } catch (error) {
    const { code } = faultOf(error);
    if (code !== 'port-in-use' && code !== 'listen-failed') throw error;
    return serve(world, door, memory, 0, []);
  }
}

async function serve(world: WebWorld, door: Door, memory: WebMemory, port: number, digests: readonly string[]): Promise<WebServer> {
  let kept = digests;
  let server: WebServer | undefined;
  const options: WebServerOptions = {
    folder: world.pages?.folder ?? join(world.root, 'dist/renderer'),
    port,
    random: systemRandom,
    sessions: {
      digests,
      onChange(signedIn) {
        kept = signedIn;
        if (server) void memory.keep(server.port, kept);
      },
    },
    onLink: linkTeller(world.say),
    onClient: (client) => serveDoor(door, client, () => systemClock.monotonic()),
  };
  server = await serveWeb(options);
  await memory.keep(server.port, kept);
  return server;
}

/** The first link is opened; each later one is only told, for another browser. */
function linkTeller(say: (line: string) => void): (url: string) => void {
  let first = true;
  return (url) => {
    say(first ? `Hearth is at ${url}` : `To open it once more elsewhere: ${url}`);
    if (first) openBrowser(url);
    first = false;
  };
}
