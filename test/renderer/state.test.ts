/** What a person types is kept; what passes is drawn; where one is can be read from the address. */
import './runes.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../core/contract.ts';
import { sourceSettings } from '../../core/contract.ts';
import type { Backend, Listener } from '../../renderer/backend.ts';
import { FieldCheck } from '../../renderer/state/field-check.svelte.ts';
import { FirstRun } from '../../renderer/state/first-run.svelte.ts';
import { Kept } from '../../renderer/state/kept.svelte.ts';
import { Live } from '../../renderer/state/live.svelte.ts';
import { presets, retired, userFrom } from '../../renderer/state/presets.ts';
import { Pulses } from '../../renderer/state/pulses.svelte.ts';
import { parsePlace } from '../../renderer/state/router.svelte.ts';
import { emptyDraft, fromSource, newSourceId, toSource } from '../../renderer/state/source-draft.ts';
import { DemoDoor } from '../fake/demo-door.ts';
import { scenes } from '../fake/demo-scenes.ts';
import { memoryStore } from './memory-store.ts';

const ADDRESS = 'bc1qexampleexampleexampleexample9m4xe';
const TEST_ADDRESS = 'tb1qexampleexampleexampleexample9m4xe';
const KEY = '9c4zpyJ2ndm4e8sP2uNc1VNCGxYjqaxWS6wUCjk8zFj6njFquH6';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A page whose door is the scripted one. */
function page(door: DemoDoor): { live: Live; close: () => void } {
  const live = new Live();
  const open = (listener: Listener): Backend => {
    const unwatch = door.watch(
      (snapshot: Snapshot) => listener.onSnapshot(snapshot),
      (event) => listener.onEvent(event),
    );
    listener.onLink({ at: 'open' });
    return {
      inWindow: false,
      command: (name, args) => door.command(name, args),
      open: async () => false,
      retry: () => undefined,
      close: unwatch,
    };
  };
  return { live, close: live.start(open) };
}

describe('what was typed', () => {
  test('survives a reload', () => {
    const store = memoryStore();
    new Kept('form', { address: '', count: 0 }, store).patch({ address: ADDRESS });
    const again = new Kept('form', { address: '', count: 0 }, store);
    expect(again.value).toEqual({ address: ADDRESS, count: 0 });
    expect(again.restored).toBe(true);
  });
  test('of another shape is dropped, key by key', () => {
    const store = memoryStore();
    store.setItem('hearth.form', '{"address":7,"count":3,"stranger":"x"}');
    expect(new Kept('form', { address: '', count: 0 }, store).value).toEqual({ address: '', count: 3 });
    store.setItem('hearth.form', '{');
    expect(new Kept('form', { address: '' }, store).value).toEqual({ address: '' });
  });
  test('is kept in memory when the store is full', () => {
    const full = {
      ...memoryStore(),
      setItem: () => {
        throw new Error('full');
      },
    } as Storage;
    const kept = new Kept('form', { address: '' }, full);
    kept.patch({ address: ADDRESS });
    expect(kept.value.address).toBe(ADDRESS);
  });
});

describe('a field', () => {
  test('asks once, after a rest, and only the latest answer counts', async () => {
    const asked: string[] = [];
    const slow = new FieldCheck(async (text) => {
      asked.push(text);
      await new Promise((resolve) => setTimeout(resolve, text === 'first' ? 1000 : 10));
      return text;
    });
    for (const text of ['f', 'fi', 'first']) slow.see(text);
    await vi.advanceTimersByTimeAsync(300);
    slow.see('second');
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toEqual(['first', 'second']);
    expect(slow.answer).toEqual({ text: 'second', result: 'second' });
    expect(slow.checking).toBe(false);
  });
});

