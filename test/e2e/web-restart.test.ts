/** What a page does when it is reloaded, opened twice, or the miner goes away underneath it. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ADDRESS, button, practise } from './web-acts.ts';
import { Program } from './web-program.ts';
import { LAUNCHER, missing, Stage } from './web-stage.ts';

describe.skipIf(missing)('the page and its miner', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  test('a reload in the middle of a form keeps what was typed, and the place', async () => {
    const page = await stage.open(await stage.miner());
    await button(page, /^With a pool/).click();
    await page.getByLabel('Bitcoin address').fill(ADDRESS);
    await page.getByText(/A valid address/).waitFor();
    await page.reload();
    expect(await page.getByLabel('Bitcoin address').inputValue()).toBe(ADDRESS);
    await button(page, 'Continue').click();
    await page.getByRole('radio', { name: /^Another pool/ }).check();
    await page.getByLabel('Pool address').fill('stratum2+tcp://half.typed');
    await page.reload();
    expect(await page.getByLabel('Pool address').inputValue()).toBe('stratum2+tcp://half.typed');
    expect(await page.getByRole('radio', { name: /^Another pool/ }).isChecked()).toBe(true);
  });

  test('opened twice, in one browser and in another, every page shows the same miner', async () => {
    const miner = await stage.miner();
    const first = await stage.open(miner);
    await practise(first);
    const second = await first.context().newPage();
    await second.goto(`${miner.origin}/#/mine`);
    const elsewhere = await stage.open(miner);
    await elsewhere.locator('.route').waitFor();
    await button(second, 'Pause').click();
    for (const page of [first, second, elsewhere]) await page.getByRole('heading', { name: 'Paused by you.' }).waitFor();
    await button(elsewhere, 'Mine on').click();
    for (const page of [first, second, elsewhere]) await button(page, 'Pause').waitFor();
  });

  test('the miner killed underneath: the page says so, and goes on by itself when it runs again, mining as before', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.getByText('Share accepted by Practice pool.').first().waitFor();
    await miner.program.stop('SIGKILL');
    await page.getByRole('alert').getByText('The miner does not answer.').waitFor();
    expect(await page.locator('.route.unknown').count()).toBe(1);
    expect(await button(page, 'Pause').isDisabled()).toBe(true);
    expect(await page.locator('.pulse').count()).toBe(0);

    const again = await stage.miner(miner.folder);
    expect(again.origin).toBe(miner.origin);
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: /Practising on a simulated chain/ }).waitFor();
    await page.locator('.leg .pulse:not(.inward)').first().waitFor({ state: 'attached' });
  });

  test('a page that the miner no longer knows says so in words, and goes on when its newest link is opened', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.getByText('Share accepted by Practice pool.').first().waitFor();
    await miner.program.stop('SIGKILL');
    await page.getByRole('alert').getByText('The miner does not answer.').waitFor();
    const memory = join(miner.folder, 'web.json');
    writeFileSync(memory, JSON.stringify({ ...JSON.parse(readFileSync(memory, 'utf8')), digests: [] }));

    const again = await stage.miner(miner.folder);
    expect(again.origin).toBe(miner.origin);
    await page.getByRole('alert').getByText('This page’s link is no longer valid.').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Open the newest link');
    expect(await page.locator('h1').textContent()).toContain('This page’s link is no longer valid.');
    const other = await page.context().newPage();
    await other.goto(again.link());
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: /Practising on a simulated chain/ }).waitFor();
  });

  test('a reload keeps what was typed for a pool and for a node, but never a password', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.goto(`${miner.origin}/#/add/own`);
    await page.getByLabel('Pool address').fill('stratum2+tcp://half.typed');
    await page.getByLabel('User name sent to the pool').fill('shelf');
    await page.getByText('More options').click();
    await page.getByLabel('What to call it').fill('Cellar');
    await page.reload();
    expect(await page.getByLabel('Pool address').inputValue()).toBe('stratum2+tcp://half.typed');
    expect(await page.getByLabel('User name sent to the pool').inputValue()).toBe('shelf');
    expect(await page.getByLabel('What to call it').inputValue()).toBe('Cellar');

    await page.goto(`${miner.origin}/#/add/node`);
    await page.getByLabel('Bitcoin address').fill(ADDRESS);
    await page.getByLabel('Node address').fill('http://127.0.0.1:18443');
    await page.getByRole('switch', { name: /user and password/ }).click();
    await page.getByLabel('RPC user').fill('me');
    await page.getByLabel('RPC password').fill('never kept here');
    await page.reload();
    expect(await page.getByLabel('Bitcoin address').inputValue()).toBe(ADDRESS);
    expect(await page.getByLabel('Node address').inputValue()).toBe('http://127.0.0.1:18443');
    expect(await page.getByLabel('RPC user').inputValue()).toBe('me');
    expect(await page.getByLabel('RPC password').inputValue()).toBe('');
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    expect(kept).toContain('18443');
    expect(kept).not.toContain('never kept');
  });

  test('an address of a known pool is kept over a reload, with the pool that was chosen', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.goto(`${miner.origin}/#/add/known`);
    await page.getByLabel('Bitcoin address').fill(ADDRESS);
    await page.getByRole('radio').nth(1).check();
    await page.reload();
    expect(await page.getByLabel('Bitcoin address').inputValue()).toBe(ADDRESS);
    expect(await page.getByRole('radio').nth(1).isChecked()).toBe(true);
  });

  test('what is kept of a session opens nothing by itself, and only its owner can read it', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    const [cookie] = await page.context().cookies();
    const path = join(miner.folder, 'web.json');
    await expect.poll(() => digestsIn(miner.folder)).toHaveLength(1);
    const kept = readFileSync(path, 'utf8');
    expect(kept).not.toContain(cookie?.value);
    expect(statSync(path).mode & 0o077).toBe(0);
    const [digest] = digestsIn(miner.folder);
    const answer = await fetch(miner.origin, { headers: { cookie: `${cookie?.name}=${digest}` } });
    expect(answer.status).toBe(401);
  });

  test('when somebody else has taken the port of last time, another is taken and nobody stays signed in', async () => {
    const miner = await stage.miner();
    await stage.open(miner);
    expect(await miner.program.stop()).toBe(0);
    const squatter = createServer((socket) => socket.destroy()); // the open page knocks here too
    await new Promise<void>((resolve) => squatter.listen(Number(new URL(miner.origin).port), '127.0.0.1', resolve));
    const again = await stage.miner(miner.folder);
    expect(again.origin).not.toBe(miner.origin);
    await expect.poll(() => digestsIn(miner.folder)).toEqual([]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  test.skipIf(process.platform !== 'linux')('where there is no desktop it says so in one line and serves the page', async () => {
    const program = new Program(LAUNCHER, ['--no-usb', '--data', stage.folder()]);
    await program.line(/Hearth is at http/);
    expect(program.output).toContain('No window here (this machine has no desktop): the same app in your browser instead.');
    expect(await program.stop()).toBe(0);
  });

  test('an address typed into the same tab shows its own screen, whichever form was open before', async () => {
    const miner = await stage.miner();
    const page = await stage.open(miner);
    await practise(page);
    await page.goto(`${miner.origin}/#/add/known`);
    await page.getByRole('radio', { name: /^Another pool/ }).waitFor();
    await page.goto(`${miner.origin}/#/add/own`);
    await page.getByLabel('Pool address').waitFor();
    expect(await page.getByRole('radio', { name: /^Another pool/ }).count()).toBe(0);
    await page.goto(`${miner.origin}/#/add/node`);
    await page.getByLabel('Node address').waitFor();
  });

  test('a second Hearth on the same data folder ends with the reason in words, not with a stack', async () => {
    const miner = await stage.miner();
    const second = new Program(LAUNCHER, ['--web', '--no-usb', '--data', miner.folder]);
    expect(await second.exited).toBe(1);
    expect(second.output).toContain('Hearth already runs with this data folder.');
    expect(second.output).not.toMatch(/\n\s+at /);
    expect(miner.program.running).toBe(true);
  });

  test('asked to end, it ends with code 0 and leaves nothing listening', async () => {
    const miner = await stage.miner();
    await stage.open(miner);
    expect(await miner.program.stop()).toBe(0);
    await expect(fetch(miner.origin)).rejects.toThrow();
  });
});

function digestsIn(folder: string): string[] {
  return (JSON.parse(readFileSync(join(folder, 'web.json'), 'utf8')) as { digests: string[] }).digests;
}
