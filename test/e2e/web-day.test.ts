/**
 * The page left open for a day, in the background as browsers treat it: its timers run rarely, what the miner says
 * comes all the same. The night has a change of the clocks in it, and three hours of sleep.
 */
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventEntry } from '../../core/contract.ts';
import { build } from '../../core/host/build-pages.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import { hostRenderer, type RendererHost } from './renderer-host.ts';
import { button } from './web-acts.ts';
import { root } from './web-program.ts';
import { missing, Stage } from './web-stage.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** 20:00 in New York on the evening before its clocks go forward, at 2 in the morning. */
const BEGIN = Date.UTC(2026, 2, 8, 1);
const ZONE = 'America/New_York';
/** Browsers let the timers of a page that nobody sees run once a minute, or less often. */
const STEP = 4 * MINUTE;
const EVENTS_A_STEP = 64; // 20,000 in a day
const SLEEP_FROM_HOUR = 8;
const SLEEP_HOURS = 3;
/** What a page may hold more after a day than after an hour. */
const MORE = { Nodes: 100, JSEventListeners: 20, JSHeapUsedSize: 1_500_000 } as const;
const ROUNDS = 6;

type Held = Record<keyof typeof MORE, number>;

describe.skipIf(missing)('the page left open', () => {
  const stage = new Stage();
  let door: DemoDoor;
  let host: RendererHost;
  let page: Page;
  let devtools: CDPSession;
  /** The miner's clock and the page's; Unix milliseconds. */
  let now = BEGIN;
  let delivered = 0;

  beforeAll(() => build(root, ['pages'], () => {}));
  beforeEach(async () => {
    now = BEGIN;
    door = new DemoDoor('mining', () => now);
    door.change({ events: [] });
    host = await hostRenderer(door);
    page = await (await stage.browser({ timezoneId: ZONE })).newPage();
    devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    await page.clock.install({ time: BEGIN });
    await page.goto(host.url);
    await page.locator('.route').waitFor();
    await page.clock.pauseAt(BEGIN + MINUTE);
    now = BEGIN + MINUTE;
    delivered = 0;
  });
  afterEach(async () => {
    await stage.clear();
    await host.close();
  });
  afterAll(() => stage.close());

  /** Some minutes in the background: timers that are due run once, and all that was told comes. */
  async function step(): Promise<void> {
    now += STEP;
    const news: EventEntry[] = [];
    for (let count = 0; count < EVENTS_A_STEP; count += 1) news.unshift(eventOf(delivered + count, now));
    delivered += EVENTS_A_STEP;
    for (const event of news) door.happen(event);
    const { accepted, events } = door.snapshot;
    const kept = [...news, ...events].slice(0, 50);
    door.change({ accepted: accepted + news.length, events: kept, lastAcceptedAt: now - 12_000, hashesPerSecond: 2e12 + delivered });
    await page.clock.fastForward(STEP);
  }

  /** Lets the page take what was sent: its own answer comes after all of it. */
  async function settle(): Promise<void> {
    await page.getByText(hashesShown(), { exact: false }).first().waitFor();
  }

  function hashesShown(): string {
    return new Intl.NumberFormat('en').format(door.snapshot.accepted);
  }

  async function pass(hours: number): Promise<void> {
    for (let passed = 0; passed < hours * HOUR; passed += STEP) await step();
    await settle();
  }

  /** After two collections: what is freed by finalisers goes in the second. */
  async function held(): Promise<Held> {
    await devtools.send('HeapProfiler.collectGarbage');
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    return { Nodes: of('Nodes'), JSEventListeners: of('JSEventListeners'), JSHeapUsedSize: of('JSHeapUsedSize') };
  }

  function expectNoMore(after: Held, before: Held): void {
    for (const [name, more] of Object.entries(MORE) as [keyof Held, number][])
      expect(after[name] - before[name], `${name}: ${before[name]}, then ${after[name]}`).toBeLessThan(more);
  }

  test('holds after a day, with 20,000 events and a night’s sleep, no more than after an hour; its times are right, and it works', async () => {
    const blockAt = now;
    const block: EventEntry = { type: 'block-found', hash: '00'.repeat(32), sourceId: 'lantern', at: blockAt };
    const showBlock = () => door.change({ events: [block] });

    await pass(1);
    const before = await held();
    showBlock();
    await page.locator('.events time', { hasText: /^8:01\sPM$/ }).waitFor();
    await page.getByText('Last accepted share 12 seconds ago').waitFor();
    now += MINUTE / 2;
    await page.clock.fastForward(MINUTE / 2);
    await page.getByText('Last accepted share 42 seconds ago').waitFor();

    await pass(3);
    showBlock();
    await page.locator('.events time', { hasText: 'Mar 7, 8:01 PM' }).waitFor();

    await pass(SLEEP_FROM_HOUR - 4);
    host.cut();
    await page.getByRole('alert').getByText('The miner does not answer.').waitFor();
    now += SLEEP_HOURS * HOUR;
    await page.clock.fastForward(SLEEP_HOURS * HOUR);
    host.open();
    await page.clock.fastForward(MINUTE);
    // The page may have set its next try only after that minute: its time goes on until it has tried.
    const banner = async () => {
      await page.clock.fastForward(SECOND);
      return page.getByRole('alert').count();
    };
    await expect.poll(banner).toBe(0);

    await pass(24 - SLEEP_FROM_HOUR - SLEEP_HOURS);
    expectNoMore(await held(), before);
    // The clocks went forward meanwhile.
    const lateAt = Date.UTC(2026, 2, 8, 7, 30);
    door.change({ events: [{ ...block, at: lateAt }], miningSince: now - 25 * HOUR });
    await page.locator('.events time', { hasText: '3:30 AM' }).waitFor();
    expect(await page.locator('.now small').textContent()).toMatch(/^for 1\sd 1\sh$/);

    for (const name of ['Devices', 'Pools', 'Proof', 'History', 'Settings', 'Mine']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.locator('h1', { hasText: name === 'Mine' ? 'Mining' : name }).waitFor();
    }
    await button(page, 'Pause').click();
    await page.getByRole('heading', { name: 'Paused by you.' }).waitFor();
    expect(door.asked).toContain('mining.pause');
  });

  test('its chart is read and drawn when there is news of it, not with every snapshot', async () => {
    const drawn = page.locator('.plot canvas');
    await drawn.waitFor();
    const reads = () => door.asked.filter((name) => name === 'history.chart').length;
    const before = reads();
    const mark = (of: string) => drawn.evaluate((canvas, name) => canvas.setAttribute('data-test', name), of);
    await mark('first');
    for (let count = 0; count < 10; count += 1) {
      door.change({ accepted: door.snapshot.accepted + 1 });
      await settle();
    }
    expect(await drawn.getAttribute('data-test')).toBe('first');
    expect(reads()).toBe(before);
    await page.clock.fastForward(MINUTE / 2);
    await expect.poll(reads).toBe(before + 1);
  });

  test('going through every screen many times leaves nothing behind', async () => {
    const round = async () => {
      for (const name of ['Devices', 'Pools', 'Proof', 'History', 'Settings', 'Mine']) {
        await page.getByRole('link', { name, exact: true }).click();
        await page.locator('h1', { hasText: name === 'Mine' ? 'Mining' : name }).waitFor();
        await step();
      }
    };
    for (let count = 0; count < 2; count += 1) await round();
    const before = await held();
    for (let count = 0; count < ROUNDS; count += 1) await round();
    expectNoMore(await held(), before);
  });
});

/** As a miner with three devices has them. */
function eventOf(index: number, now: number): EventEntry {
  const at = now - (index % 14) * 4_000;
  const kinds: readonly EventEntry[] = [
    { type: 'share-found', deviceId: 'gamma', difficulty: 1_000 + index, at },
    { type: 'share-accepted', count: 1, sourceId: 'lantern', total: index, at },
    { type: 'job', sourceId: 'lantern', clean: index % 7 === 0, at },
    { type: 'share-refused', reason: 'stale-share', sourceId: 'lantern', at },
    { type: 'device-state', deviceId: 'gamma', state: index % 2 === 0 ? 'hashing' : 'idle', at },
  ];
  return kinds[index % kinds.length] as EventEntry;
}
