/** The solo source against a node in memory: steps, tips, blocks, faults, all by a clock in the test's hand. */
import { expect, test } from 'vitest';
import { decodeHeader } from '../../core/bitcoin/header.ts';
import { fromHex, showHash, toHex } from '../../core/bytes.ts';
import { faults, isFaultCode } from '../../core/faults.ts';
import { TEMPLATE_AGE_MS, TIP_LOOK_MS } from '../../core/pool/node-visit.ts';
import { CLOCK_TOLERANCE_SECONDS, RETARGET_PAUSE_MS } from '../../core/pool/solo.ts';
import { hashOf, NodeSays } from '../fake/fake-node.ts';
import { COOKIE_PATH, SoloBench } from './solo-bench.ts';

const BLOCKS = '/data/blocks.json';

test('the way to the first job goes by steps, each told as it passes', async () => {
  const bench = await SoloBench.started();
  expect(bench.all('step').map(({ step }) => step)).toEqual(['name', 'address', 'tcp', 'setup', 'clock', 'job']);
  expect(bench.state).toEqual({ at: 'open' });
  expect(showHash(bench.job.prevHash)).toBe(bench.node.tip);
  expect(bench.job.height).toBe(201);
});

test('a new tip comes by the long poll at once, as a clean job', async () => {
  const bench = await SoloBench.started();
  bench.node.newTip();
  await bench.settle();
  expect(bench.all('job').map(({ clean }) => clean)).toEqual([true, true]);
  expect(showHash(bench.job.prevHash)).toBe(bench.node.tip);
  expect(bench.node.polls).toBe(1);
});

test('a tip that the long poll missed is found by looking', async () => {
  const bench = await SoloBench.started();
  bench.node.tip = hashOf('unnoticed');
  await bench.settle(TIP_LOOK_MS);
  expect(showHash(bench.job.prevHash)).toBe(hashOf('unnoticed'));
});

test('a fresh template comes every minute; the same transactions are no new job, others are one that is not clean', async () => {
  const bench = await SoloBench.started();
  const templates = () => bench.node.count('getblocktemplate');
  const before = templates();
  await bench.settle(TEMPLATE_AGE_MS + TIP_LOOK_MS);
  expect(templates()).toBe(before + 1);
  expect(bench.all('job').length).toBe(1);
  bench.node.change['coinbasevalue'] = 2_500_000_700;
  await bench.settle(TEMPLATE_AGE_MS + TIP_LOOK_MS);
  expect(bench.all('job').map(({ clean }) => clean)).toEqual([true, false]);
});

test('one long poll at a time, however many templates come meanwhile', async () => {
  const bench = await SoloBench.started();
  await bench.settle(10 * TEMPLATE_AGE_MS);
  expect(bench.node.polls).toBe(1);
  expect(bench.node.cancelled).toBe(0);
});

test('a node that answers its long poll at once with nothing new is not asked without end', async () => {
  const bench = new SoloBench();
  bench.node.change['longpollid'] = 'always';
  bench.source.start((event) => bench.events.push(event));
  await bench.settle(10_000);
  expect(bench.node.count('getblocktemplate')).toBeLessThan(15);
});

test('a reorganisation is a clean job, even back to a tip that was left', async () => {
  const bench = await SoloBench.started();
  const old = bench.node.tip;
  bench.node.newTip();
  await bench.settle();
  bench.node.tip = old;
  bench.node.height = 200;
  bench.node.answerPolls();
  await bench.settle();
  expect(showHash(bench.job.prevHash)).toBe(old);
  expect(bench.all('job').at(-1)?.clean).toBe(true);
});

test('a late answer on a tip that was left is not believed', async () => {
  const bench = await SoloBench.started();
  const late = bench.node.template();
  bench.node.newTip();
  await bench.settle();
  const jobs = bench.all('job').length;
  const template = bench.node.template.bind(bench.node);
  bench.node.template = () => late;
  bench.node.answerPolls();
  await bench.settle();
  bench.node.template = template;
  expect(bench.all('job').length).toBe(jobs);
});

