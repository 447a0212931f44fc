/** `npm start`: the Electron window where its program can be had, the same pages in a browser where it cannot. */
import { spawn } from 'node:child_process';
import { build } from './build-pages.ts';
import { electronProgram } from './electron-program.ts';
import { runWeb, type WebWorld } from './web.ts';

export interface WindowWorld extends WebWorld {
  /** True: the person asked for the browser. */
  readonly web: boolean;
}

export async function runWindow(world: WindowWorld): Promise<number> {
  if (world.web) return runWeb(world);
  const reason = noDesktop();
  const program = reason === undefined ? await electronProgram(world.root, world.say) : { missing: reason };
  if ('path' in program) return runElectron(program.path, world);
  world.say(`No window here (${program.missing}): the same app in your browser instead.`);
  return runWeb(world);
}

/** A Linux machine without a screen can have Electron and still show nothing. */
function noDesktop(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY ? 'this machine has no desktop' : undefined;
}

async function runElectron(program: string, { root, dataPath, usb, say, onStop }: WindowWorld): Promise<number> {
  await build(root, ['pages', 'main', 'preload'], say);
  const child = spawn(program, [root], {
    stdio: 'inherit',
    env: { ...process.env, HEARTH_DATA: dataPath, HEARTH_USB: usb ? '1' : '0' },
  });
  onStop(() => child.kill());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
