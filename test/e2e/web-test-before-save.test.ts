/** Test before save stops where the fault is, and says what happened, why, and what to do: on the page, with real pools. */
import { type AddressInfo, createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultCode, faults } from '../../core/faults.ts';
import { addPool, button, poolRow, practise, testLine } from './web-acts.ts';
import { type Pool, withKeyOf, withoutKey } from './web-pool.ts';
import { type Miner, missing, Stage } from './web-stage.ts';

describe.skipIf(missing)('test before save', () => {
  const stage = new Stage();
  let miner: Miner;
  let pool: Pool;
  let other: Pool;
  let page: Page;

  beforeAll(async () => {
    [miner, pool, other] = await Promise.all([stage.miner(), stage.pool(), stage.pool()]);
    page = await stage.open(miner);
    await practise(page);
    await page.locator('.route').waitFor();
  });
  afterAll(() => stage.close());

  async function fill(url: string, user = 'tester'): Promise<void> {
    await page.goto(`${miner.origin}/#/pools`);
    await page.goto(`${miner.origin}/#/add/own`);
    await page.getByLabel('Pool address').fill(url);
    await page.getByLabel('User name sent to the pool').fill(user);
    await button(page, 'Test it').click();
  }

  test.each<{ say: string; url: () => string; code: FaultCode }>([
    { say: 'no address at all', url: () => 'my favourite pool', code: 'url-malformed' },
    { say: 'a user and password before the host', url: () => 'stratum2+tcp://me:secret@127.0.0.1:3333/', code: 'url-malformed' },
    { say: 'no port', url: () => 'stratum2+tcp://pool.example', code: 'url-port-missing' },
    { say: 'no key, away from this machine', url: () => 'stratum2+tcp://pool.example:3333', code: 'url-key-missing' },
    { say: 'one letter of the key wrong', url: () => pool.url.replace(/.$/, (last) => (last === '2' ? '3' : '2')), code: 'key-checksum' },
    { say: 'a protocol nobody here speaks', url: () => 'javascript:alert(1)//', code: 'url-malformed' },
  ])('told at the field, before anything is sent: $say', async ({ url, code }) => {
    await fill(url());
    const field = page.getByLabel('Pool address');
    await page.getByText(faults[code].what).first().waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.inputValue()).toBe(url());
    expect(await page.locator('.check').count()).toBe(0);
  });

  test.each<{
    say: string;
    arrange?: () => Promise<void>;
    url: () => string | Promise<string>;
    user?: string;
    step: string;
    code: FaultCode;
  }>([
    {
      say: 'nothing listens there',
      url: async () => `stratum2+tcp://127.0.0.1:${await closedPort()}`,
      step: 'TCP',
      code: 'connection-refused',
    },
    { say: 'the key of another pool', url: () => withKeyOf(pool.url, other.url), step: 'certificate', code: 'certificate-wrong-key' },
    {
      say: 'a certificate signed by somebody else',
      arrange: () => pool.fault('wrongKey'),
      url: () => pool.url,
      step: 'certificate',
      code: 'certificate-wrong-key',
    },
    {
      say: 'an expired certificate',
      arrange: () => pool.fault('certificate', 'expired'),
      url: () => pool.url,
      step: 'clock',
      code: 'certificate-expired',
    },
    {
      say: 'a certificate of tomorrow, or a clock that is behind',
      arrange: () => pool.fault('certificate', 'not-yet-valid'),
      url: () => pool.url,
      step: 'clock',
      code: 'certificate-not-yet-valid',
    },
    {
      say: 'a setup that is refused',
      arrange: () => pool.fault('refuseSetup', 'unsupported-feature-flags'),
      url: () => pool.url,
      step: 'setup',
      code: 'setup-refused',
    },
    {
      say: 'a user the pool does not know',
      arrange: () => pool.fault('refuseUser', 'nobody'),
      url: () => pool.url,
      user: 'nobody',
      step: 'channel',
      code: 'channel-refused',
    },
  ])('stops at the line where it goes wrong: $say', async ({ arrange, url, user, step, code }) => {
    await pool.fault('clear');
    await arrange?.();
    await fill(await url(), user);
    const line = testLine(page, step);
    await line.and(page.locator('.failed')).waitFor();
    const { what, cause, todo } = faults[code];
    const said = await line.textContent();
    for (const part of [what, cause, todo]) expect(said).toContain(part);
    await line.getByText('Evidence', { exact: true }).click();
    await line.getByText(code, { exact: true }).waitFor();
    expect(await page.locator('.check li.failed').count()).toBe(1);
    expect(await page.locator('.check li.passed').count()).toBe(await before(step));
    expect(await page.getByLabel('Pool address').inputValue()).toContain('stratum2+tcp://');
    // Nothing was saved: the list still holds practice alone.
    await page.goto(`${miner.origin}/#/pools`);
    expect(await page.locator('ol.pools > li').count()).toBe(1);
  });

  /** Lines above `step` that apply: the way there went well. */
  async function before(step: string): Promise<number> {
    const lines = await page
      .locator('.check li')
      .evaluateAll((all) => all.map((one) => [one.querySelector('.step')?.textContent, one.className]));
    const at = lines.findIndex(([name]) => name === step);
    return lines.slice(0, at).filter(([, state]) => !state?.includes('skipped')).length;
  }

  test('a pool of this machine needs no key, and is said to be encrypted, not authenticated', async () => {
    await pool.fault('clear');
    await addPool(page, withoutKey(pool.url), 'Keyless');
    expect(await poolRow(page, 'Keyless').textContent()).toContain('encrypted, not authenticated');
  });

  test('a script for a pool name is shown as text and runs nowhere', async () => {
    const name = 'javascript:document.title="<img src=x onerror=1>"';
    await addPool(page, pool.url, name);
    await button(page, `Mine here: ${name}`).click();
    await page.goto(`${miner.origin}/#/mine`);
    await page.locator('.route', { hasText: name }).waitFor();
    expect(await page.title()).toBe('Mine · Hearth');
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((link) => !link.startsWith('#'))).toEqual([]);
    expect(await page.locator('img, [onerror]').count()).toBe(0);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