test('a good share is accepted here, a repeated one and one of a left tip are not', async () => {
  const bench = await SoloBench.started();
  const share = bench.share(bench.job, false);
  bench.source.submit(share);
  bench.source.submit({ ...share, id: 77 });
  const stale = bench.share(bench.job, false);
  bench.node.newTip();
  await bench.settle();
  bench.source.submit(stale);
  expect(bench.all('accepted').flatMap(({ shareIds }) => shareIds)).toEqual([share.id]);
  expect(bench.all('refused').map(({ shareId, code }) => [shareId, code])).toEqual([
    [77, 'duplicate-share'],
    [stale.id, 'stale-share'],
  ]);
});

test('a share of a job that nobody knows is stale', async () => {
  const bench = await SoloBench.started();
  bench.source.submit({ ...bench.share(bench.job, true), job: { ...bench.job, key: 'else' } });
  expect(bench.all('refused').map(({ code }) => code)).toEqual(['stale-share']);
  expect(bench.node.submitted).toEqual([]);
});

test('a block goes to the node before anything else, whole, and is accepted when the node says null', async () => {
  const bench = await SoloBench.started();
  const share = bench.share(bench.job, true);
  bench.source.submit(share);
  await bench.settle();
  const [hex = ''] = bench.node.submitted;
  const header = decodeHeader(fromHex(hex.slice(0, 160)));
  expect(showHash(header.prevHash)).toBe(bench.node.tip);
  expect(header).toMatchObject({ nonce: share.nonce, ntime: share.ntime, version: share.version, nbits: share.job.nbits });
  expect(hex).toContain(toHex(share.extranonce));
  expect(bench.all('block')).toEqual([{ type: 'block', shareId: share.id, accepted: true, text: 'accepted' }]);
});

test('a block on a tip just left is sent all the same: it may win its race', async () => {
  const bench = await SoloBench.started();
  const share = bench.share(bench.job, true);
  bench.node.newTip();
  await bench.settle();
  bench.node.submitAnswer = () => 'inconclusive';
  bench.node.confirmations = () => -1;
  bench.source.submit(share);
  await bench.settle();
  expect(bench.node.submitted.length).toBe(1);
  expect(bench.all('block')).toEqual([]);
  bench.node.confirmations = () => 1;
  bench.node.newTip();
  await bench.settle();
  expect(bench.all('block')).toEqual([{ type: 'block', shareId: share.id, accepted: true, text: 'beside the chain' }]);
});

test('a block that stays beside the chain is refused once six others stand above', async () => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => 'inconclusive';
  bench.node.confirmations = () => -1;
  bench.source.submit(bench.share(bench.job, true));
  for (let at = 201; at < 207; at += 1) {
    await bench.settle();
    expect(bench.all('block')).toEqual([]);
    bench.node.newTip(at);
  }
  bench.node.newTip(207);
  await bench.settle();
  expect(bench.all('block').map(({ accepted, text }) => [accepted, text])).toEqual([[false, 'another block was faster']]);
  expect(bench.all('notice').map(({ fault }) => fault.code)).toEqual(['block-refused']);
});

test('a node that rejects a block has the last word, and its words are shown', async () => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => 'bad-witness-merkle-match';
  bench.source.submit(bench.share(bench.job, true));
  await bench.settle();
  expect(bench.all('block').map(({ accepted, text }) => [accepted, text])).toEqual([[false, 'bad-witness-merkle-match']]);
});

test.each(['time-too-new', 'prev-blk-not-found'])('a block that is only too early (%s) is sent again', async (word) => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => word;
  bench.source.submit(bench.share(bench.job, true));
  await bench.settle(1_000);
  bench.node.submitAnswer = () => null;
  await bench.settle(30_000);
  expect(bench.all('block').map(({ accepted }) => accepted)).toEqual([true]);
});

