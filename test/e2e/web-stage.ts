/** The real miner behind its local page, and a Chromium in front of it. Everything a test opens here ends with it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { Pool, type PoolPlace } from './web-pool.ts';
import { Program } from './web-program.ts';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
/** The reason tests are skipped for, if any. */
export const missing = CHROMIUM === undefined ? 'no Chromium on this machine' : '';

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const QUIET = ['--disable-component-update', '--disable-sync'];
/** The machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

export const LAUNCHER = 'core/host/launch.cjs';
/** The same miner with other limits: see its own header. */
export const SHORT_LIMITS = 'test/e2e/web-miner.ts';

export interface Miner {
  readonly program: Program;
  /** The newest link that was not used. */
  link(): string;
  readonly origin: string;
  readonly folder: string;
}

export class Stage {
  readonly #folders: string[] = [];
  readonly #programs: Program[] = [];
  readonly #pools: Pool[] = [];
  readonly #contexts: BrowserContext[] = [];
  #browser: Browser | undefined;

  folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'hearth-e2e-'));
    this.#folders.push(path);
    return path;
  }

  async miner(folder = this.folder(), { script = LAUNCHER, args = [] as readonly string[] } = {}): Promise<Miner> {
    const usb = script === LAUNCHER ? ['--no-usb'] : []; // nothing plugged into this machine is powered by a test
    const program = new Program(script, ['--web', '--data', folder, ...usb, ...args]);
    this.#programs.push(program);
    const [first] = await program.line(LINK);
    return {
      program,
      folder,
      origin: new URL(first).origin,
      link: () => [...program.output.matchAll(new RegExp(LINK, 'g'))].at(-1)?.[0] as string,
    };
  }

  async pool(place: PoolPlace = {}): Promise<Pool> {
    const pool = await Pool.start(place);
    this.#pools.push(pool);
    return pool;
  }

  /** A browser of its own: no cookie, nothing kept. */
  async browser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const args = [...FLAGS, ...QUIET];
    this.#browser ??= await chromium.launch({ executablePath: CHROMIUM ?? '', headless: true, args });
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.push(context);
    return context;
  }

  /** A fresh browser that opened the miner's link. */
  async open(miner: Miner, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await this.browser(options)).newPage();
    await page.goto(miner.link());
    await page.locator('h1').waitFor();
    return page;
  }

  /** After each test: its browsers. */
  async clear(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await Promise.all([...this.#programs.map((program) => program.stop()), ...this.#pools.map((pool) => pool.stop())]);
    for (const path of this.#folders) rmSync(path, { recursive: true, force: true });
  }
}

const LINK = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/;
