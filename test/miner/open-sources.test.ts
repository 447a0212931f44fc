import { beforeEach, expect, test } from 'vitest';
import { LEAVE_GRACE_MS, OpenSources, type SourceListener } from '../../core/miner/open-sources.ts';
import { FAILOVER_LIMITS } from '../../core/pool/failover.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { poolSettings } from '../fake/fake-miner.ts';
import { FakeSource, fakeJob } from '../fake/fake-source.ts';

let clock: FakeClock;
let sources: OpenSources;
let opened: FakeSource[];
let heard: string[];
let onOpen: (source: FakeSource) => void;

const of = (id: string) => opened.findLast((source) => source.id === id) as FakeSource;

beforeEach(() => {
  clock = new FakeClock();
  opened = [];
  heard = [];
  onOpen = () => {};
  const listener: SourceListener = {
    onState: () => {},
    onJob: (job, clean) => heard.push(`job ${job.sourceId}${clean ? ' clean' : ''}`),
    onNoWork: () => heard.push('no work'),
    onSwitch: ({ toId, reason }) => heard.push(`switch ${toId} ${reason}`),
    onShares: (event) => heard.push(event.type),
    onNotice: (id, fault) => heard.push(`notice ${id} ${fault.code}`),
    onClosed: (id) => heard.push(`closed ${id}`),
    emit: () => {},
  };
  const open = ({ id }: { id: string }) => {
    const source = new FakeSource(id);
    opened.push(source);
    onOpen(source);
    return source;
  };
  sources = new OpenSources({ clock, open, listener });
  sources.set([poolSettings('a'), poolSettings('b')]);
});

test('nothing is opened before it is wanted, and then the preferred source alone', () => {
  expect(opened).toEqual([]);
  sources.start();
  expect(opened.map(({ id }) => id)).toEqual(['a']);
});

test('the first job of the active source goes out as clean, later ones as the source says', () => {
  sources.start();
  of('a').open();
  of('a').emit({ type: 'job', job: fakeJob('a'), clean: false });
  expect(heard).toEqual(['switch a started', 'job a clean', 'job a']);
  expect(sources.activeId).toBe('a');
});

test('a lost source stops its work at once; the next is opened after the grace and mined with its first job', () => {
  sources.start();
  of('a').open();
  heard.length = 0;
  of('a').fail();
  expect(heard).toEqual(['no work']);
  clock.advance(FAILOVER_LIMITS.graceMs);
  expect(opened.map(({ id }) => id)).toEqual(['a', 'b']);
  of('b').open();
  expect(heard).toEqual(['no work', 'switch b unavailable', 'job b clean']);
});

test('the job of a better source that came back is taken at the moment of the switch', () => {
  sources.start();
  of('a').fail();
  clock.advance(FAILOVER_LIMITS.graceMs);
  of('b').open();
  of('a').open();
  heard.length = 0;
  clock.advance(FAILOVER_LIMITS.stableMs);
  expect(heard).toEqual(['switch a returned', 'closed b', 'job a clean']);
  expect(of('b').stops).toEqual([LEAVE_GRACE_MS]);
});

test('jobs of sources that are not active reach nobody', () => {
  sources.start();
  of('a').open();
  sources.use('b');
  heard.length = 0;
  of('b').state({ at: 'connecting', step: 'channel' });
  expect(heard).toEqual([]);
  of('a').emit({ type: 'job', job: fakeJob('a'), clean: true });
  expect(heard).toEqual(['job a clean']);
});

test('answers to shares of a source that was left still count, its jobs do not', () => {
  sources.start();
  of('a').open();
  sources.set([poolSettings('b')]);
  heard.length = 0;
  of('a').emit({ type: 'accepted', shareIds: [1] });
  of('a').emit({ type: 'job', job: fakeJob('a'), clean: true });
  of('a').state({ at: 'open' });
  expect(heard).toEqual(['accepted']);
});

test('a source with changed settings is opened anew; one that only moved in the list is not', () => {
  sources.start();
  of('a').open();
  sources.set([poolSettings('b'), poolSettings('a')]);
  expect(opened.filter(({ id }) => id === 'a')).toHaveLength(1);
  sources.set([poolSettings('b'), poolSettings('a', { user: 'other' })]);
  expect(opened.filter(({ id }) => id === 'a')).toHaveLength(2);
});

test('a source that speaks while it is opened does no harm', () => {
  onOpen = (source) => {
    source.start = (listener) => {
      listener({ type: 'state', state: { at: 'refused', fault: { code: 'user-missing' }, step: 'name' } });
    };
  };
  sources.start();
  expect(opened.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(sources.stateOf('b').at).toBe('refused');
});

test('use now opens a refused source again', () => {
  sources.start();
  of('a').refuse();
  of('b').open();
  sources.use('a');
  expect(opened.filter(({ id }) => id === 'a')).toHaveLength(2);
  of('a').open();
  expect(sources.activeId).toBe('a');
});

test('a share goes to the source of its job, and is not sent when that is gone', () => {
  sources.start();
  of('a').open();
  const share = { job: fakeJob('a') } as never;
  expect(sources.submit(share)).toBe(true);
  expect(of('a').submitted).toEqual([share]);
  expect(sources.submit({ job: fakeJob('b') } as never)).toBe(false);
});

test('no work means waiting for the next job, and the next source after the grace', () => {
  sources.start();
  of('a').open();
  of('a').emit({ type: 'no-work' });
  clock.advance(FAILOVER_LIMITS.graceMs);
  expect(opened.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('stopping waits for every source, also those being left, and leaves no timer', async () => {
  sources.start();
  of('a').open();
  of('a').holdStop = true;
  sources.use('b');
  of('b').open();
  let done = false;
  const stopping = sources.stop(3_000).then(() => {
    done = true;
  });
  await clock.settle();
  expect([done, of('b').stops]).toEqual([false, [3_000]]);
  of('a').finishStop();
  await stopping;
  expect(clock.waiting).toBe(0);
});

test('a new source hears the hashrate that is known before it starts', () => {
  sources.setHashrate(5e11);
  sources.start();
  expect(of('a').hashrates).toEqual([5e11]);
});