describe('first run', () => {
  test('leads to practice with one command', async () => {
    const door = new DemoDoor('welcome');
    const { live, close } = page(door);
    const run = new FirstRun(live, memoryStore());
    expect(await run.practise({ kind: 'practice', id: 'practice', name: 'Practice pool' })).toBe(true);
    expect(door.asked).toEqual(['welcome.finish']);
    expect(live.snapshot?.practice).toBe(true);
    close();
  });

  test('lets only a whole address through, and says a wrong network apart from a typo', async () => {
    const { live, close } = page(new DemoDoor('welcome'));
    const run = new FirstRun(live, memoryStore());
    run.choose('solo-pool');
    run.form.set({ address: 'bc1qwrong' });
    await run.payoutDone();
    expect(run.step).toBe('payout');
    expect(run.form.addressProblem()).toMatchObject({ is: 'fault', code: 'address-checksum' });
    run.form.set({ address: TEST_ADDRESS });
    await run.payoutDone();
    expect(run.step).toBe('which'); // a test network is allowed: somebody runs a pool there
    run.pick('ckpool');
    expect(run.form.addressProblem()).toEqual({ is: 'fault', code: 'address-other-network' });
    close();
  });

  test('walks to the end: test before save, then start', async () => {
    const door = new DemoDoor('welcome');
    const { live, close } = page(door);
    const run = new FirstRun(live, memoryStore());
    run.choose('solo-pool');
    run.form.set({ address: ADDRESS });
    await run.payoutDone();
    run.pick('ckpool');
    await run.whichDone();
    expect(run.step).toBe('test');
    await vi.advanceTimersByTimeAsync(2000);
    expect(run.form.test).toMatchObject({ done: true, ok: true });
    run.testDone();
    expect(run.step).toBe('devices');
    expect(await run.finish()).toBe(true);
    expect(live.snapshot?.settings.sources[0]).toMatchObject({ kind: 'pool', presetId: 'ckpool', user: ADDRESS });
    close();
  });

  test('shows a failed test and loses nothing that was typed', async () => {
    const door = new DemoDoor('welcome');
    door.failTestAt = { step: 'certificate', code: 'certificate-wrong-key' };
    const { live, close } = page(door);
    const store = memoryStore();
    const run = new FirstRun(live, store);
    run.choose('pool');
    run.skipPayout();
    run.pick('own');
    run.form.set({ url: `stratum2+tcp://pool.example:3333/${KEY}`, user: 'me.shelf' });
    await run.whichDone();
    await vi.advanceTimersByTimeAsync(2000);
    expect(run.form.test?.lines.find(({ state }) => state === 'failed')?.fault?.code).toBe('certificate-wrong-key');
    const after = new FirstRun(live, store);
    expect(after.step).toBe('which');
    expect(after.form.draft).toMatchObject({ user: 'me.shelf', url: `stratum2+tcp://pool.example:3333/${KEY}` });
    close();
  });

  test('a handed-over link fills the form and starts nothing', () => {
    const door = new DemoDoor('welcome');
    const { live, close } = page(door);
    const run = new FirstRun(live, memoryStore());
    run.handOver(`stratum2+tcp://pool.example:3333/${KEY}`);
    expect(run.progress.value).toMatchObject({ chosen: 'own', step: 'payout' });
    expect(door.asked).toEqual([]);
    close();
  });

  test('a password is never put into the session', () => {
    const { live, close } = page(new DemoDoor('welcome'));
    const store = memoryStore();
    const run = new FirstRun(live, store);
    run.choose('solo-node');
    run.form.secret = 'hunter2';
    run.form.set({ rpcUser: 'me', usePassword: true });
    expect(Array.from({ length: store.length }, (_, index) => store.getItem(store.key(index) ?? '')).join()).not.toContain('hunter2');
    close();
  });
});

describe('the miner behind the page', () => {
  test('a failed command is shown and the next good one clears it', async () => {
    const { live, close } = page(new DemoDoor('mining'));
    expect(await live.do('settings.restore', { text: 'nonsense' })).toBeUndefined();
    expect(live.trouble?.code).toBe('settings-broken');
    await live.do('mining.pause', {});
    expect(live.trouble).toBeUndefined();
    close();
  });
  test('a failed command is sent again as it was', async () => {
    const door = new DemoDoor('mining');
    const { live, close } = page(door);
    await live.do('settings.restore', { text: 'nonsense' });
    await live.again();
    expect(door.asked).toEqual(['settings.restore', 'settings.restore']);
    expect(live.trouble?.code).toBe('settings-broken');
    close();
  });
  test('without a door a command says so instead of hanging', async () => {
    expect(await new Live().ask('mining.start', {})).toMatchObject({ ok: false, fault: { code: 'miner-gone' } });
  });
});