test('a node too busy to answer gets the block again, within a moment at first', async () => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => {
    throw new NodeSays(-7, 'out of memory');
  };
  bench.source.submit(bench.share(bench.job, true));
  await bench.settle(600);
  expect(bench.node.submitted.length).toBe(2);
  bench.node.submitAnswer = () => null;
  await bench.settle(1_000);
  expect(bench.all('block').map(({ accepted }) => accepted)).toEqual([true]);
});

test('a block that no node wanted for a hundred blocks is given up', async () => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => 'time-too-new';
  bench.source.submit(bench.share(bench.job, true));
  await bench.settle();
  bench.node.newTip(301);
  await bench.settle(60_000);
  expect(bench.all('block').map(({ accepted, text }) => [accepted, text])).toEqual([[false, 'too late: time-too-new']]);
});

test('a node that goes away is waited for; its work is void, its blocks are kept, and sent when it is back', async () => {
  const bench = await SoloBench.started({ blocksPath: BLOCKS });
  const share = bench.share(bench.job, true);
  bench.down();
  await bench.settle(TIP_LOOK_MS);
  expect(bench.state).toMatchObject({ at: 'waiting', step: 'job', fault: { code: 'connection-refused' } });
  expect(bench.all('no-work').length).toBe(1);
  bench.source.submit(share);
  await bench.settle(5_000);
  expect(bench.all('block')).toEqual([]);
  expect(bench.files.texts.get(BLOCKS)).toContain(showHash(share.hash));
  bench.up();
  await bench.settle(60_000);
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.all('block')).toEqual([{ type: 'block', shareId: share.id, accepted: true, text: 'accepted' }]);
  expect(bench.files.texts.get(BLOCKS)).toBe('{"version":1,"blocks":[]}');
});

test('back on the same tip the job is a new one: no header is hashed twice', async () => {
  const bench = await SoloBench.started();
  const before = bench.job;
  bench.down();
  await bench.settle(TIP_LOOK_MS);
  bench.up();
  await bench.settle(60_000);
  expect(bench.job.prevHash).toEqual(before.prevHash);
  expect(bench.job.key).not.toBe(before.key);
  expect(bench.job.root).not.toEqual(before.root);
  expect(bench.all('job').at(-1)?.clean).toBe(true);
});

