/**
 * The app around its window, on the same double: tray, power, login, links, a second start, the end and what comes after it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lockFolder } from '../../core/io/instance-lock.ts';
import { built, door, endAll, home, LINK, moment, start, startPractice } from './electron-person.ts';

beforeAll(built);

describe('around the window', () => {
  afterEach(endAll);

  test('one click mines; tray and wakefulness follow; closing hides, and mining goes on', async () => {
    const app = start(home());
    const page = await startPractice(app);
    const tray = () => app.until(() => app.ask('tray'), 'the tray');
    await app.until(async () => (await tray()).tip.startsWith('Hearth: PRACTICE, mining, '), 'the tooltip tells state and rate');
    expect((await tray()).tip).toMatch(/ [\d.]+ [kMG]?H\/s$/);
    expect(app.called('powerSaveBlocker.start')).toEqual([['prevent-app-suspension', 1]]);

    await app.ask('chooseInTray', 'Pause');
    await app.until(async () => (await tray()).tip === 'Hearth: PRACTICE, paused', 'the tray says paused');
    expect((await tray()).menu?.map(({ label }) => label)).toEqual(['Hearth: PRACTICE, paused', 'Open Hearth', 'Resume', 'Quit']);
    await app.until(() => app.called('powerSaveBlocker.stop').length === 1, 'the computer may sleep');
    await app.ask('chooseInTray', 'Resume');
    await app.until(async () => (await door(page).snapshot()).mining.at === 'mining', 'it mines again');
    await app.until(() => app.called('powerSaveBlocker.start').length === 2, 'the computer stays awake');

    await app.ask('closeWindow');
    expect(await app.ask('window')).toMatchObject({ visible: false });
    const { accepted } = await door(page).snapshot();
    await app.until(async () => (await door(page).snapshot()).accepted > accepted, 'shares go on behind a closed window');
    await app.ask('clickTray');
    expect(await app.ask('window')).toMatchObject({ visible: true });
    await app.ask('closeWindow');
    await app.ask('activate');
    expect(await app.ask('window')).toMatchObject({ visible: true });
  });

  test('before the computer sleeps the miner is told, and when it wakes; what was wanted goes on', async () => {
    const place = home();
    const app = start(place);
    const page = await startPractice(app);
    const told = (what: string) => readFileSync(join(place.data, 'hearth.log'), 'utf8').includes(what);
    await app.ask('power', 'suspend');
    await app.until(() => told('sleep'), 'the miner heard of the sleep');
    expect((await door(page).snapshot()).settings.mining).toBe(true);
    const { accepted } = await door(page).snapshot();
    await app.ask('power', 'resume');
    await app.until(() => told('woke'), 'the miner heard of the waking');
    await app.until(async () => (await door(page).snapshot()).accepted > accepted, 'shares go on');
  });

  test('when the computer is shut down it is held off until everything is written, then the app ends by itself', async () => {
    const place = home();
    const app = start(place);
    await startPractice(app);
    expect(await app.ask('power', 'shutdown')).toBe(true);
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(JSON.parse(readFileSync(join(place.data, 'settings.json'), 'utf8')).mining).toBe(true);
    expect(readFileSync(join(place.data, 'hearth.log'), 'utf8')).toContain('stopped');
  });

  test('the tray’s menu is left alone while only the rate changes', async () => {
    const app = start(home());
    await startPractice(app);
    await app.until(async () => (await app.ask('tray'))?.tip.includes('mining, '), 'the tray tells the rate');
    const menus = app.called('tray.setContextMenu').length;
    const tips = app.called('tray.setToolTip').length;
    await app.until(() => app.called('tray.setToolTip').length > tips + 1, 'the rate changed twice');
    expect(app.called('tray.setContextMenu')).toHaveLength(menus);
  });

  test('without the wish for the tray, closing ends the app cleanly', async () => {
    const app = start(home());
    const page = await startPractice(app);
    await door(page).command('preferences.set', { preferences: { closeToTray: false } });
    await app.until(async () => !(await door(page).snapshot()).settings.preferences.closeToTray, 'it is set');
    await moment();
    await app.ask('closeWindow');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  test('where the desktop has no place for a tray, the window shows at login too and closing it ends the app', async () => {
    const at = home(false);
    const app = start(at, ['--hidden']);
    await startPractice(app);
    expect(app.called('Tray')).toEqual([]);
    expect(await app.ask('window')).toMatchObject({ visible: true });
    await app.ask('closeWindow');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });

  test('started at login it comes up in the tray only; a second start at login leaves it there', async () => {
    const at = home();
    const app = start(at, ['--hidden']);
    await app.page();
    await moment();
    expect(await app.ask('window')).toMatchObject({ visible: false });
    expect(await start(at, ['--hidden']).exited).toEqual({ code: 0, signal: null });
    await moment();
    expect(await app.ask('window')).toMatchObject({ visible: false });
  });

  test('a second start raises the window; a link it brings only fills the form', async () => {
    const at = home();
    const app = start(at);
    const page = await startPractice(app);
    await app.ask('minimise');
    expect(await start(at).exited).toEqual({ code: 0, signal: null });
    await app.until(async () => !(await app.ask('window'))?.minimised, 'the window is raised');

    const before = await door(page).snapshot();
    await app.ask('closeWindow');
    expect(await start(at, [LINK]).exited).toEqual({ code: 0, signal: null });
    await app.until(async () => (await app.ask('window'))?.visible, 'the window is shown');
    await app.until(
      () => page.evaluate((link) => [...document.querySelectorAll('input')].some(({ value }) => value === link), LINK),
      'the form is filled',
    );
    const after = await door(page).snapshot();
    expect(after.settings.sources).toEqual(before.settings.sources);
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.mining.at).toBe('mining');

    // The same link once more must not load the page anew under the person's hands.
    await page.locator('input:visible').last().fill('typed by hand');
    const loads = app.called('window.loadURL').length;
    expect(await start(at, [LINK]).exited).toEqual({ code: 0, signal: null });
    await moment();
    expect(app.called('window.loadURL')).toHaveLength(loads);
  });

  test.for(['javascript://pool.example/%0aalert(1)', 'https://pool.example/', `stratum2+tcp://${'x'.repeat(600)}`])(
    'what is no pool link is no link: %s',
    async (text) => {
      const at = home();
      const app = start(at);
      await app.page();
      expect(await start(at, [text]).exited).toEqual({ code: 0, signal: null });
      await moment();
      expect(app.called('window.loadURL')).toEqual([['hearth://app/index.html']]);
    },
  );

  test('a link that comes before the window, as on a Mac, and one on the command line are shown when it is there', async () => {
    const early = start(home());
    await early.ask('openUrl', LINK);
    await early.page();
    await early.until(() => early.called('window.loadURL').length === 2, 'the link is shown');
    const named = start(home(), [LINK]);
    await named.page();
    const expected = [`hearth://app/index.html#/add?url=${encodeURIComponent(LINK)}`];
    for (const app of [early, named]) expect(app.called('window.loadURL').at(-1)).toEqual(expected);
    expect((await door(await named.page()).snapshot()).settings.sources).toEqual([]);
  });

  test('starts at login as the preference says', async () => {
    const at = home();
    const app = start(at);
    const page = await app.page();
    const entry = join(at.path, '.config/autostart/hearth.desktop');
    await door(page).command('preferences.set', { preferences: { startAtLogin: true } });
    await app.until(() => existsSync(entry), 'the entry is there');
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec="[^"]+node" "[^"]+" "--hearth-data=[^"]+" "--hidden"$/m);
    await door(page).command('preferences.set', { preferences: { startAtLogin: false } });
    await app.until(() => !existsSync(entry), 'the entry is gone');
  });

  test('quit waits for the miner and frees the data folder; the next start goes on mining where the window stood', async () => {
    const at = home();
    const first = start(at);
    await startPractice(first);
    await first.ask('setBounds', { x: 300, y: 200, width: 900, height: 700 });
    await first.ask('chooseInTray', 'Quit');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(join(at.data, 'hearth.log'), 'utf8')).toContain('stopped');
    lockFolder(at.data)(); // free: another way in may have it

    const second = start(at);
    const page = await second.page();
    await second.until(async () => (await door(page).snapshot()).mining.at === 'mining', 'it mines by itself');
    expect(second.called('BrowserWindow')[0]?.[0]).toMatchObject({ x: 300, y: 200, width: 900, height: 700 });
  });

  test('a signal, and a second one on its heels, end it as cleanly as Quit', async () => {
    const at = home();
    const app = start(at);
    await startPractice(app);
    app.signal('SIGTERM');
    app.signal('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(join(at.data, 'hearth.log'), 'utf8')).toContain('stopped');
  });

  test('what nobody catches ends it as cleanly as Quit, with the fault in the log, on the terminal and in a box', async () => {
    const at = home();
    const app = start(at);
    await startPractice(app);
    await app.ask('throw', 'a stray exception');
    expect(await app.exited).toEqual({ code: 1, signal: null });
    const log = readFileSync(join(at.data, 'hearth.log'), 'utf8');
    expect(log).toMatch(/crashed .*a stray exception[\s\S]* stopped /);
    expect(app.output.split('\n').filter((line) => line.includes('a stray exception'))).toHaveLength(1);
    expect(app.called('dialog.showErrorBox')).toEqual([['Hearth had to end', 'a stray exception']]);
    lockFolder(at.data)(); // free
    app.traces.splice(0); // this one is meant
  });

  test('killed while mining it resumes at the next start; killed while paused it does not', async () => {
    const at = home();
    const first = start(at);
    await startPractice(first);
    first.signal('SIGKILL');
    expect((await first.exited).signal).toBe('SIGKILL');

    const second = start(at);
    const page = await second.page();
    await second.until(async () => (await door(page).snapshot()).mining.at === 'mining', 'it mines by itself');
    expect((await door(page).snapshot()).welcomed).toBe(true);
    await door(page).command('mining.pause', {});
    await second.until(async () => (await door(page).snapshot()).mining.at === 'paused', 'it pauses');
    second.signal('SIGKILL');
    await second.exited;

    const third = start(at);
    const again = await third.page();
    await moment();
    expect((await door(again).snapshot()).mining.at).not.toBe('mining');
    expect(third.called('powerSaveBlocker.start')).toEqual([]);
  });

  test('a data folder that another Hearth uses is said in words, and nothing is left running', async () => {
    const at = home();
    const unlock = lockFolder(at.data);
    try {
      const app = start(at);
      expect(await app.exited).toEqual({ code: 1, signal: null });
      expect(app.called('dialog.showErrorBox')[0]?.join(' ')).toMatch(/already runs.*already-running/s);
      expect(app.output).toContain('already-running');
    } finally {
      unlock();
    }
  });

  test('a data folder that cannot be made is said in words', async () => {
    const at = home();
    writeFileSync(at.data, 'a file in its place');
    const app = start(at);
    expect(await app.exited).toEqual({ code: 1, signal: null });
    expect(app.called('dialog.showErrorBox')).toHaveLength(1);
  });

  test('passwords lie sealed by the keychain, never in plain', async () => {
    const at = home();
    const app = start(at);
    const page = await app.page();
    const source = {
      kind: 'solo',
      id: 'node',
      name: 'My node',
      url: 'http://127.0.0.1:1',
      address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      rpcUser: 'me',
    };
    expect(await door(page).command('source.save', { source, secret: 'hunter2-hunter2' })).toMatchObject({ ok: true });
    const sealed = await app.until(
      () => existsSync(join(at.data, 'keychain.json')) && readFileSync(join(at.data, 'keychain.json'), 'utf8'),
      'it is kept',
    );
    expect(sealed).toContain('"node"');
    expect(sealed).not.toContain('hunter2');
    expect(sealed).not.toContain(Buffer.from('hunter2-hunter2').toString('base64'));
    expect(existsSync(join(at.data, 'secrets.json'))).toBe(false);
  });

  test('the tray speaks the language of the window', async () => {
    const app = start(home(), [], { DOUBLE_LOCALE: 'de-AT' });
    const page = await app.page();
    expect((await app.ask('tray'))?.tip).toBe('Hearth: mint nicht');
    await door(page).command('preferences.set', { preferences: { language: 'en' } });
    await app.until(async () => (await app.ask('tray'))?.tip === 'Hearth: not mining', 'English');
  });
});
