/**
 * Every screen and state, at 1280×800 and 480×800, light and dark, with axe on each: `node test/e2e/screenshots.ts --out DIR`.
 * Options: `--only NAME` for one state, `--language de`, `--zoom 2`, `--keep` to use the pages as they were built before,
 * `--sizes 3840x2160,480x800`, `--themes dark`, `--contrast more`, `--forced` for a system's forced colours.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Preferences } from '../../core/contract.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import type { SceneName } from '../fake/demo-scenes.ts';
import { hostRenderer, type RendererHost } from './renderer-host.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'test/e2e/out' },
    only: { type: 'string' },
    language: { type: 'string', default: 'en' },
    zoom: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1280x800,480x800' },
    themes: { type: 'string', default: 'light,dark' },
    contrast: { type: 'string', default: 'system' },
    forced: { type: 'boolean', default: false },
  },
});
const pages = options.keep ? join(root, 'dist/renderer') : join(tmpdir(), `hearth-pages-${process.pid}`);
const CHROMIUM = '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Stage {
  readonly page: Page;
  readonly door: DemoDoor;
  readonly host: RendererHost;
}
interface Shot {
  readonly name: string;
  readonly scene: SceneName;
  readonly place: string;
  /** What a person does before the picture. */
  readonly act?: (stage: Stage) => Promise<void>;
}

const KEY = '9c4zpyJ2ndm4e8sP2uNc1VNCGxYjqaxWS6wUCjk8zFj6njFquH6';
const ADDRESS = 'bc1qexampleexampleexampleexample9m4xe';

const way = (n: number) => async (page: Page) => page.locator('.way').nth(n).click();
async function toPools({ page }: Stage): Promise<void> {
  await way(2)(page);
  await page.locator('input').first().fill(ADDRESS);
  await page.locator('.compare').waitFor();
  await page.locator('button[type=submit]').click();
  await page.locator('.picker').waitFor();
}
async function toTest(stage: Stage): Promise<void> {
  await toPools(stage);
  await stage.page.locator('.pick input[type=radio]').first().check();
  await stage.page.locator('button[type=submit]').click();
}

