/**
 * The pages in a real Chromium, in front of the real miner with twenty devices and a year of history: what the first page
 * loads, when a person can use it, and how long its frames take on every screen that grows with either.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from '../../core/host/build-pages.ts';
import { Program, root } from '../e2e/web-program.ts';
import { CHROMIUM, FLAGS } from '../e2e/web-stage.ts';
import type { Line } from './line.ts';
import { median } from './percentiles.ts';
import { PoolProcess } from './pool-process.ts';
import { windowDeviceId } from './window-device.ts';
import { framesDuring, recordFrames } from './window-frames.ts';
import { fillYear } from './window-history.ts';

const DEVICES = 20;
const SOURCE_ID = 'bench-pool';
const LANGUAGES = ['en', 'de'] as const;
const BUNDLE_GOAL_BYTES = 150_000;
const STARTS = 7;
const INTERACTIVE_GOAL_MS = 1_500;
const FRAME_GOAL_MS = 50;
/** Ten shares a second from all devices together, each found, sent and answered. */
const POOL = ['--shares-per-minute', '600', '--least-hashes', '100'];
/** The pool learns the devices' speed meanwhile. */
const SETTLE_MS = 10_000;
const BLANK_MS = 20_000;
/** Pages of a hundred shares that a person asks for, up to all that the list takes. */
const OLDER_PAGES = 49;
const ANSWER_LIMIT_MS = 20_000;

/** Takes `minutes` a screen, and a minute more. */
export async function window(minutes: number): Promise<Line[]> {
  if (CHROMIUM === undefined) return [{ ...NOTHING, name: 'window', note: 'no Chromium on this machine' }];
  await build(root, ['pages'], () => {});
  const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  const pool = await PoolProcess.start(POOL);
  let program: Program | undefined;
  try {
    const rows = prepare(folder, pool.url);
    program = new Program('test/bench/window-miner.ts', ['--data', folder, '--devices', String(DEVICES)]);
    await program.line(LINK);
    const lines: Line[] = [];
    for (const language of LANGUAGES) lines.push(...(await starts(program, language)));
    return [...lines, ...(await screens(program, minutes * 60_000, rows))];
  } finally {
    await program?.stop();
    await pool.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const LINK = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/;
const NOTHING: Line = { name: '', measured: '–', against: '', ratio: Number.NaN, goal: 'none', met: 'not measured' };

/** Gives the number of rows of history. */
function prepare(folder: string, url: string): number {
  const source = { kind: 'pool', id: SOURCE_ID, name: 'Bench pool', url, user: 'bench' };
  const settings = { sources: [source], devices: { processor: { paused: true } }, mining: true, welcomed: true };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  const deviceIds = Array.from({ length: DEVICES }, (_, index) => windowDeviceId(index));
  return fillYear(join(folder, 'history.db'), { sourceId: SOURCE_ID, deviceIds }, Date.now());
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? '', headless: true, args: FLAGS });
}

/** The newest link of the miner that was not used. */
function linkOf({ output }: Program): string {
  return [...output.matchAll(new RegExp(LINK, 'g'))].at(-1)?.[0] as string;
}

interface Start {
  readonly interactiveMs: number;
  readonly gzippedBytes: number;
}

async function starts(program: Program, language: string): Promise<Line[]> {
  const all: Start[] = [];
  for (let count = 0; count < STARTS; count += 1) all.push(await start(program, language));
  const times = all.map(({ interactiveMs }) => interactiveMs);
  const bytes = Math.max(...all.map(({ gzippedBytes }) => gzippedBytes));
  const [middle, worst] = [median(times), Math.max(...times)];
  return [
    {
      name: `window, what the page loads, ${language}`,
      measured: `${(bytes / 1000).toFixed(1)} kB gzipped`,
      against: `limit ${BUNDLE_GOAL_BYTES / 1000} kB`,
      ratio: BUNDLE_GOAL_BYTES / bytes,
      goal: `< ${BUNDLE_GOAL_BYTES / 1000} kB`,
      met: bytes < BUNDLE_GOAL_BYTES,
      note: 'page, scripts, styles and drawings together',
    },
    {
      name: `window, navigation → interactive, ${language}`,
      measured: `${middle.toFixed(0)} ms`,
      against: `limit ${INTERACTIVE_GOAL_MS} ms`,
      ratio: INTERACTIVE_GOAL_MS / middle,
      goal: `< ${INTERACTIVE_GOAL_MS} ms`,
      met: worst < INTERACTIVE_GOAL_MS,
      note: `median of ${STARTS} with a fresh profile each; worst ${worst.toFixed(0)} ms`,
    },
  ];
}

