/**
 * The page in its window: the built main bundle on a double of `electron` whose windows are a real Chromium, the real preload in a
 * world of its own, the real names of the messages, the real pages and the real miner. What the page may and may not do.
 */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bridge } from '../../renderer/door-protocol.ts';
import type { ElectronApp } from './electron-app.ts';
import { built, door, endAll, home, LINK, MOMENT_MS, moment, start } from './electron-person.ts';

beforeAll(built);

describe('the page in its window', () => {
  let app: ElectronApp;
  let page: Page;
  beforeAll(async () => {
    app = start(home());
    page = await app.page();
  });
  afterAll(endAll);
  const mines = () => app.until(async () => (await door(page).snapshot()).mining.at === 'mining', 'it mines');
  const dropPolicy = async () => {
    await app.ask('dropPolicy');
    await page.reload();
    await page.locator('h1').first().waitFor();
  };

  test('comes up in a sandboxed, isolated window and shows the first screen from the first snapshot', async () => {
    const [options] = app.called('BrowserWindow')[0] as [{ show: boolean; webPreferences: object }];
    expect(options.show).toBe(false);
    expect(options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false });
    expect(app.called('app.enableSandbox')).toHaveLength(1);
    expect(await page.locator('.way').count()).toBeGreaterThan(2);
    await app.until(() => app.called('window.show').length > 0, 'the window is shown');
    expect((await door(page).snapshot()).welcomed).toBe(false);
  });

  test('has window.hearth, frozen, with three functions, and nothing of Node or Electron', async () => {
    const seen = await page.evaluate(() => {
      const hearth = window.hearth as Bridge;
      const unchanged = () => {
        try {
          Object.assign(window, { hearth: 1 });
        } catch {
          // strict mode tells; sloppy mode is silent
        }
        return window.hearth === hearth && Object.isFrozen(hearth);
      };
      const names = ['require', 'process', 'Buffer', 'module', 'global', 'electron', 'ipcRenderer', 'electronSend', 'brokenOut'];
      return { keys: Object.keys(hearth).sort(), unchanged: unchanged(), leaked: names.filter((name) => name in window) };
    });
    expect(seen).toEqual({ keys: ['command', 'open', 'watch'], unchanged: true, leaked: [] });
    const stop = await page.evaluate(() => typeof (window.hearth as Bridge).watch(() => undefined)());
    expect(stop).toBe('undefined');
  });

  test('carries commands to the miner and its answers back', async () => {
    const answer = await door(page).command('check.url', { text: LINK });
    expect(answer).toMatchObject({ ok: true, reply: { ok: true, protocol: 'stratum-v2', host: 'pool.example', port: 3333 } });
    expect(await door(page).command('mining.start', {})).toMatchObject({ ok: false, fault: { code: 'no-source' } });
    expect(await door(page).command('check.url', { text: 7 })).toMatchObject({ ok: false, fault: { code: 'bad-arguments' } });
  });

  test.for(['toString', '__proto__', 'constructor', 'mining.Start', '', 7, null, ['mining.start']])(
    'refuses a command named %j',
    async (name) => {
      expect(await door(page).refusal(name)).toContain('refused');
    },
  );

  test('has no other channel', async () => {
    expect(await app.ask('breakOut', "brokenOut.invoke('shell:open', {}).catch(String)")).toContain(
      "No handler registered for 'shell:open'",
    );
  });

  test('a frame inside the page is refused commands and snapshots, even when it has broken out of its world', async () => {
    await page.evaluate(() => document.body.append(document.createElement('iframe')));
    expect(await app.ask('breakOut', "brokenOut.invoke('hearth:command', 'diagnostics', {}).catch(String)", 'child')).toContain('refused');
    await app.ask('breakOut', "heard = 0; brokenOut.on('hearth:push', () => heard++); brokenOut.send('hearth:watch')", 'child');
    await moment();
    expect(await app.ask('breakOut', 'heard', 'child')).toBe(0);
    await page.evaluate(() => document.querySelector('iframe')?.remove());
  });

  test.for([
    ['a script', (url: string) => location.assign(url)],
    [
      'a link',
      (url: string) => {
        const link = document.createElement('a');
        link.href = url;
        document.body.append(link);
        link.click();
        link.remove();
      },
    ],
  ] as const)('$0 cannot navigate away, and the page lives on', async ([, leave]) => {
    const before = app.called('navigation').length;
    await page.evaluate(leave, 'https://evil.invalid/');
    await app.until(() => app.called('navigation').length > before, 'the navigation was asked for');
    expect(app.called('navigation').at(-1)).toEqual(['https://evil.invalid/', 'refused']);
    expect((await app.ask('window'))?.url).toContain('hearth://app/index.html');
    expect(await page.locator('.way').count()).toBeGreaterThan(2);
  });

  test('snapshots keep coming after a refused navigation and after moving within the page', async () => {
    await page.evaluate(() => {
      const counts = window as unknown as { snapshots: number };
      counts.snapshots = 0;
      (window.hearth as Bridge).watch(() => counts.snapshots++);
    });
    await page.evaluate(() => location.assign('https://evil.invalid/'));
    await page.evaluate(() => {
      location.hash = '#/devices';
    });
    await moment();
    const count = () => page.evaluate(() => (window as unknown as { snapshots: number }).snapshots);
    const before = await count();
    // The miner ticks once a second.
    await app.until(async () => (await count()) >= before + 2, 'two more snapshots');
    await page.evaluate(() => {
      location.hash = '';
    });
  });

  test('opens no window: https goes to the browser, everything else nowhere', async () => {
    const urls = ['https://mempool.space/block/1', 'http://plain.invalid/', 'hearth://app/index.html', 'mailto:a@b.invalid'];
    const returned = await page.evaluate((all) => all.map((url) => window.open(url)), urls);
    expect(returned).toEqual(urls.map(() => null));
    await app.until(() => app.called('window.open').length === urls.length, 'every window was asked for');
    expect(app.called('window.open').map(([, action]) => action)).toEqual(urls.map(() => 'deny'));
    expect(app.called('shell.openExternal')).toEqual([['https://mempool.space/block/1']]);
    await app.until(() => page.context().pages().length === 1, 'no other page is left');
  });

  test('is granted no permission but to copy a text', async () => {
    const asked = new Map(app.called('permission').map(([name, granted]) => [name, granted]));
    expect(asked.get('clipboard-sanitized-write')).toBe(true);
    expect([...asked].filter(([, granted]) => granted)).toHaveLength(1);
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[];
      const all = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
      return all.map(({ state }) => state);
    });
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
    await page.evaluate(() => navigator.clipboard.writeText('diagnostics'));
    expect(await page.evaluate(() => navigator.clipboard.readText().catch((error: Error) => error.name))).toBe('NotAllowedError');
  });

  test('saves files that the page made', async () => {
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['time,shares\n']));
      link.download = 'shares.csv';
      link.click();
    });
    const [name, path] = await app.until(() => app.called('downloaded')[0] as [string, string] | undefined, 'the file was saved');
    expect([name, readFileSync(path, 'utf8')]).toEqual(['shares.csv', 'time,shares\n']);
  });

  test('commands beyond a hundred a second are refused, and the miner goes on', async () => {
    const outcomes = await page.evaluate(async () => {
      const all = Array.from({ length: 1000 }, () =>
        (window.hearth as Bridge).command('history.best', {}).then(
          () => 1,
          () => 0,
        ),
      );
      return (await Promise.all(all)).reduce((sum: number, one) => sum + one, 0);
    });
    expect(outcomes).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await door(page).command('history.best', {})).toMatchObject({ ok: true });
  });

  test('answers with its policy, its type and nosniff; and with 404 to what it does not have', async () => {
    const response = await page.reload();
    const headers = response?.headers() ?? {};
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-type']).toContain('text/html');
    await dropPolicy();
    const statuses = await page.evaluate(() =>
      Promise.all(['./index.html', './nothing.js', './assets/../../package.json'].map(async (path) => (await fetch(path)).status)),
    );
    expect(statuses).toEqual([200, 404, 404]);
  });

  test('cancels a request to any other address, also where the content policy is gone', async () => {
    await dropPolicy();
    const urls = ['https://elsewhere.invalid/a', 'http://127.0.0.1:9/b', 'http://169.254.169.254/c'];
    const outcomes = await page.evaluate(
      (all) =>
        Promise.all(
          all.map((url) =>
            fetch(url, { mode: 'no-cors' }).then(
              () => 'came',
              () => 'failed',
            ),
          ),
        ),
      urls,
    );
    expect(outcomes).toEqual(['failed', 'failed', 'failed']);
    expect(app.called('request')).toEqual(expect.arrayContaining(urls.map((url) => [url, 'cancelled'])));
    expect(app.called('request').filter(([, outcome]) => outcome === 'let through')).toEqual([]);
  });

  test('a frame of a stranger cannot be loaded into the page, also where the content policy is gone', async () => {
    await dropPolicy();
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = 'https://evil.invalid/frame';
      document.body.append(frame);
    });
    await app.until(
      () => app.called('navigation').some(([url, outcome]) => url === 'https://evil.invalid/frame' && outcome === 'refused'),
      'refused',
    );
  });

  test('a page that was loaded again has one watch, not one more each time', async () => {
    for (let round = 0; round < 4; round += 1) await page.reload();
    await page.locator('.way').first().click();
    await mines();
    const { pushes, seconds } = await page.evaluate(async () => {
      const [startedAt, least] = [performance.now(), 8];
      let pushes = 0;
      await new Promise<void>((resolve) => {
        (window.hearth as Bridge).watch((push) => 'snapshot' in push && ++pushes >= least && resolve());
      });
      return { pushes, seconds: (performance.now() - startedAt) / 1000 };
    });
    // Four a second, the first at once, and one that was on its way.
    expect(pushes).toBeLessThanOrEqual(4 * seconds + 2);
  });

  test('comes back when its process dies, and the miner never noticed', async () => {
    if (!(await door(page).snapshot()).welcomed) await page.locator('.way').first().click();
    await mines();
    const before = await door(page).snapshot();
    const loads = app.called('window.loadURL').length;
    await app.ask('crash');
    await app.until(() => app.called('window.loadURL').length > loads, 'the window loads its page again');
    page = await app.pageAgain();
    const after = await door(page).snapshot();
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.mining.at).toBe('mining');
  });

  test('a stranger’s page in the window gets no answer, no snapshot and no way on', async () => {
    await app.ask('plant', 'https://evil.invalid/planted', '<h1>planted</h1>');
    await page.getByText('planted').waitFor();
    expect(await door(page).refusal('diagnostics')).toContain('refused');
    const heard = await page.evaluate(async (waitMs) => {
      let count = 0;
      (window.hearth as Bridge).watch(() => count++);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return count;
    }, 2 * MOMENT_MS);
    expect(heard).toBe(0);
  });
});
