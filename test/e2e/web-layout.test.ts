/**
 * Every screen, fed by the real miner: axe finds nothing in light and dark, and German, a narrow window and 200 % zoom
 * break no layout. A zoomed window is one of half the width at twice the pixels, which is what a browser makes of it.
 */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ADDRESS, addPool, button, practise, toPoolTest } from './web-acts.ts';
import { axe, axeColours, axeEnhanced, coveredControls, layoutFaults } from './web-axe.ts';
import type { Pool } from './web-pool.ts';
import { type Miner, missing, Stage } from './web-stage.ts';

const SCREENS = [
  'mine',
  'devices',
  'pools',
  'add/known',
  'add/own',
  'add/node',
  'proof',
  'history/shares',
  'history/best',
  'history/blocks',
  'history/outages',
  'settings',
];
/** 480 at 150 % is 320 CSS pixels, the narrowest that WCAG 1.4.10 asks for; at 200 % it is 240. */
const PLACES = [
  { width: 1280, zooms: [1, 2] },
  { width: 480, zooms: [1, 1.5, 2] },
  { width: 3840, zooms: [1, 2] },
];
/** Both looks at a layout: what is cut or outside, and what cannot be pressed. */
const whole = async (page: Page) => [...(await layoutFaults(page)), ...(await coveredControls(page))];

describe.skipIf(missing)('layout', () => {
  const stage = new Stage();
  let miner: Miner;
  /** Whose first run is never ended. */
  let fresh: Miner;
  let pool: Pool;

  beforeAll(async () => {
    [miner, fresh, pool] = await Promise.all([stage.miner(), stage.miner(), stage.pool()]);
    const page = await stage.open(miner);
    await practise(page);
    await addPool(page, pool.url, 'Ahornsirupgenossenschaft');
    await page.goto(`${miner.origin}/#/mine`);
    await page.getByText('Share accepted by Practice pool.').first().waitFor();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  async function through(page: Page, look: (page: Page) => Promise<readonly string[]>): Promise<string[]> {
    const found: string[] = [];
    for (const screen of SCREENS) {
      await page.goto(`${miner.origin}/#/${screen}`);
      await page.locator('h1').waitFor();
      await settled(page);
      found.push(...(await look(page)).map((fault) => `${screen}: ${fault}`));
    }
    return found;
  }

  test.each(['light', 'dark'] as const)('axe finds nothing on any screen, %s', async (colorScheme) => {
    const page = await stage.open(miner, { colorScheme });
    for (const width of [1280, 480, 240]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await through(page, colorScheme === 'light' ? axe : axeColours), `${width}`).toEqual([]);
    }
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing on any screen in high contrast, %s, asked of the system or in Settings',
    async (colorScheme) => {
      const page = await stage.open(miner, { colorScheme, contrast: 'more' });
      expect(await page.evaluate(ink)).toBe(colorScheme === 'dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)');
      expect(await through(page, axeEnhanced)).toEqual([]);
      await page.emulateMedia({ contrast: 'no-preference' });
      await page.goto(`${miner.origin}/#/settings`);
      await page.getByRole('group', { name: 'Contrast' }).getByText('high', { exact: true }).click();
      await page.locator('html[data-contrast="more"]').waitFor({ state: 'attached' });
      expect(await page.evaluate(ink)).toBe(colorScheme === 'dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)');
      expect(await through(page, axeEnhanced)).toEqual([]);
      await page.goto(`${miner.origin}/#/settings`);
      await page.getByRole('group', { name: 'Contrast' }).getByText('as the system', { exact: true }).click();
      await page.locator('html:not([data-contrast])').waitFor({ state: 'attached' });
    },
  );

  test.each(['light', 'dark'] as const)(
    'with the system’s forced colours every screen passes axe and no mark is lost, %s',
    async (colorScheme) => {
      const page = await stage.open(miner, { colorScheme, forcedColors: 'active' });
      expect(await through(page, async () => [...(await axeColours(page)), ...(await lostMarks(page))])).toEqual([]);
    },
  );

  test.each(['light', 'dark'] as const)('axe finds nothing in the first run, %s', async (colorScheme) => {
    const page = await stage.open(fresh, { colorScheme });
    expect(await walkFirstRun(page, pool.url, colorScheme === 'light' ? axe : axeColours)).toEqual([]);
  });

  test.each(windows())('no layout breaks: $name', async ({ options }) => {
    const page = await stage.open(miner, options);
    expect(await through(page, whole)).toEqual([]);
  });

  test('the first run breaks no layout in German, zoomed, wide and narrow', async () => {
    for (const { width, zooms } of PLACES) {
      const page = await stage.open(fresh, zoomed(width, zooms.at(-1) ?? 1, 'de'));
      expect(await walkGermanFirstRun(page, pool.url), `${width}`).toEqual([]);
    }
  });
});

/** In the page: the colour of text. */
const ink = () => getComputedStyle(document.body).color;

/** Lines, switches and chosen segments that a forced palette has painted in the colour of what is behind them. */
function lostMarks(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const behind = getComputedStyle(document.body).backgroundColor;
    const seen = (element: Element) => {
      const { backgroundColor, borderTopColor, borderTopWidth, outlineStyle, stroke } = getComputedStyle(element);
      const painted = [backgroundColor, ...(Number.parseFloat(borderTopWidth) > 0 ? [borderTopColor] : []), stroke];
      return outlineStyle !== 'none' || painted.some((colour) => colour !== behind && colour !== 'none' && !/^rgba.*, 0\)$/.test(colour));
    };
    const marks = [...document.querySelectorAll('.line, .switch i, .seg [aria-pressed="true"], .bead')];
    return marks
      .filter((mark) => mark.checkVisibility() && !seen(mark))
      .map((mark) => `lost: ${mark.tagName.toLowerCase()}.${mark.className}`);
  });
}

