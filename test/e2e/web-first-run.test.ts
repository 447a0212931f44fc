/** A person who has never seen it, with the real miner, a real browser, and pools on this machine. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ADDRESS, button, practise, testLine, toPoolTest } from './web-acts.ts';
import { missing, Stage } from './web-stage.ts';

describe.skipIf(missing)('first run', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  test('a newcomer sees the first accepted practice share within a minute, after one click and without typing', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.getByRole('complementary', { name: 'PRACTICE' }).waitFor();
    await page.getByText('Your first share was accepted.').waitFor();
    expect(await page.locator('h1').textContent()).toContain('Practising on a simulated chain.');
    // The next one runs along the Route, from the processor and on to the pool.
    await page.locator('.strand .pulse').first().waitFor({ state: 'attached' });
    await page.locator('.leg .pulse:not(.inward)').first().waitFor({ state: 'attached' });
    for (const screen of ['Devices', 'Pools', 'Proof', 'History', 'Settings']) {
      await page.getByRole('link', { name: screen, exact: true }).click();
      await page.locator('h1').waitFor();
      expect(await page.getByRole('complementary', { name: 'PRACTICE' }).isVisible()).toBe(true);
    }
    await miner.program.stop();
  });

  test('an answer that comes late throws nobody back from the screen they have gone to', async () => {
    const page = await (await stage.browser()).newPage();
    const held = Promise.withResolvers<() => void>();
    await page.routeWebSocket(/\/door$/, (socket) => {
      const server = socket.connectToServer();
      let finish: unknown;
      socket.onMessage((message) => {
        const { id, name } = JSON.parse(String(message)) as { id: number; name: string };
        if (name === 'welcome.finish') finish = id;
        server.send(message);
      });
      server.onMessage((message) => {
        if (finish !== undefined && (JSON.parse(String(message)) as { id?: number }).id === finish)
          held.resolve(() => socket.send(message));
        else socket.send(message);
      });
    });
    const miner = await stage.miner();
    await page.goto(miner.link());
    await practise(page);
    await page.getByRole('link', { name: 'Pools', exact: true }).click();
    await page.getByRole('heading', { name: /Practising. No real pool/ }).waitFor();
    (await held.promise)();
    await page.waitForTimeout(500); // long enough for a page to be thrown back
    expect(new URL(page.url()).hash).toBe('#/pools');
    await page.getByRole('link', { name: 'Mine', exact: true }).click();
    await page.getByText('Your first share was accepted.').waitFor();
    await miner.program.stop();
  });

  test('with one paste and a user name: every line turns green, mining starts, a share is accepted', async () => {
    const [miner, pool] = await Promise.all([stage.miner(), stage.pool()]);
    const page = await stage.open(miner);
    await toPoolTest(page, pool.url, 'tester');
    await page.getByRole('heading', { name: /All is well/ }).waitFor();
    for (const step of ['name', 'address', 'TCP', 'Noise', 'certificate', 'clock', 'setup', 'channel', 'first job'])
      expect(await testLine(page, step).getAttribute('class'), step).toContain('passed');
    await button(page, 'Continue').click();
    await button(page, 'Start mining').click();
    await page.getByText('Your first share was accepted.').waitFor();
    expect(await page.locator('h1').textContent()).toContain('Mining to 127.0.0.1 over encrypted Stratum V2.');
    expect(await page.locator('.practice-band').count()).toBe(0);
    await miner.program.stop();
  });

  test('the keyboard alone does the whole first run', async () => {
    const [miner, pool] = await Promise.all([stage.miner(), stage.pool()]);
    const page = await stage.open(miner);
    await reach(page, /^With a pool/);
    await page.keyboard.press('Enter');
    await focusOnHeading(page, 'Where should the bitcoin go?');
    await reach(page, /^Bitcoin address/);
    await page.keyboard.type(ADDRESS);
    await page.getByText(/A valid address of|A valid regtest/).waitFor();
    await page.keyboard.press('Enter');
    await focusOnHeading(page, 'Which pool?');
    await reach(page, /./);
    for (let moves = 0; moves < 20 && !(await focused(page)).startsWith('Another pool'); moves += 1) await page.keyboard.press('ArrowDown');
    await reach(page, /^Pool address/);
    await page.keyboard.type(pool.url);
    await page.getByText(/The key is whole/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /All is well/ }).waitFor();
    await reach(page, /^Continue/);
    await page.keyboard.press('Enter');
    await focusOnHeading(page, 'What will do the work?');
    await reach(page, /^Start mining/);
    await page.keyboard.press('Space');
    await page
      .getByText(/Mining to 127\.0\.0\.1|Connecting to 127\.0\.0\.1/)
      .first()
      .waitFor();
    await miner.program.stop();
  });
});

type Page = Awaited<ReturnType<Stage['open']>>;
const MOST_STOPS = 40;

/** What has the focus, by its name for a screen reader. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    const labels = (element as HTMLInputElement | null)?.labels ?? [];
    const text = element?.getAttribute('aria-label') ?? [...labels].map((label) => label.textContent).join(' ');
    return (text || element?.textContent || '').trim();
  });
}

/** Presses Tab until what the pattern names has the focus, and shows that it has. */
async function reach(page: Page, name: RegExp): Promise<void> {
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press('Tab');
    if (!name.test(await focused(page))) continue;
    expect(await page.evaluate(showsFocus), `the focus on ${name} is seen`).toBe(true);
    return;
  }
  throw new Error(`Tab never came to ${name}; the focus is on “${await focused(page)}”`);
}

function showsFocus(): boolean {
  for (let element = document.activeElement; element && element !== document.body; element = element.parentElement) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    if ((outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none') return true;
  }
  return false;
}

async function focusOnHeading(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading }).waitFor();
  await expect.poll(() => focused(page)).toBe(heading);
}