describe('pulses', () => {
  const share = { type: 'share-accepted', count: 1, sourceId: 's', total: 1, at: 0 } as const;

  test('ten thousand events a second draw a handful of dots', () => {
    const pulses = new Pulses();
    for (let index = 0; index < 10_000; index++) pulses.see({ ...share, at: index }, index / 10);
    expect(pulses.all.length).toBeLessThanOrEqual(4);
    expect(pulses.accepted).toBe(10_000);
  });
  test('no more than sixteen at once, however many lanes', () => {
    const pulses = new Pulses();
    for (let index = 0; index < 100; index++) pulses.see({ type: 'share-found', deviceId: `d${index}`, difficulty: 1, at: 0 }, 0);
    expect(pulses.all.length).toBe(16);
  });
  test('nothing moves for what did not pass', () => {
    const pulses = new Pulses();
    pulses.see({ type: 'share-refused', reason: 'stale-share', sourceId: 's', at: 0 }, 0);
    expect(pulses.all).toEqual([]);
  });
  test('a dot is gone when its way is over', () => {
    const pulses = new Pulses();
    pulses.see(share, 0);
    pulses.done(pulses.all[0]?.id ?? 0);
    expect(pulses.all).toEqual([]);
  });
});

test.each([
  ['', 'mine', '', ''],
  ['#/pools/edit-1', 'pools', 'edit-1', ''],
  ['#/devices/usb%201-4', 'devices', 'usb 1-4', ''],
  ['#/nowhere', 'mine', '', ''],
  ['#/add?url=stratum2%2Btcp%3A%2F%2Fa%3A1%2FK', 'add', '', 'stratum2+tcp://a:1/K'],
  ['#/pools/%E0%A4%A', 'pools', '', ''],
])('the address %j is %s', (hash, screen, arg, url) => expect(parsePlace(hash)).toEqual({ screen, arg, url }));
test('a link longer than a field is cut', () => {
  expect(parsePlace(`#/add?url=${'x'.repeat(100_000)}`).url.length).toBe(512);
});

describe('presets', () => {
  test('each is a source the contract takes, with a source and a date', () => {
    for (const preset of presets) {
      const source = toSource({ ...emptyDraft, presetId: preset.id, address: ADDRESS, account: 'me' }, newSourceId(0, 0.5));
      expect(sourceSettings.safeParse(source).success, preset.id).toBe(true);
      expect(preset.source).not.toBe('');
      expect(Number.isNaN(Date.parse(preset.date)), preset.id).toBe(false);
      expect(preset.url).toMatch(/^stratum2\+tcp:\/\/[\w.-]+:\d+\/9[1-9A-HJ-NP-Za-km-z]{50}$/);
    }
  });
  test('the pool whose secret key is public is marked', () => {
    expect(presets.filter(({ keyPublished }) => keyPublished).map(({ id }) => id)).toEqual(['sri-solo']);
  });
  test('a user name is made as the pool wants it', () => {
    expect(userFrom('ADDRESS.WORKER', 'a', 'w')).toBe('a.w');
    expect(userFrom('ADDRESS.WORKER', 'a', '')).toBe('a');
    expect(userFrom('sri/solo/ADDRESS/WORKER', 'a', '')).toBe('sri/solo/a');
  });
  test('an address that is out of date is recognised', () => {
    expect(retired('stratum2+tcp://stratum.braiins.com:3336/u95GEReVMjK6k5YqiSFNqqTnKU4ypU2Wm8awa6tmbmDmk1bWt')?.now?.id).toBe('braiins');
    expect(retired('stratum2+tcp://pool.example:3333/KEY')).toBeUndefined();
  });
});

test('a saved source comes back from the form as it was', () => {
  for (const source of scenes.mining(0).settings.sources)
    expect(toSource(fromSource(source), 'new')).toMatchObject({ id: source.id, kind: source.kind });
  const [pool] = scenes.mining(0).settings.sources;
  expect(pool && toSource(fromSource(pool), 'new')).toEqual(pool);
});
