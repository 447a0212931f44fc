/** A person who has never seen Hearth: its pages in a real browser, the first run, and a pool on this machine by one paste. */
import { button, toPoolTest } from '../e2e/web-acts.ts';
import { missing, Stage } from '../e2e/web-stage.ts';

const SHARE_LIMIT_MS = 120_000;

/** Why it cannot run here; undefined: it can. */
export const noBrowser: string | undefined = missing === '' ? undefined : missing;

/** What was seen, from the first page to the first accepted share. @throws Error when the words do not come */
export async function mineFromWindow(url: string): Promise<string> {
  const stage = new Stage();
  try {
    const startedAt = performance.now();
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await toPoolTest(page, url, 'window.w1');
    await page.getByRole('heading', { name: /All is well/ }).waitFor();
    await button(page, 'Continue').click();
    await button(page, 'Start mining').click();
    await page.getByText('Your first share was accepted.').waitFor({ timeout: SHARE_LIMIT_MS });
    return `first share on the screen ${((performance.now() - startedAt) / 1000).toFixed(1)} s after the start`;
  } finally {
    await stage.close();
  }
}
