/** The Devices screen in a real browser: in front of the real miner with boards of the test, and of scenes for the rest. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandArgs } from '../../core/contract.ts';
import { build } from '../../core/host/build-pages.ts';
import { defaultSettings } from '../../core/miner/settings.ts';
import { troubledUsb, waitingBoard } from '../fake/demo-devices.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import type { SceneName } from '../fake/demo-scenes.ts';
import { hostRenderer, type RendererHost } from './renderer-host.ts';
import { button } from './web-acts.ts';
import { axe, axeEnhanced, layoutFaults } from './web-axe.ts';
import { root } from './web-program.ts';
import { type Miner, missing, Stage } from './web-stage.ts';

/** Shares come by chance, every twenty seconds or so: one that takes eight times as long comes once in three thousand. */
const SHARE_LIMIT_MS = 160_000;
vi.setConfig({ testTimeout: SHARE_LIMIT_MS + 80_000 });

const BOARDS = 'test/e2e/web-boards.ts';
const CPU = 'processor';
const row = (page: Page, name: string) => page.locator('tr').filter({ has: page.locator('.who b', { hasText: name }) });
const dialog = (page: Page) => page.locator('dialog[open]');

describe.skipIf(missing)('devices of the real miner', () => {
  const stage = new Stage();
  let miner: Miner;
  let page: Page;

  /** Practising already, and the processor rests: every share is a board's. */
  beforeEach(async () => {
    const folder = stage.folder();
    const sources = [{ kind: 'practice' as const, id: 'practice', name: 'Practice pool' }];
    const settings = { ...defaultSettings(), sources, mining: true, welcomed: true, devices: { [CPU]: { paused: true } } };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    miner = await stage.miner(folder, { script: BOARDS });
    page = await stage.open(miner);
    await page.goto(`${miner.origin}/#/devices`);
    await row(page, 'This computer').waitFor();
  });
  afterEach(async () => {
    await stage.clear();
    await miner.program.stop();
  });
  afterAll(() => stage.close());

  /** The newest settings that reached a board. */
  async function configured(id: string, wanted: object): Promise<void> {
    await miner.program.line(new RegExp(`"configured":"${id}","settings":${JSON.stringify(wanted).replace(/[{}]/g, '\\$&')}`));
  }

  test('a board appears by itself, is spoken of once, and mines', async () => {
    miner.program.type('plug A1 1-4');
    await row(page, 'Compac A2').getByText('Mining').waitFor();
    await page.locator('[role=status]', { hasText: 'Compac A2 is plugged in.' }).waitFor({ state: 'attached' });
    await expect.poll(() => row(page, 'Compac A2').locator('[data-l=Shares]').textContent(), { timeout: SHARE_LIMIT_MS }).not.toBe('0');
  });

  test('performance asks with heat and power in words; no leaves it, yes runs it', async () => {
    miner.program.type('plug A1 1-4');
    await button(page, 'Settings of Compac A2').click();
    await button(page, /^performance/).click();
    await dialog(page).getByText('That is 33% more than the 300 MHz its maker set.').waitFor();
    await dialog(page).getByText('It gets hotter.').waitFor();
    await dialog(page).getByText('about 16 W instead of 12 W now (estimated)').waitFor();
    await button(page, 'Stay as it is').click();
    expect(await button(page, /^stock/).getAttribute('aria-pressed')).toBe('true');
    expect(miner.program.output).not.toContain('"profile":"performance"');
    await button(page, /^performance/).click();
    await button(page, 'Yes, run it at 400 MHz').click();
    await configured('A1', { paused: false, profile: 'performance' });
    await expect.poll(() => button(page, /^performance/).getAttribute('aria-pressed')).toBe('true');
  });

  test('the slider stays within the limits and asks above stock, also by keyboard', async () => {
    miner.program.type('plug A1 1-4');
    await button(page, 'Settings of Compac A2').click();
    const slider = page.getByRole('slider', { name: /^Frequency/ });
    expect([await slider.getAttribute('min'), await slider.getAttribute('max')]).toEqual(['100', '450']);
    await slider.press('ArrowLeft');
    await configured('A1', { paused: false, frequencyMhz: 299 });
    await slider.press('End');
    await dialog(page).getByText('Run Compac A2 at 450 MHz?').waitFor();
    await button(page, 'Stay as it is').click();
    await expect.poll(() => slider.inputValue()).toBe('299');
    expect(miner.program.output).not.toContain('"frequencyMhz":450');
  });

  test('the slider asks once for where its keys came to rest; whatever closes the question but yes leaves what was set', async () => {
    miner.program.type('plug A1 1-4');
    await button(page, 'Settings of Compac A2').click();
    const slider = page.getByRole('slider', { name: /^Frequency/ });
    const keys = async (key: string, times: number) => {
      for (let time = 0; time < times; time += 1) await slider.press(key);
    };
    const question = (mhz: number) => dialog(page).getByText(`Run Compac A2 at ${mhz} MHz?`);
    const unmoved = async () => {
      await expect.poll(() => slider.inputValue()).toBe('300');
      expect(await dialog(page).count()).toBe(1);
    };

    await keys('ArrowRight', 5);
    await question(305).waitFor();
    await page.keyboard.press('Escape');
    await unmoved();
    await keys('ArrowRight', 5);
    await question(305).waitFor();
    await page.mouse.click(5, 5);
    await unmoved();

    await keys('ArrowRight', 5);
    await page.keyboard.press('Escape');
    await unmoved();
    await page.waitForTimeout(1_500); // longer than the pause after a key
    await unmoved();
    expect(miner.program.output).not.toContain('frequencyMhz');

    await keys('ArrowLeft', 5);
    await configured('A1', { paused: false, frequencyMhz: 295 });
    expect(miner.program.output.match(/frequencyMhz/g)).toHaveLength(1);
    await expect.poll(() => slider.inputValue()).toBe('295');
    await keys('ArrowRight', 10);
    await page.keyboard.press('Enter');
    expect(await question(305).isVisible()).toBe(true);
    await button(page, 'Yes, run it at 305 MHz').click();
    await configured('A1', { paused: false, frequencyMhz: 305 });
    await expect.poll(() => slider.inputValue()).toBe('305');
    await keys('ArrowLeft', 1);
    await page.keyboard.press('Tab');
    await configured('A1', { paused: false, frequencyMhz: 304 });
    expect(miner.program.output.match(/frequencyMhz/g)).toHaveLength(3);
  });

  test('an experimental board gets power only after an explicit word, which can be taken back', async () => {
    miner.program.type('plug E1 1-4 experimental');
    await row(page, 'Compac A2').getByText('Waits for your word').waitFor();
    await page.getByText('nobody has seen it do so on a real one yet').waitFor();
    expect(miner.program.output).not.toContain('"allowExperimental":true');
    await button(page, 'Give it power').click();
    await configured('E1', { paused: false, allowExperimental: true });
    await row(page, 'Compac A2').getByText('Mining').waitFor();
    // What may be another thing is asked about again, and the answer counts again.
    miner.program.type('unplug E1');
    await row(page, 'Compac A2').getByText('Unplugged').waitFor();
    miner.program.type('plug E1 1-4 experimental');
    await row(page, 'Compac A2').getByText('Waits for your word').waitFor();
    await button(page, 'Give it power').click();
    await row(page, 'Compac A2').getByText('Mining').waitFor();
    await button(page, 'Settings of Compac A2').click();
    await button(page, 'Take it back').click();
    await row(page, 'Compac A2').getByText('Waits for your word').waitFor();
  });

  test('an unplugged board stays with its record; replugged elsewhere it has the settings of its serial number', async () => {
    miner.program.type('plug A1 1-4');
    await button(page, 'Settings of Compac A2').click();
    await page.getByLabel('Name').fill('Shelf');
    await button(page, /^eco/).click();
    await configured('A1', { paused: false, profile: 'eco' });
    await button(page, 'Close').click();
    await expect.poll(() => row(page, 'Shelf').locator('[data-l=Shares]').textContent(), { timeout: SHARE_LIMIT_MS }).not.toBe('0');
    miner.program.type('unplug A1');
    await row(page, 'Shelf').getByText('Unplugged').waitFor();
    await row(page, 'Shelf')
      .getByText(/\d shares? since/)
      .waitFor();
    const seen = miner.program.output.length;
    miner.program.type('plug A1 2-1');
    await miner.program.line(/"configured":"A1","settings":\{"paused":false,"profile":"eco"\}/, seen);
    await row(page, 'Shelf').getByText('Mining').waitFor();
  });

  test('what was unplugged is there after a restart, greyed, with its record', async () => {
    miner.program.type('plug A1 1-4');
    await expect.poll(() => row(page, 'Compac A2').locator('[data-l=Shares]').textContent(), { timeout: SHARE_LIMIT_MS }).not.toBe('0');
    await miner.program.stop();
    miner = await stage.miner(miner.folder, { script: BOARDS });
    const fresh = await stage.open(miner);
    await fresh.goto(`${miner.origin}/#/devices`);
    await row(fresh, 'Compac A2').getByText('Unplugged').waitFor();
    await row(fresh, 'Compac A2')
      .getByText(/\d shares? since/)
      .waitFor();
  });

  test('what may not be opened is told by the doctor, whose button installs the rule', async () => {
    miner.program.type('forbid');
    const doctor = page.getByRole('region', { name: 'Doctor' });
    await doctor.getByText('Hearth may not use this USB device.').waitFor();
    await doctor.getByRole('button', { name: 'Allow it' }).click();
    await doctor.getByText('Nothing is in the way.').waitFor();
  });

  test('a board that was given up is started again by its button', async () => {
    miner.program.type('plug A1 1-4');
    await row(page, 'Compac A2').getByText('Mining').waitFor();
    miner.program.type('fault A1 device-quarantined');
    await page.getByText('Hearth has given up on a board.').waitFor();
    const seen = miner.program.output.length;
    await button(page, 'Start it again').click();
    await miner.program.line(/"settings":\{"paused":true\}[\s\S]*"settings":\{"paused":false\}/, seen);
    await expect.poll(() => page.getByText('Hearth has given up on a board.').count()).toBe(0);
  });
});

