/** Thousands of shares in History: the page holds those near the window only, and every one can be reached. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../../core/host/build-pages.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import { hostRenderer, type RendererHost } from './renderer-host.ts';
import { root } from './web-program.ts';
import { missing, Stage } from './web-stage.ts';

/** The list must not move on while it is counted. */
const NOON = Date.UTC(2026, 10, 20, 12);
/** As many as the page takes. */
const ROWS = 5_000;
const PAGE = 100;
/** The window of the test shows some twenty, and as many again wait on each side, in pieces. */
const MOST_DRAWN = 150;
/** Less than half the button below the list is high: a pointer on its middle stays on it. */
const MOST_MOVED_PX = 15;

describe.skipIf(missing)('a long list', () => {
  const stage = new Stage();
  let host: RendererHost;

  beforeAll(async () => {
    await build(root, ['pages'], () => {});
    host = await hostRenderer(new DemoDoor('mining', () => NOON));
  });
  afterAll(async () => {
    await stage.close();
    await host.close();
  });

  test('of all the shares that History takes only those near the window are drawn, and the first and last can be seen', async () => {
    const page = await (await stage.browser()).newPage();
    await page.goto(`${host.url}#/history/shares`);
    const table = page.locator('table.log');
    const more = page.locator('button.older');
    const drawn = () => table.locator('tbody tr:not(.far)').count();
    for (let rows = PAGE; rows < ROWS; rows += PAGE) {
      await page.locator(`table.log[aria-rowcount="${rows + 1}"]`).waitFor();
      // By key: rows that are drawn late move the button a little, and between a pointer's press and release it must not.
      await more.press('Enter');
    }
    await page.locator(`table.log[aria-rowcount="${ROWS + 1}"]`).waitFor();
    await more.waitFor({ state: 'detached' });
    expect(await drawn()).toBeLessThan(MOST_DRAWN);

    const height = () => page.evaluate(() => document.documentElement.scrollHeight);
    const before = await height();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await table.locator(`tr[aria-rowindex="${ROWS + 1}"]`).waitFor();
    expect(await table.locator('tr[aria-rowindex="2"]').count()).toBe(0);
    expect(Math.abs((await height()) - before), 'rows that are drawn move what is below them').toBeLessThan(MOST_MOVED_PX);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);

    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await table.locator(`tr[aria-rowindex="${ROWS / 2}"]`).waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await table.locator('tr[aria-rowindex="2"]').waitFor();
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
  });
});