test('waits between tries grow, and begin again after a success', async () => {
  const bench = new SoloBench();
  bench.down();
  bench.source.start((event) => bench.events.push(event));
  await bench.settle(600_000);
  const retries = bench.all('state').flatMap(({ state }) => (state.at === 'waiting' ? [state.retryAtMs] : []));
  const gaps = retries.slice(1).map((at, index) => at - (retries[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
  expect(gaps[0]).toBeLessThan(3_000);
  expect(retries.length).toBeLessThan(40);
});

test('blocks of an earlier run are sent at start, and a file that is broken is put aside', async () => {
  const held = { version: 1, blocks: [{ hash: hashOf('x'), height: 200, hex: '00ff' }] };
  const bench = await SoloBench.started({ blocksPath: BLOCKS }, ({ files }) => files.texts.set(BLOCKS, JSON.stringify(held)));
  expect(bench.node.submitted).toEqual(['00ff']);
  expect(bench.files.texts.get(BLOCKS)).toBe('{"version":1,"blocks":[]}');
  const other = await SoloBench.started({ blocksPath: BLOCKS }, ({ files }) => files.texts.set(BLOCKS, '{"version":1,"blo'));
  expect(other.files.texts.get(`${BLOCKS}.broken-1`)).toBe('{"version":1,"blo');
  expect(other.state.at).toBe('open');
});

test('a full disk does not keep a block from the node', async () => {
  const bench = await SoloBench.started({ blocksPath: BLOCKS });
  bench.files.failure = { code: 'disk-full', path: BLOCKS };
  bench.source.submit(bench.share(bench.job, true));
  await bench.settle();
  expect(bench.all('block').map(({ accepted }) => accepted)).toEqual([true]);
  expect(bench.log.lines.map(({ event }) => event)).toContain('held-blocks-not-saved');
});

test.each<[string, (bench: SoloBench) => void, string, string]>([
  ['a wrong network', ({ node }) => Object.assign(node, { chain: 'main' }), 'refused', 'node-other-network'],
  ['a signet with a keeper', ({ node }) => Object.assign(node.change, { signet_challenge: '5121' }), 'refused', 'node-signet-signed'],
  ['an unknown chain', ({ node }) => Object.assign(node, { chain: 'dogecoin' }), 'waiting', 'node-answer-bad'],
  ['an unknown rule', ({ node }) => Object.assign(node.change, { rules: ['!odd'] }), 'waiting', 'node-rule-unknown'],
  ['a template of nonsense', ({ node }) => Object.assign(node.change, { bits: 'zz' }), 'waiting', 'node-answer-bad'],
  ['an old cookie', ({ node }) => Object.assign(node, { credentials: '__cookie__:new' }), 'waiting', 'node-unauthorised'],
  ['no cookie file', ({ files }) => files.texts.delete(COOKIE_PATH), 'waiting', 'cookie-not-readable'],
  ['nothing at the port', (bench) => bench.down(), 'waiting', 'connection-refused'],
  ['a name nobody knows', ({ dialer }) => dialer.names.set('127.0.0.1', []), 'waiting', 'name-not-found'],
])('%s is told by its code, with a sentence for people', async (_, prepare, at, code) => {
  const bench = await SoloBench.started({}, prepare);
  expect(bench.state).toMatchObject({ at, fault: { code } });
  expect(isFaultCode(code) && faults[code].what.length).toBeGreaterThan(5);
  expect(bench.all('job')).toEqual([]);
});

test('a wrong password is final; a node that warms up is asked again within seconds', async () => {
  const wrong = await SoloBench.started({ auth: { kind: 'password', user: 'a', password: 'b' } });
  expect(wrong.state).toMatchObject({ at: 'refused', fault: { code: 'node-unauthorised', by: 'password' } });
  const warming = new SoloBench();
  const answer = warming.node.template.bind(warming.node);
  warming.node.template = () => {
    throw new NodeSays(-28, 'Verifying blocks…');
  };
  warming.source.start((event) => warming.events.push(event));
  await warming.settle(4_500);
  expect(warming.state).toMatchObject({ at: 'waiting', fault: { code: 'node-warming-up' } });
  warming.node.template = answer;
  await warming.settle(2_500);
  expect(warming.state.at).toBe('open');
});

test('a node that is still syncing says how far it is, and is mined on when it is done', async () => {
  const bench = await SoloBench.started({ address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' }, ({ node }) => {
    Object.assign(node, { chain: 'main', initialDownload: true, headers: 900_000 });
  });
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'node-syncing', blocks: 200, headers: 900_000, percent: '50.0' } });
  bench.node.initialDownload = false;
  await bench.settle(11_000);
  expect(bench.state.at).toBe('open');
});

test('SEC-16 a clock that differs from the node’s is told once, and again only after it was right', async () => {
  const bench = await SoloBench.started({}, ({ clock, node }) => clock.setUnix((node.curtime + CLOCK_TOLERANCE_SECONDS + 60) * 1000));
  bench.node.newTip();
  await bench.settle();
  expect(bench.all('notice').map(({ fault }) => fault)).toEqual([{ code: 'clock-off', offsetSeconds: 180 }]);
  expect(bench.source.proof().clockOffsetSeconds).toBe(180);
  bench.clock.setUnix(bench.node.curtime * 1000);
  bench.node.newTip();
  await bench.settle();
  bench.clock.setUnix((bench.node.curtime - 500) * 1000);
  bench.node.newTip();
  await bench.settle();
  expect(
    bench
      .all('notice')
      .map(({ fault }) => fault)
      .at(-1),
  ).toMatchObject({ code: 'clock-off', offsetSeconds: -500 });
});