/** A browser that never saw the page: nothing kept, no compiled code. */
async function start(program: Program, language: string): Promise<Start> {
  const browser = await launch();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: language })).newPage();
    const loaded: Promise<number>[] = [];
    page.on('response', (response) => {
      if (response.status() === 200) loaded.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.addInitScript(whenInteractive, language);
    await page.goto(linkOf(program));
    const interactiveMs = await page.evaluate(() => (globalThis as unknown as { interactive: Promise<number> }).interactive);
    // What was measured is true: it answers to a click.
    await page.getByRole('link', { name: /^(Devices|Geräte)$/ }).click();
    await page.locator('table.fleet').waitFor();
    const bytes = await Promise.all(loaded);
    return { interactiveMs, gzippedBytes: bytes.reduce((sum, one) => sum + one, 0) };
  } finally {
    await browser.close();
  }
}

/** Evaluated in the page: its heading stands in the language wished, its snapshot is drawn, and nothing else is to be done. */
function whenInteractive(language: string): void {
  const interactive = new Promise<number>((resolve) => {
    const look = () => {
      const there = document.querySelector('main h1') !== null && document.documentElement.lang === language;
      if (!there) return requestAnimationFrame(look);
      return requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    requestAnimationFrame(look);
  });
  Object.assign(globalThis, { interactive });
}

type Frames = Awaited<ReturnType<typeof framesDuring>>;

interface Screen {
  readonly name: string;
  readonly link: string;
  /** What a person does there. */
  readonly act?: (page: Page) => Promise<void>;
  /** At least this long, whatever was asked for. */
  readonly quick?: true;
}

const SCREENS: readonly Screen[] = [
  { name: 'Mine, chart of a year', link: 'Mine', act: (page) => page.getByText('1 y', { exact: true }).click() },
  { name: 'Devices, twenty of them', link: 'Devices' },
  { name: 'Proof', link: 'Proof' },
  { name: 'History, as it opens', link: 'History', act: (page) => page.getByText('Shares', { exact: true }).first().click() },
  { name: 'History, while all 5,000 rows are fetched', link: 'History', act: older, quick: true },
  { name: 'History, all 5,000 rows shown', link: '' },
];

async function older(page: Page): Promise<void> {
  await page.getByText('Shares', { exact: true }).first().click();
  const more = page.locator('button.older');
  for (let count = 0; count < OLDER_PAGES; count += 1) {
    const rows = await page.locator('table.log').getAttribute('aria-rowcount');
    await more.click();
    await page.waitForFunction((before) => document.querySelector('table.log')?.getAttribute('aria-rowcount') !== before, rows);
  }
  await more.waitFor({ state: 'detached' }); // all that the list takes
}

async function screens(program: Program, ms: number, rows: number): Promise<Line[]> {
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' });
    context.setDefaultTimeout(ANSWER_LIMIT_MS);
    const blank = await blankFrames(await context.newPage());
    const page = await context.newPage();
    await page.addInitScript(recordFrames);
    await page.goto(linkOf(program));
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(SETTLE_MS);
    const lines: Line[] = [];
    for (const screen of SCREENS) {
      const frames = await framesDuring(page, screen.quick ? 0 : ms, () => visit(page, screen));
      lines.push(frameLine(screen, frames, blank, rows));
    }
    return lines;
  } finally {
    await browser.close();
  }
}

async function visit(page: Page, { link, act }: Screen): Promise<void> {
  if (link !== '') await page.getByRole('link', { name: link, exact: true }).click();
  await act?.(page);
}

/** What the machine itself makes of a page on which nothing is. */
async function blankFrames(page: Page): Promise<Frames> {
  await page.addInitScript(recordFrames);
  await page.goto('about:blank');
  await page.evaluate(recordFrames);
  const frames = await framesDuring(page, BLANK_MS);
  await page.close();
  return frames;
}

function frameLine({ name }: Screen, frames: Frames, blank: Frames, rows: number): Line {
  const { drawn, longestGapMs, long, taskMs } = frames;
  const longest = long[0];
  const detail = longest ? `; ${long.length} long ones, the longest ran ${longest.scripts || 'no script'}` : '';
  return {
    name: `window, frames, ${name}`,
    measured: longest ? `${longest.ms.toFixed(0)} ms` : `none over ${FRAME_GOAL_MS} ms`,
    against: `a blank page’s longest gap ${blank.longestGapMs.toFixed(0)} ms`,
    ratio: blank.longestGapMs / longestGapMs,
    goal: `none over ${FRAME_GOAL_MS} ms`,
    // A frame that took so long without computing that long waited for the processor.
    met: longest === undefined ? true : taskMs < FRAME_GOAL_MS ? 'not measured' : false,
    note: `processor time of the longest task ${taskMs.toFixed(0)} ms; ${drawn} frames, longest gap ${longestGapMs.toFixed(0)} ms, ${rows.toLocaleString('en')} writes of history${detail}`,
  };
}