describe.skipIf(missing)('devices in scenes', () => {
  const stage = new Stage();
  let door: DemoDoor;
  let host: RendererHost;

  beforeAll(() => build(root, ['pages'], () => {}));
  afterEach(async () => {
    await stage.clear();
    await host.close();
  });
  afterAll(() => stage.close());

  async function look(scene: SceneName, options: Parameters<Stage['browser']>[0] = {}): Promise<Page> {
    door = new DemoDoor(scene);
    host = await hostRenderer(door);
    const page = await (await stage.browser(options)).newPage();
    await page.goto(`${host.url}#/devices`);
    await page.locator('h1').waitFor();
    return page;
  }

  test('the doctor names each trouble, its cause and one next step, and leaves cables alone', async () => {
    const page = await look('devices-doctor');
    const found = page.locator('.finds > .find:visible');
    await expect.poll(() => found.count()).toBe(3);
    await found.nth(0).getByRole('button', { name: 'Allow it' }).waitFor();
    await found.nth(1).getByText('Close cgminer').waitFor();
    await found.nth(2).getByRole('button', { name: 'How to mine with it' }).waitFor();
    await page.getByText('2 more things are plugged in and left alone').click();
    await page.getByText('FTDI FT230X Basic UART').waitFor();
  });

  test('where nothing asks for a password, the one line to paste is shown and copied', async () => {
    const page = await look('devices-doctor', { permissions: ['clipboard-read', 'clipboard-write'] });
    door.ruleOutcome = { done: 'by-hand', command: 'sudo tee /etc/udev/rules.d/70-hearth-usb.rules < rule' };
    await button(page, 'Allow it').click();
    await button(page, 'Copy the line').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('sudo tee /etc/udev/rules.d/70-hearth-usb.rules < rule');
    expect(door.asked.filter((name) => name === 'usb.installRule')).toHaveLength(1);
  });

  test('on Windows the steps name the very device', async () => {
    const page = await look('devices-windows');
    await button(page, 'How on Windows').click();
    await dialog(page).getByText('“GekkoScience CompacF Bitcoin Miner”').waitFor();
  });

  test('a board that is too hot or does not answer offers to run slower; one that runs slower says how much', async () => {
    const page = await look('devices-eight');
    await page.getByText('245 of 300 MHz').waitFor();
    await row(page, 'NewPac').getByText('1,204 shares since').waitFor();
    const asked: CommandArgs<'device.configure'>[] = [];
    const { command } = door;
    door.command = (name, args) => {
      if (name === 'device.configure') asked.push(args as CommandArgs<'device.configure'>);
      return command.call(door, name, args) as never;
    };
    await button(page, 'Run it slower (eco)').first().click();
    await expect.poll(() => asked).toMatchObject([{ id: 'compac-a1-22', settings: { profile: 'eco' } }]);
  });

  test('only what has a light offers to blink', async () => {
    const page = await look('devices-eight');
    await button(page, 'Settings of Bitaxe Gamma').click();
    await button(page, 'Make it blink').waitFor();
    await button(page, 'Close').click();
    await button(page, 'Settings of Shelf, left').click();
    expect(await button(page, 'Make it blink').count()).toBe(0);
  });

  test('the last step of first run shows boards as they are plugged in, and what is in the way', async () => {
    const page = await look('welcome');
    await page.goto(host.url);
    await button(page, /^Solo through a pool/).click();
    await page.locator('input').first().fill('bc1qexampleexampleexampleexample9m4xe');
    await page.locator('.compare').waitFor();
    await page.locator('button[type=submit]').click();
    await page.locator('.pick input[type=radio]').first().check();
    await page.locator('button[type=submit]').click();
    await page.locator('.foot .prime:enabled').click();
    await page.locator('.found-devices').getByText('This computer').waitFor();
    expect(await page.locator('.found-devices > li').count()).toBe(1);
    door.change({ devices: [...door.snapshot.devices, waitingBoard(Date.now())], usb: troubledUsb(Date.now()) });
    await page.locator('.found-devices').getByText('R606').waitFor();
    await button(page, 'Give it power').waitFor();
    await page.getByRole('region', { name: 'Doctor' }).getByRole('button', { name: 'Allow it' }).waitFor();
    expect([...(await layoutFaults(page)), ...(await axe(page))]).toEqual([]);
  });

  test('figures that tick are not spoken', async () => {
    const page = await look('devices-eight');
    await page.evaluate(() => {
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      for (const region of document.querySelectorAll('[role=status], [aria-live]'))
        new MutationObserver(() => spoken.push(region.textContent ?? '')).observe(region, {
          childList: true,
          characterData: true,
          subtree: true,
        });
    });
    await page.waitForTimeout(3_000); // six snapshots
    expect(await page.evaluate(() => (window as unknown as { spoken: string[] }).spoken)).toEqual([]);
  });

  const SCENES: readonly SceneName[] = [
    'no-device',
    'devices-one',
    'devices-eight',
    'devices-consent',
    'devices-doctor',
    'devices-windows',
  ];
  const SIZES = [
    { width: 1280, height: 800 },
    { width: 480, height: 800 },
    { width: 240, height: 600 },
  ];
  test.each(SCENES)('%s: whole and clean at every width, in German, light and dark', async (scene) => {
    const found: string[] = [];
    for (const [index, viewport] of SIZES.entries()) {
      const colorScheme = index % 2 === 0 ? ('dark' as const) : ('light' as const);
      const page = await look(scene, { viewport, locale: 'de', colorScheme });
      await page.locator('h1', { hasText: /Gerät|angesteckt/ }).waitFor();
      for (const fold of await page.locator('details > summary').all()) await fold.click();
      found.push(...[...(await layoutFaults(page)), ...(await axe(page))].map((fault) => `${viewport.width}: ${fault}`));
      await stage.clear();
      await host.close();
    }
    expect(found).toEqual([]);
  });

  test('every look of the screen is clean with high contrast', async () => {
    const page = await look('devices-eight', { contrast: 'more' });
    expect(await axeEnhanced(page)).toEqual([]);
  });

  test('the dialog and its question are clean and whole on a narrow screen', async () => {
    const page = await look('devices-one', { viewport: { width: 240, height: 600 }, locale: 'de' });
    await page.locator('.acts-row .more').last().click();
    await page.locator('dialog[open] .fold summary').click();
    expect([...(await layoutFaults(page)), ...(await axe(page))]).toEqual([]);
    await page.locator('.profile').last().click();
    await page.locator('dialog[open] .asks').waitFor();
    expect([...(await layoutFaults(page)), ...(await axe(page))]).toEqual([]);
  });
});