test('a time that the chain itself has pushed ahead says nothing of clocks', async () => {
  const bench = await SoloBench.started({}, ({ node }) => {
    node.change['mintime'] = node.curtime + 5_000;
    node.change['curtime'] = node.curtime + 5_000;
  });
  expect(bench.all('notice')).toEqual([]);
  expect(bench.source.proof().clockOffsetSeconds).toBeUndefined();
});

test('the share target follows the devices’ speed, with a pause between changes', async () => {
  const bench = await SoloBench.started();
  bench.source.setHashrate(1e12);
  expect(bench.all('job').length).toBe(1);
  await bench.settle(RETARGET_PAUSE_MS);
  bench.source.setHashrate(1e12);
  bench.source.setHashrate(5e13);
  expect(bench.all('job').map(({ clean }) => clean)).toEqual([true, false]);
  const share = bench.share(bench.all('job')[0]?.job ?? bench.job, false);
  bench.source.submit(share); // the job before is still good
  expect(bench.all('accepted').length).toBe(1);
});

test('a look at the tip that stays without an answer is forgiven twice', async () => {
  const bench = await SoloBench.started();
  bench.node.failure = { code: 'answer-timeout', timeoutMs: 15_000 };
  await bench.settle(2 * TIP_LOOK_MS);
  expect(bench.state.at).toBe('open');
  await bench.settle(TIP_LOOK_MS);
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'node-silent' } });
});

test('a node with long polls left behind on one tip is followed without another, until the tip moves', async () => {
  const bench = await SoloBench.started();
  for (let round = 0; round < 2; round += 1) {
    bench.node.failure = { code: 'connection-broken', text: 'x' };
    await bench.settle(TIP_LOOK_MS);
    bench.node.failure = undefined;
    await bench.settle(120_000);
  }
  expect(bench.node.polls).toBe(2); // both of those given up; no third
  bench.node.tip = hashOf('other');
  await bench.settle(1_000);
  expect(showHash(bench.job.prevHash)).toBe(hashOf('other'));
});

test('stop is final, says so once, and leaves no timer behind', async () => {
  const bench = await SoloBench.started();
  await Promise.all([bench.source.stop(1_000), bench.source.stop(1_000)]);
  bench.node.newTip();
  await bench.settle(TEMPLATE_AGE_MS);
  expect(bench.all('state').filter(({ state }) => state.at === 'stopped').length).toBe(1);
  expect(bench.all('job').length).toBe(1);
  expect(bench.clock.waiting).toBe(0);
});

test('stop gives a block under way its grace, and no more', async () => {
  const bench = await SoloBench.started();
  bench.node.submitAnswer = () => 'time-too-new';
  bench.source.submit(bench.share(bench.job, true));
  let stopped = false;
  void bench.source.stop(2_000).then(() => {
    stopped = true;
  });
  await bench.settle(1_900);
  expect(stopped).toBe(false);
  await bench.settle(200);
  expect(stopped).toBe(true);
  expect(bench.clock.waiting).toBe(0);
});

test('the proof says who is paid and what went over the wire', async () => {
  const bench = await SoloBench.started();
  const proof = bench.source.proof();
  expect(proof).toMatchObject({ protocol: 'node-rpc', endpoint: '127.0.0.1:18443', privacy: 'local' });
  expect(proof.bytesIn).toBeGreaterThan(100);
  expect(proof.payout?.kind === 'outputs' && proof.payout.outputs.filter(({ mine }) => mine).map(({ satoshi }) => satoshi)).toEqual([
    2_500_000_000n,
  ]);
});
