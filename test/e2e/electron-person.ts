/** What the tests of the window have in common: homes and apps that end with the test, and the door as the page sees it. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Snapshot } from '../../core/contract.ts';
import { build } from '../../core/host/build-pages.ts';
import type { Bridge } from '../../renderer/door-protocol.ts';
import { ElectronApp, Home } from './electron-app.ts';

export const LINK = 'stratum2+tcp://pool.example:3333/9c4zpyJ2ndm4e8sP2uNc1VNCGxYjqaxWS6wUCjk8zFj6njFquH6';
/** A wall that fails only later would pass a test that does not wait. */
export const MOMENT_MS = 500;

/** The built bundle, preload and pages, brought up to date. */
export const built = () => build(fileURLToPath(new URL('../..', import.meta.url)), ['pages', 'main', 'preload'], () => undefined);

export const moment = () => new Promise((resolve) => setTimeout(resolve, MOMENT_MS));

export const door = (page: Page) => ({
  command: (name: string, args: unknown) =>
    page.evaluate(([one, two]) => (window.hearth as Bridge).command(one as never, two), [name, args] as const) as Promise<{
      readonly ok: boolean;
      readonly reply?: unknown;
      readonly fault?: { readonly code: string };
    }>,
  /** The error a page sees, or what it got instead. */
  refusal: (name: unknown) =>
    page.evaluate((one) => (window.hearth as Bridge).command(one as never, {}).then(JSON.stringify, String), name),
  snapshot: () =>
    page.evaluate(
      () => new Promise<Snapshot>((resolve) => (window.hearth as Bridge).watch((push) => 'snapshot' in push && resolve(push.snapshot))),
    ),
});

export async function startPractice(app: ElectronApp): Promise<Page> {
  const page = await app.page();
  await page.locator('.way').first().click();
  await app.until(async () => (await door(page).snapshot()).accepted > 0, 'the first accepted share');
  return page;
}

/** Apps and homes of one test, ended with it. */
const opened: (ElectronApp | Home)[] = [];
export function home(hasTray = true): Home {
  const one = new Home(hasTray);
  opened.unshift(one);
  return one;
}
export function start(at: Home, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): ElectronApp {
  const one = new ElectronApp(at, args, environment);
  opened.push(one);
  return one;
}
export async function endAll(): Promise<void> {
  const apps = opened.filter((one) => one instanceof ElectronApp);
  for (const one of opened.splice(0).reverse()) await (one instanceof ElectronApp ? one.end() : one.remove());
  // Electron shows a person a box with a stack for each of these.
  for (const app of apps) expect([...app.called('uncaughtException'), ...app.called('unhandledRejection')]).toEqual([]);
}