interface NamedWindow {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

function windows(): NamedWindow[] {
  const named: NamedWindow[] = [];
  for (const locale of ['en', 'de'])
    for (const { width, zooms } of PLACES)
      for (const zoom of zooms) named.push({ name: `${locale}, ${width} px, ${zoom * 100} %`, options: zoomed(width, zoom, locale) });
  return named;
}

function zoomed(width: number, zoom: number, locale: string): BrowserContextOptions {
  return { locale, viewport: { width: Math.round(width / zoom), height: Math.round(heightOf(width) / zoom) }, deviceScaleFactor: zoom };
}

/** Of a screen that is so wide. */
function heightOf(width: number): number {
  return width === 3840 ? 2160 : 800;
}

/** The language's words are here, and what moves into its place has come there. */
async function settled(page: Page): Promise<void> {
  const locale = await page.evaluate(() => navigator.language);
  await page.locator(`html[lang="${locale}"]`).waitFor({ state: 'attached' });
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}

type Look = (page: Page) => Promise<readonly string[]>;

async function walkFirstRun(page: Page, url: string, look: Look): Promise<string[]> {
  const found: string[] = [];
  const see = async (step: string) => {
    await settled(page);
    found.push(...(await look(page)).map((fault) => `${step}: ${fault}`));
  };
  await see('way');
  await button(page, /^With a pool/).click();
  await page.getByLabel('Bitcoin address').fill(`${ADDRESS.slice(0, -1)}x`);
  await page.getByLabel('Bitcoin address').blur();
  await page.locator('.hint.c-fault').waitFor();
  await see('payout, wrong');
  await page.getByLabel('Bitcoin address').fill(ADDRESS);
  await page.locator('.compare').waitFor();
  await see('payout');
  await button(page, 'Back').click();
  await toPoolTest(page, url.replace(/:\d+/, ':1'), 'tester');
  await page.locator('.check li.failed').waitFor();
  await see('test, failed');
  await button(page, 'Back').click();
  await page.getByLabel('Pool address').fill(url);
  await see('which');
  await button(page, 'Test it').click();
  await page.getByRole('heading', { name: /All is well/ }).waitFor();
  await see('test');
  await button(page, 'Continue').click();
  await page.locator('.found-devices').waitFor();
  await see('devices');
  return found;
}

/** By places instead of words, which are another language's here. */
async function walkGermanFirstRun(page: Page, url: string): Promise<string[]> {
  const found: string[] = [];
  const see = async (step: string) => {
    await settled(page);
    found.push(...(await whole(page)).map((fault) => `${step}: ${fault}`));
  };
  await see('way');
  await page.locator('.way').nth(1).click();
  await page.locator('input').first().fill(ADDRESS);
  await page.locator('.compare').waitFor();
  await see('payout');
  await page.locator('button[type=submit]').click();
  await page.locator('.pick input[type=radio]').first().check();
  await see('which, known');
  await page.locator('.pick input[type=radio]').last().check();
  await page.locator('.pick .entry input').first().fill(url);
  await page.locator('.pick .hint.c-ok').first().waitFor();
  await see('which');
  await page.locator('button[type=submit]').click();
  await page.locator('.foot .prime:enabled').waitFor();
  await see('test');
  await page.locator('.foot .prime').click();
  await page.locator('.found-devices').waitFor();
  await see('devices');
  return found;
}
