/** What people do with the pages, by what they see: labels, buttons, words. */
import type { Page } from 'playwright-core';

/** A regtest address: pools that pay nothing take it. */
export const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

export function button(page: Page, name: string | RegExp) {
  return page.getByRole('button', { name });
}

/** One click on the first screen; then home is there. */
export async function practise(page: Page): Promise<void> {
  await button(page, /^Try it now/).click();
  await page.locator('.route').waitFor();
}

/** First run with a pool's address and a user name, up to the test. */
export async function toPoolTest(page: Page, url: string, user: string): Promise<void> {
  await button(page, /^With a pool/).click();
  await button(page, 'My pool wants an account name instead').click();
  await page.getByRole('radio', { name: /^Another pool/ }).check();
  await page.getByLabel('Pool address').fill(url);
  await page.getByLabel('User name sent to the pool').fill(user);
  await button(page, 'Test it').click();
}

/** Adds a pool on its own screen, tests and saves it. */
export async function addPool(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/add/own`);
  await page.getByLabel('Pool address').fill(url);
  await page.getByLabel('User name sent to the pool').fill('tester');
  await page.getByText('More options').click();
  await page.getByLabel('What to call it').fill(name);
  await button(page, 'Test it').click();
  await button(page, 'Save').click();
  await poolRow(page, name).waitFor();
}

/** The line of a step in the test before save. */
export function testLine(page: Page, step: string) {
  return page.locator('.check li').filter({ has: page.locator('.step', { hasText: new RegExp(`^${step}$`) }) });
}

/** A pool in the list, by the name it has there. */
export function poolRow(page: Page, name: string) {
  return page.locator('ol.pools > li').filter({ has: page.locator('h3', { hasText: name }) });
}