const shots: readonly Shot[] = [
  { name: 'first-1-way', scene: 'welcome', place: '' },
  {
    name: 'first-2-payout',
    scene: 'welcome',
    place: '',
    act: async ({ page }) => {
      await way(2)(page);
      await page.locator('input').first().fill(ADDRESS);
      await page.locator('.compare').waitFor();
    },
  },
  {
    name: 'first-2-payout-wrong',
    scene: 'welcome',
    place: '',
    act: async ({ page }) => {
      await way(2)(page);
      await page.locator('input').first().fill('bc1qexamplewrong');
      await page.locator('.hint.c-fault').waitFor();
    },
  },
  {
    name: 'first-3-pool',
    scene: 'welcome',
    place: '',
    act: async (stage) => {
      await toPools(stage);
      await stage.page.locator('.pick input[type=radio]').nth(1).check();
    },
  },
  {
    name: 'first-3-own',
    scene: 'welcome',
    place: '',
    act: async (stage) => {
      await toPools(stage);
      await stage.page.locator('.pick input[type=radio]').last().check();
      await stage.page.locator('.pick .entry input').first().fill(`stratum2+tcp://pool.example:3333/${KEY}`);
      await stage.page.locator('.hint.c-ok').waitFor();
    },
  },
  {
    name: 'first-3-node',
    scene: 'welcome',
    place: '',
    act: async ({ page }) => {
      await way(3)(page);
      await page.locator('input').first().fill(ADDRESS);
      await page.locator('.compare').waitFor();
      await page.locator('button[type=submit]').click();
      await page.locator('input[placeholder*=cookie]').waitFor();
    },
  },
  {
    name: 'first-4-testing',
    scene: 'welcome',
    place: '',
    act: async (stage) => {
      stage.door.holdTestAt = 'channel';
      await toTest(stage);
      await stage.page.locator('.check li.running .step', { hasText: /./ }).nth(0).waitFor();
      await stage.page.waitForTimeout(900);
    },
  },
  {
    name: 'first-4-failed',
    scene: 'welcome',
    place: '',
    act: async (stage) => {
      stage.door.failTestAt = { step: 'certificate', code: 'certificate-wrong-key' };
      await toTest(stage);
      await stage.page.locator('.check li.failed').waitFor();
    },
  },
  {
    name: 'first-5-devices',
    scene: 'welcome',
    place: '',
    act: async (stage) => {
      await toTest(stage);
      await stage.page.locator('.foot .prime:enabled').click();
      await stage.page.locator('.found-devices').waitFor();
    },
  },
  { name: 'mine', scene: 'mining', place: '#/mine' },
  {
    name: 'mine-pulse',
    scene: 'mining',
    place: '#/mine',
    act: async ({ page, door }) => {
      door.happen({ type: 'share-found', deviceId: 'gamma', difficulty: 40_000, at: Date.now() });
      door.happen({ type: 'share-accepted', count: 1, sourceId: 'lantern', total: 1, at: Date.now() });
      await page.waitForTimeout(700);
    },
  },
  { name: 'mine-practice', scene: 'practice', place: '#/mine' },
  {
    name: 'mine-first-share',
    scene: 'welcome',
    place: '',
    act: async ({ page }) => {
      await page.locator('.way').first().click();
      await page.locator('.cheer').waitFor();
    },
  },
  {
    name: 'mine-fault-clock',
    scene: 'clock',
    place: '#/mine',
    act: async ({ page }) => {
      await page.locator('.evidence summary').first().click();
    },
  },
  { name: 'mine-fault-key', scene: 'wrong-key', place: '#/mine' },
  { name: 'mine-failover', scene: 'failover', place: '#/mine' },
  { name: 'mine-starting', scene: 'starting', place: '#/mine' },
  { name: 'mine-paused', scene: 'paused', place: '#/mine' },
  { name: 'mine-no-device', scene: 'no-device', place: '#/mine' },
  { name: 'mine-no-source', scene: 'no-source', place: '#/mine' },
  { name: 'mine-solo', scene: 'solo', place: '#/mine' },
  { name: 'mine-many', scene: 'many', place: '#/mine' },
  { name: 'mine-unauthenticated', scene: 'unauthenticated', place: '#/mine' },
  {
    name: 'mine-lost',
    scene: 'mining',
    place: '#/mine',
    act: async ({ page, host }) => {
      host.cut();
      await page.locator('.banner').waitFor();
    },
  },
  {
    name: 'mine-proof-of-leg',
    scene: 'mining',
    place: '#/mine',
    act: async ({ page }) => {
      await page.locator('.bead.mid').click();
      await page.locator('dialog[open]').waitFor();
    },
  },
  {
    name: 'first-5-devices-boards',
    scene: 'welcome-board',
    place: '',
    act: async (stage) => {
      await toTest(stage);
      await stage.page.locator('.foot .prime:enabled').click();
      await stage.page.locator('.found-devices').waitFor();
    },
  },
  { name: 'devices', scene: 'device-fault', place: '#/devices' },
  { name: 'devices-one', scene: 'devices-one', place: '#/devices' },
  { name: 'devices-eight', scene: 'devices-eight', place: '#/devices' },
  { name: 'devices-consent', scene: 'devices-consent', place: '#/devices' },
  { name: 'devices-doctor', scene: 'devices-doctor', place: '#/devices' },
  {
    name: 'devices-doctor-by-hand',
    scene: 'devices-doctor',
    place: '#/devices',
    act: async ({ page, door }) => {
      door.ruleOutcome = {
        done: 'by-hand',
        command:
          "sudo tee /etc/udev/rules.d/70-hearth-usb.rules < '/opt/Hearth/resources/udev/70-hearth-usb.rules' > /dev/null && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb",
      };
      await page.locator('.allow .btn').click();
      await page.locator('.allow .paste').waitFor();
    },
  },
  {
    name: 'devices-windows',
    scene: 'devices-windows',
    place: '#/devices',
    act: async ({ page }) => {
      await page.locator('.find .btn').first().click();
      await page.locator('dialog[open]').waitFor();
    },
  },
  {
    name: 'devices-dialog',
    scene: 'devices-one',
    place: '#/devices',
    act: async ({ page }) => {
      await page.locator('.acts-row .more:last-child').first().click();
      await page.locator('dialog[open] .fold summary').click();
    },
  },
  {
    name: 'devices-performance',
    scene: 'devices-one',
    place: '#/devices',
    act: async ({ page }) => {
      await page.locator('.acts-row .more:last-child').first().click();
      await page.locator('.profile').last().click();
      await page.locator('dialog[open] .asks').waitFor();
    },
  },
  { name: 'devices-practice', scene: 'practice', place: '#/devices' },
  { name: 'devices-empty', scene: 'no-device', place: '#/devices' },
  {
    name: 'devices-settings',
    scene: 'device-fault',
    place: '#/devices',
    act: async ({ page }) => {
      await page.locator('.acts-row .more:last-child').first().click();
      await page.locator('dialog[open]').waitFor();
    },
  },
  { name: 'pools', scene: 'mining', place: '#/pools' },
  { name: 'pools-fault', scene: 'wrong-key', place: '#/pools' },
  { name: 'pools-empty', scene: 'no-source', place: '#/pools' },
  {
    name: 'pools-test',
    scene: 'mining',
    place: '#/pools',
    act: async ({ page, door }) => {
      door.failTestAt = { step: 'tcp', code: 'connection-refused' };
      await page.locator('.pools > li > .acts .btn').last().click();
      await page.locator('.check li.failed').waitFor();
    },
  },
  {
    name: 'pools-remove',
    scene: 'mining',
    place: '#/pools',
    act: async ({ page }) => {
      await page.locator('.pools > li > .acts').first().locator('.more').last().click();
      await page.locator('dialog[open]').waitFor();
    },
  },
  { name: 'pools-link', scene: 'mining', place: `#/add?url=${encodeURIComponent(`stratum2+tcp://pool.example:3333/${KEY}`)}` },
  { name: 'pools-known', scene: 'mining', place: '#/add/known' },
  { name: 'proof', scene: 'mining', place: '#/proof' },
  { name: 'proof-practice', scene: 'practice', place: '#/proof' },
  { name: 'proof-empty', scene: 'no-source', place: '#/proof' },
  { name: 'history-shares', scene: 'mining', place: '#/history/shares' },
  { name: 'history-best', scene: 'mining', place: '#/history/best' },
  { name: 'history-blocks', scene: 'practice', place: '#/history/blocks' },
  { name: 'history-outages', scene: 'mining', place: '#/history/outages' },
  { name: 'history-empty', scene: 'mining', place: '#/history/blocks' },
  { name: 'settings', scene: 'mining', place: '#/settings' },
  {
    name: 'settings-trouble',
    scene: 'mining',
    place: '#/settings',
    act: async ({ page, door }) => {
      door.failNext = 'disk-full';
      await page.locator('input[type="checkbox"], [role="switch"]').last().click();
      await page.locator('.trouble.bar').waitFor();
    },
  },
  {
    name: 'arrival-lost',
    scene: 'mining',
    place: '#/mine',
    act: async ({ page, host }) => {
      host.cut();
      await page.reload();
      await page.locator('.arrival .btn').waitFor();
    },
  },
];

const MAX_HEIGHT = 4000;
const sizes = options.sizes.split(',').map((size) => {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return { width, height };
});
const themes = (['light', 'dark'] as const).filter((theme) => options.themes.split(',').includes(theme));

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The fonts of a common desktop in place of the widest one there is, where nothing else is installed. */
function fonts(): string {
  const path = join(tmpdir(), 'hearth-fonts.conf');
  const prefer = (name: string, font: string) =>
    `<match><test name="family"><string>${name}</string></test><edit name="family" mode="prepend" binding="strong"><string>${font}</string></edit></match>`;
  writeFileSync(
    path,
    `<?xml version="1.0"?><fontconfig><include>/etc/fonts/fonts.conf</include>${prefer('system-ui', 'Liberation Sans')}${prefer('DejaVu Sans', 'Liberation Sans')}${prefer('sans-serif', 'Liberation Sans')}${prefer('ui-monospace', 'Liberation Mono')}</fontconfig>`,
  );
  return path;
}

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** axe runs in a world of its own over the debugging protocol: the page's content policy stays as strict as it is. */
async function violations(page: Page): Promise<readonly Violation[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  await session.send('Runtime.evaluate', { expression: axe, contextId });
  const tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ${tags} }).then((found) => JSON.stringify(found.violations))`,
    contextId,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return JSON.parse(String(result.value)) as Violation[];
}

/** Which elements stick out of the window. Runs in the page. */
function widest(): string {
  const edge = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > edge + 1);
  return out
    .slice(-3)
    .map((one) => `${one.tagName}.${one.getAttribute('class') ?? ''} ${one.textContent?.trim().slice(0, 30)}`)
    .join(' | ');
}

/** Words in a drawing that have no colour of the page's own: black in every theme, which axe does not look at. Runs in the page. */
function uncoloured(): string {
  const all = [...document.querySelectorAll('svg text')].filter((one) => getComputedStyle(one).fill === 'rgb(0, 0, 0)');
  return all.map((one) => one.textContent?.trim()).join(' | ');
}

/** What is still being read is not the state that the picture is of. */
const settled = (page: Page) => page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);

async function take(browser: Browser, shot: Shot, size: (typeof sizes)[number], theme: (typeof themes)[number]): Promise<number> {
  const door = new DemoDoor(shot.scene);
  door.emptyHistory = shot.name === 'history-empty' || shot.scene === 'starting';
  const language = options.language as Preferences['language'];
  const contrast = options.contrast as Preferences['contrast'];
  const { settings } = door.snapshot;
  door.change({ settings: { ...settings, preferences: { ...settings.preferences, theme, language, contrast } } });
  if (door.emptyHistory) door.change({ blocks: 0 });
  const host = await hostRenderer(door, pages);
  const zoom = Number(options.zoom);
  const viewport = { width: Math.round(size.width / zoom), height: Math.round(size.height / zoom) };
  const page = await browser.newPage({ viewport, deviceScaleFactor: zoom, colorScheme: theme, locale: language });
  if (options.forced) await page.emulateMedia({ forcedColors: 'active' });
  const name = `${shot.name}-${theme}-${size.width}`;
  page.setDefaultTimeout(6000);
  let problems = 0;
  page.on('console', (message) => {
    if (message.type() !== 'error' || /WebSocket|ERR_CONNECTION/.test(message.text())) return;
    problems += 1;
    log(`  ${name}: console: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    problems += 1;
    log(`  ${name}: ${error.message}`);
  });
  try {
    await page.goto(host.url + shot.place);
    await page.locator('h1').waitFor();
    await settled(page);
    await shot.act?.({ page, door, host });
    // A rate of bytes needs two snapshots a second apart.
    if (shot.name === 'mine' || shot.name === 'mine-practice') await page.waitForTimeout(1500);
    await settled(page);
    await page.waitForTimeout(shot.name === 'mine-pulse' ? 0 : 350);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) {
      problems += 1;
      log(`  ${name}: ${wide}px wider than the window: ${await page.evaluate(widest)}`);
    }
    const black = options.forced ? '' : await page.evaluate(uncoloured);
    if (black !== '') {
      problems += 1;
      log(`  ${name}: words without a colour: ${black}`);
    }
    for (const violation of await violations(page)) {
      problems += 1;
      log(`  ${name}: axe ${violation.id}: ${violation.help}`);
      for (const node of violation.nodes.slice(0, 3))
        log(`      ${node.target.join(' ')} ${node.failureSummary?.split('\n').slice(1, 2).join(' ') ?? ''}`);
    }
    // As tall as the page is, so that what sticks to an edge of the window is where it belongs.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    if (!(await page.locator('dialog[open]').count()))
      await page.setViewportSize({
        ...viewport,
        height: Math.min(Math.max(MAX_HEIGHT, viewport.height), Math.max(viewport.height, height)),
      });
    await page.screenshot({ path: join(options.out, `${name}.png`) });
  } catch (error) {
    problems += 1;
    log(`  ${name}: ${String(error).split('\n')[0]}`);
    await page.screenshot({ path: join(options.out, `${name}.png`), fullPage: true }).catch(() => undefined);
  }
  await page.close();
  await host.close();
  return problems;
}

// A folder of its own: a build by somebody else must not pull the pages from under a run.
if (!options.keep) {
  const build = ['build', '-c', 'renderer/vite.config.ts', '--outDir', pages, '--emptyOutDir', '--logLevel', 'error'];
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), ...build], { cwd: root, stdio: 'inherit' });
}
mkdirSync(options.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  headless: true,
  args: flags,
  env: { ...process.env, FONTCONFIG_FILE: fonts() } as Record<string, string>,
});
let problems = 0;
let count = 0;
for (const shot of shots) {
  if (options.only && !new RegExp(options.only).test(shot.name)) continue;
  for (const size of sizes)
    for (const theme of themes) {
      problems += await take(browser, shot, size, theme);
      count += 1;
    }
}
await browser.close();
if (!options.keep) rmSync(pages, { recursive: true, force: true });
log(`${count} screenshots in ${options.out}, ${problems} problems`);
process.exitCode = problems === 0 ? 0 : 1;
