/** A pool dies under the miner: the page says so, the second pool takes over, and the first is taken back when it is stable. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { addPool, button, practise } from './web-acts.ts';
import { type Miner, missing, SHORT_LIMITS, Stage } from './web-stage.ts';

/** Shorter than the app's own 20 s and two minutes; the rules are the same. */
const GRACE_MS = 3_000;
const STABLE_MS = 12_000;

describe.skipIf(missing)('failover', () => {
  const stage = new Stage();
  afterAll(() => stage.close());

  test('a killed pool is said to be broken, the next one takes over, and the first is taken back once it has stayed up', async () => {
    const secret = randomBytes(32).toString('hex');
    const args = ['--grace', String(GRACE_MS), '--stable', String(STABLE_MS)];
    const [miner, first, second] = await Promise.all([
      stage.miner(stage.folder(), { script: SHORT_LIMITS, args }),
      stage.pool({ secret }),
      stage.pool(),
    ]);
    const page = await stage.open(miner);
    await practise(page);
    await addPool(page, first.url, 'Alder');
    await addPool(page, second.url, 'Birch');
    await button(page, 'Remove Practice pool').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.goto(`${miner.origin}/#/mine`);
    await page.getByText('Share accepted by Alder.').first().waitFor();
    expect(await page.locator('h1').textContent()).toContain('Mining to Alder over encrypted Stratum V2.');
    expect(await page.locator('.stop.spare').textContent()).toContain('Birch');

    await first.kill();
    const broken = page.getByRole('region', { name: /^The Route: broken between Hearth and Alder/ });
    await broken.waitFor();
    expect(await broken.locator('.over').textContent()).toMatch(/^\s*Broken at:/);
    await page.getByText('Share accepted by Birch.').first().waitFor();
    expect(await page.locator('h1').textContent()).toContain('Birch stands in for Alder.');

    await page.goto(`${miner.origin}/#/pools`);
    await stage.pool({ secret, port: first.port });
    await page.getByText(/Alder is first in your list; Hearth goes back to it about/).waitFor();
    await page.goto(`${miner.origin}/#/mine`);
    await back(page, miner);
    expect(openBeforeReturnMs(miner)).toBeGreaterThanOrEqual(STABLE_MS);
    await page
      .getByText(/^Moved from Birch to Alder/)
      .first()
      .waitFor();
    await page.getByText('Share accepted by Alder.').first().waitFor();
  });
});

/** How long the first pool was open again before work went back to it, by the miner's own log. */
function openBeforeReturnMs({ folder }: Miner): number {
  const lines = readFileSync(join(folder, 'hearth.log'), 'utf8').split('\n');
  const returned = lines.findIndex((line) => / source-switched .* reason=returned$/.test(line));
  const id = / to=(\S+) /.exec(lines[returned] ?? '')?.[1];
  const opened = lines.slice(0, returned).findLast((line) => line.endsWith(` source-state source=${id} state=open`));
  return timeOf(lines[returned]) - timeOf(opened);
}

function timeOf(line = ''): number {
  return Date.parse(line.split(' ')[0] ?? '');
}

/** When it does not come back, the miner's own log says what happened instead. */
async function back(page: Page, { folder }: Miner): Promise<void> {
  const route = page.getByRole('region', { name: /^The Route: 1 device to Hearth, Hearth to Alder/ });
  await route.waitFor().catch((error: Error) => {
    const lines = readFileSync(join(folder, 'hearth.log'), 'utf8').split('\n');
    throw new Error(
      `${error.message}\n${lines
        .filter((line) => /source-|pool-/.test(line))
        .slice(-40)
        .join('\n')}`,
    );
  });
}
