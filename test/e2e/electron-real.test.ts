/**
 * The essentials of the window on Electron's own program, which is not in the registry's package: these run by themselves where
 * it has been fetched (and, on Linux, where there is a desktop), and are listed as skipped with the reason where not.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Snapshot } from '../../core/contract.ts';
import { build } from '../../core/host/build-pages.ts';
import { lockFolder } from '../../core/io/instance-lock.ts';
import type { Bridge } from '../../renderer/door-protocol.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const packageFolder = join(root, 'node_modules/electron');
const LINK = 'stratum2+tcp://pool.example:3333/9c4zpyJ2ndm4e8sP2uNc1VNCGxYjqaxWS6wUCjk8zFj6njFquH6';
const WAIT_MS = 60_000;

const program = existsSync(join(packageFolder, 'path.txt'))
  ? join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8'))
  : undefined;
const hasDesktop = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
const reason =
  program === undefined || !existsSync(program) ? 'Electron’s program is not on this machine' : hasDesktop ? undefined : 'no desktop here';
const onElectron = (claim: string, act: () => Promise<void>) =>
  test.skipIf(reason !== undefined)(reason === undefined ? claim : `${claim} [skipped: ${reason}]`, act);

/** A continuous-integration machine runs as root, where Chromium's sandbox does not. */
const sandboxArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const folders: string[] = [];
const apps: ElectronApplication[] = [];

beforeAll(async () => {
  if (reason === undefined) await build(root, ['pages', 'main', 'preload'], () => undefined);
});
afterEach(async () => {
  for (const app of apps.splice(0)) app.process().kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-real-'));
  folders.push(folder);
  return folder;
}

async function start(data: string): Promise<{ readonly app: ElectronApplication; readonly page: Page }> {
  const env = Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined));
  const app = await _electron.launch({
    executablePath: program as string,
    args: [root, ...sandboxArgs],
    env: { ...env, HEARTH_DATA: data, HEARTH_USB: '0' },
  });
  apps.push(app);
  const page = await app.firstWindow();
  await page.locator('h1').first().waitFor();
  return { app, page };
}

const snapshot = (page: Page) =>
  page.evaluate(
    () => new Promise<Snapshot>((resolve) => (window.hearth as Bridge).watch((push) => 'snapshot' in push && resolve(push.snapshot))),
  );

async function until(look: () => unknown, what: string): Promise<void> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100)))
    if (await look()) return;
  throw new Error(`waited too long: ${what}`);
}

async function startPractice(data: string) {
  const started = await start(data);
  await started.page.locator('.way').first().click();
  await until(async () => (await snapshot(started.page)).accepted > 0, 'the first accepted share');
  return started;
}

onElectron('the page comes up under its own scheme, with window.hearth and without Node', async () => {
  const { app, page } = await start(dataFolder());
  expect(page.url()).toBe('hearth://app/index.html');
  expect(await page.evaluate(() => [typeof window.hearth?.command, 'require' in window, 'process' in window])).toEqual([
    'function',
    false,
    false,
  ]);
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0] as Electron.BrowserWindow;
    return (webContents as unknown as { getLastWebPreferences(): Electron.WebPreferences }).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  expect(await page.evaluate(() => (window.hearth as Bridge).command('toString' as never, {}).then(() => 'answered', String))).toContain(
    'refused',
  );
});

onElectron('no navigation, no window, no permission but to copy, no other address', async () => {
  const { app, page } = await start(dataFolder());
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (url) => void opened.push(url);
  });
  await page.evaluate(() => location.assign('https://evil.invalid/'));
  expect(await page.evaluate(() => [window.open('https://mempool.space/'), window.open('http://plain.invalid/')])).toEqual([null, null]);
  await until(() => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened.length === 1), 'the browser was asked');
  expect(page.url()).toBe('hearth://app/index.html');
  expect(app.windows()).toHaveLength(1);
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'clipboard-read'] as PermissionName[];
    return (await Promise.all(names.map((name) => navigator.permissions.query({ name })))).map(({ state }) => state);
  });
  expect(states).toEqual(['denied', 'denied', 'denied', 'denied']);
  await page.bringToFront();
  await page.evaluate(() => navigator.clipboard.writeText('diagnostics'));
  expect(
    await page.evaluate(() =>
      fetch('https://elsewhere.invalid/').then(
        () => 'came',
        () => 'failed',
      ),
    ),
  ).toBe('failed');
});

onElectron('snapshots go on after a refused navigation, a move within the page, and a reload', async () => {
  const { page } = await start(dataFolder());
  await page.evaluate(() => location.assign('https://evil.invalid/'));
  await page.evaluate(() => location.assign('#/devices'));
  await page.evaluate(() => location.assign('#/'));
  const first = await snapshot(page);
  await until(async () => (await snapshot(page)).now > first.now, 'newer snapshots');
  await page.reload();
  await page.locator('h1').first().waitFor();
  expect((await snapshot(page)).startedAt).toBe(first.startedAt);
});

onElectron('a second start raises the window, and a link it brings only fills the form', async () => {
  const data = dataFolder();
  const { app, page } = await startPractice(data);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const second = spawn(program as string, [root, ...sandboxArgs, LINK], {
    env: { ...process.env, HEARTH_DATA: data, HEARTH_USB: '0' },
    stdio: 'ignore',
  });
  expect(await new Promise((resolve) => second.on('close', resolve))).toBe(0);
  await until(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()), 'the window is shown');
  await until(
    () => page.evaluate((link) => [...document.querySelectorAll('input')].some(({ value }) => value === link), LINK),
    'the form is filled',
  );
  const { settings } = await snapshot(page);
  expect(settings.sources.map(({ kind }) => kind)).toEqual(['practice']);
});

onElectron('quit ends cleanly and frees the data folder; the next start goes on mining', async () => {
  const data = dataFolder();
  const { app } = await startPractice(data);
  const ended = new Promise((resolve) => app.process().once('exit', resolve));
  await app.evaluate((electron) => electron.app.quit()).catch(() => undefined); // the answer may be cut off by the end
  expect(await ended).toBe(0);
  lockFolder(data)();
  const { page } = await start(data);
  await until(async () => (await snapshot(page)).mining.at === 'mining', 'it mines by itself');
});

onElectron('killed while mining, it resumes at the next start', async () => {
  const data = dataFolder();
  const { app } = await startPractice(data);
  const ended = new Promise((resolve) => app.process().once('exit', resolve));
  app.process().kill('SIGKILL');
  await ended;
  const { page } = await start(data);
  await until(async () => (await snapshot(page)).mining.at === 'mining', 'it mines by itself');
});
