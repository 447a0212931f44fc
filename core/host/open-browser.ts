/** Opens an address in the person's browser, where there is a desktop to open it on. */
import { spawn } from 'node:child_process';

/** The command for this system; undefined where no browser can be expected (a server, a container). */
export function browserCommand(url: string, platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): readonly string[] | undefined {
  if (environment['CI']) return undefined;
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? ['xdg-open', url] : undefined;
}

/** Never fails: the address was printed as well. */
export function openBrowser(url: string): void {
  const command = browserCommand(url, process.platform, process.env);
  if (!command) return;
  const child = spawn(command[0] as string, command.slice(1), { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
