/** A V2 pool as a source of work, over a network in memory: the way to the first job, shares, and the way out. */
import { expect, test } from 'vitest';
import { hashesPerShare } from '../../core/bitcoin/target.ts';
import { UPDATE_PAUSE_MS } from '../../core/pool/hashrate-report.ts';
import { WINDOW } from '../../core/pool/refusal-watch.ts';
import { sourceSteps } from '../../core/pool/source.ts';
import { MOST_SHARES_PER_SECOND } from '../../core/pool/v2-job.ts';
import { byteByByte } from '../fake/memory-stream.ts';
import { EASY, extendedJob, prevHash, UNIX } from '../sv2/client-pair.ts';
import { Bench, goodShare, honest, KEY } from './pool-bench.ts';

const success = (lastSequenceNumber: number) =>
  ({ name: 'SubmitSharesSuccess', channelId: 7, lastSequenceNumber, newSubmitsAcceptedCount: 1, newSharesSum: 1n }) as const;
const error = (sequenceNumber: number) =>
  ({ name: 'SubmitSharesError', channelId: 7, sequenceNumber, errorCode: 'invalid-share' }) as const;

/** Submits a good share and lets it arrive. */
async function submit(bench: Bench, more: Parameters<typeof goodShare>[1] = {}): Promise<number> {
  const share = goodShare(bench.job, more);
  bench.pool.submit(share);
  await bench.clock.settle(5);
  return share.id;
}

test('the steps to the first job are reported in their order, each with evidence', async () => {
  const bench = await new Bench().serve(honest()).start();
  expect(bench.of('step').map(({ step }) => step)).toEqual(sourceSteps);
  expect(bench.of('step').every(({ text }) => text.length > 0)).toBe(true);
  expect(bench.states).toEqual([...sourceSteps.map((step) => `connecting ${step}`), 'open']);
  expect(bench.of('job')).toMatchObject([{ clean: true, job: { sourceId: 'pool-1', versionMask: 0x1fffffe0, ntime: UNIX } }]);
});

test('the proof shows key, certificate, clock, cipher, channel and bytes', async () => {
  const bench = await new Bench({ stream: { latencyMs: 5 } }).serve(honest()).start();
  const proof = bench.pool.proof();
  expect(proof).toMatchObject({
    protocol: 'stratum-v2',
    privacy: 'authenticated',
    authorityKey: KEY,
    certificateFrom: UNIX - 3600,
    certificateUntil: UNIX + 3600,
    clockOffsetSeconds: 0,
    channel: 'extended',
    extensions: [],
    endpoint: '127.0.0.1:3333',
    roundTripMs: 10,
    payout: { kind: 'unknown' },
  });
  expect(proof.cipher).toContain('ChaCha20-Poly1305');
  expect(proof.bytesOut).toBe(bench.dialer.streams[0]?.written.reduce((sum, bytes) => sum + bytes.length, 0));
  expect(proof.bytesIn).toBe(bench.newest.stream.written.reduce((sum, bytes) => sum + bytes.length, 0));
  expect(proof.v1BytesIn).toBeGreaterThan(0);
});

test('FRM-6 NOI-26 a network that cuts everything into single bytes gives the same events', async () => {
  const whole = await new Bench().serve(honest()).start();
  const cut = await new Bench({ stream: { cut: byteByByte } }).serve(honest()).start();
  expect(cut.events).toEqual(whole.events);
});

test('a standard channel works the same way', async () => {
  const bench = await new Bench({ pool: { channel: 'standard' } }).serve(honest()).start();
  expect(bench.job.root).toMatchObject({ kind: 'fixed' });
  const id = await submit(bench);
  expect(bench.newest.server.of('SubmitSharesStandard')).toHaveLength(1);
  await bench.say(success(1));
  expect(bench.of('accepted')).toEqual([{ type: 'accepted', shareIds: [id] }]);
});

test('COM-9 a pool that has only extended channels is joined again for one of those', async () => {
  const bench = await new Bench({ pool: { channel: 'standard' } }).serve(honest(() => {}, 2)).start();
  expect(bench.servers.map(({ server }) => server.of('SetupConnection')[0]?.flags)).toEqual([1, 0]);
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.pool.proof().channel).toBe('extended');
  expect(bench.of('state').some(({ state }) => state.at === 'waiting')).toBe(false);
});

test('MIN-40 MIN-43 MIN-45 shares are answered one by one, in batches and late', async () => {
  const bench = await new Bench().serve(honest()).start();
  const ids = [await submit(bench), await submit(bench), await submit(bench)];
  expect(bench.newest.server.of('SubmitSharesExtended').map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2, 3]);
  expect(await bench.say(error(2))).toEqual([{ type: 'refused', shareId: ids[1], code: 'invalid-share' }]);
  expect(await bench.say(success(3))).toEqual([{ type: 'accepted', shareIds: [ids[0], ids[2]] }]);
  expect(await bench.say(error(1))).toEqual([{ type: 'refused', shareId: ids[0], code: 'invalid-share' }]);
});

test('MIN-20 MIN-22 a new prevhash is a clean job, and shares of older ones are answered here as stale', async () => {
  const bench = await new Bench().serve(honest()).start();
  const old = bench.job;
  await bench.say(extendedJob({ jobId: 2 }), prevHash({ jobId: 2, prevHash: new Uint8Array(32).fill(0xbb) }));
  expect(bench.of('job').map(({ clean }) => clean)).toEqual([true, true]);
  bench.pool.submit(goodShare(old));
  expect(bench.events.at(-1)).toMatchObject({ type: 'refused', code: 'stale-share' });
  expect(bench.newest.server.of('SubmitSharesExtended')).toEqual([]);
});

test('MIN-25 a renewed job is not clean, and both jobs’ shares are sent', async () => {
  const bench = await new Bench().serve(honest()).start();
  const old = bench.job;
  await bench.say(extendedJob({ jobId: 2, minNtime: UNIX }));
  expect(bench.of('job').map(({ clean }) => clean)).toEqual([true, false]);
  for (const job of [old, bench.job]) bench.pool.submit(goodShare(job));
  await bench.clock.settle(5);
  expect(bench.newest.server.of('SubmitSharesExtended').map(({ jobId }) => jobId)).toEqual([1, 2]);
});

test('a block is told as accepted or refused with its share, and sent even above the pool’s target', async () => {
  const bench = await new Bench().serve(honest()).start();
  await bench.say(
    { name: 'SetTarget', channelId: 7, maximumTarget: new Uint8Array(32).fill(1) },
    extendedJob({ jobId: 2, minNtime: UNIX }),
  );
  const first = await submit(bench, { isBlock: true, hash: new Uint8Array(32).fill(9) });
  const second = await submit(bench, { isBlock: true, hash: new Uint8Array(32).fill(8) });
  const events = [...(await bench.say(success(1))), ...(await bench.say(error(2)))];
  expect(events.filter(({ type }) => type === 'block')).toEqual([
    { type: 'block', shareId: first, accepted: true },
    { type: 'block', shareId: second, accepted: false, text: 'invalid-share' },
  ]);
});

test('SEC-11 a target that any hash meets becomes one that gives a few shares a second', async () => {
  const bench = await new Bench().serve(honest()).start();
  expect(hashesPerShare(bench.job.shareTarget)).toBeCloseTo(5e6 / MOST_SHARES_PER_SECOND, -2);
  expect(bench.newest.server.of('OpenExtendedMiningChannel')).toMatchObject([{ maxTarget: EASY, nominalHashRate: 5e6 }]);
});

test('SEC-11 a flood of shares is held back here; blocks pass', async () => {
  const bench = await new Bench().serve(honest()).start();
  for (let count = 0; count < 600; count += 1) bench.pool.submit(goodShare(bench.job));
  await bench.clock.settle(5);
  expect(bench.newest.server.of('SubmitSharesExtended')).toHaveLength(500);
  expect(bench.of('refused')).toHaveLength(100);
  expect(bench.of('refused')[0]).toMatchObject({ code: 'too-many-shares' });
  await submit(bench, { isBlock: true });
  expect(bench.newest.server.of('SubmitSharesExtended')).toHaveLength(501);
});

test('MIN-47 SEC-20 a pool that refuses most good shares is told of, once', async () => {
  const bench = await new Bench().serve(honest()).start();
  for (let share = 1; share <= WINDOW + 5; share += 1) {
    await submit(bench);
    await bench.say(error(share));
  }
  expect(bench.notices).toEqual(['shares-refused']);
  expect(bench.of('notice')[0]?.fault).toMatchObject({ lastCode: 'invalid-share' });
});

test('MIN-14 MIN-15 a much changed speed is told after a minute, a little changed one never', async () => {
  const bench = await new Bench().serve(honest()).start();
  bench.pool.setHashrate(5.5e6);
  await bench.clock.settle(2 * UPDATE_PAUSE_MS);
  expect(bench.newest.server.of('UpdateChannel')).toEqual([]);
  bench.pool.setHashrate(50e6);
  await bench.clock.settle(10);
  bench.pool.setHashrate(500e6);
  await bench.clock.settle(10);
  expect(bench.newest.server.of('UpdateChannel')).toMatchObject([{ nominalHashRate: 50e6 }]);
  await bench.clock.settle(UPDATE_PAUSE_MS);
  expect(bench.newest.server.of('UpdateChannel')).toMatchObject([{ nominalHashRate: 50e6 }, { nominalHashRate: 500e6 }]);
});

test('SEC-16 a job from another time tells that a clock is off, once, and is mined', async () => {
  const bench = new Bench();
  bench.serve((message, server) => {
    if (message.name !== 'OpenExtendedMiningChannel') return honest()(message, server);
    honest()(message, server);
    server.send(extendedJob({ jobId: 2, minNtime: UNIX + 8000 }), extendedJob({ jobId: 3, minNtime: UNIX + 9000 }));
  });
  await bench.start();
  expect(bench.notices).toEqual(['clock-off']);
  expect(bench.of('job')).toHaveLength(3);
  expect(bench.clock.now()).toBeLessThan((UNIX + 60) * 1000);
});

test('SEC-38 a certificate that begins a few seconds ahead is taken, and the clock named', async () => {
  const bench = await new Bench({ server: { validFrom: 6 } }).serve(honest()).start();
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.of('notice')).toEqual([{ type: 'notice', fault: { code: 'clock-off', offsetSeconds: -6 } }]);
  expect(bench.pool.proof().clockOffsetSeconds).toBe(-6);
});

test('MIN-13 stopping waits for open answers, closes the channel, then the connection', async () => {
  const bench = await new Bench().serve(honest()).start();
  const id = await submit(bench);
  const stopped = bench.pool.stop(5000);
  await bench.clock.settle(1000);
  expect(bench.events.at(-1)).toEqual({ type: 'no-work' });
  await bench.say(success(1));
  await bench.clock.settle(10);
  await stopped;
  expect(bench.of('accepted')).toEqual([{ type: 'accepted', shareIds: [id] }]);
  expect(bench.newest.server.of('CloseChannel')).toMatchObject([{ channelId: 7 }]);
  expect(bench.newest.stream.ended).toBe(true);
  expect(bench.state).toEqual({ at: 'stopped' });
});

test('stopping gives up on answers after the grace time, and names the shares', async () => {
  const bench = await new Bench().serve(honest()).start();
  const id = await submit(bench);
  const stopped = bench.pool.stop(5000);
  expect(bench.pool.stop(1)).toBe(stopped);
  await bench.clock.settle(5100);
  await stopped;
  expect(bench.of('unanswered')).toEqual([{ type: 'unanswered', shareIds: [id] }]);
  expect(bench.state).toEqual({ at: 'stopped' });
  expect(bench.clock.waiting).toBe(0);
});

test('nothing is heard after stop, and jobs that come during the grace time are not given out', async () => {
  const bench = await new Bench().serve(honest()).start();
  await submit(bench);
  const stopped = bench.pool.stop(5000);
  await bench.say(extendedJob({ jobId: 2, minNtime: UNIX }));
  expect(bench.of('job')).toHaveLength(1);
  await bench.clock.settle(6100);
  await stopped;
  const heard = bench.events.length;
  await bench.clock.settle(100_000);
  expect(bench.events).toHaveLength(heard);
});

test('EXT-10 SEC-40 workers are named only where the person wants it and the pool knows how', async () => {
  const script = honest((message, server) => {
    if (message.name === 'RequestExtensions')
      server.send({ name: 'RequestExtensionsSuccess', requestId: message.requestId, supportedExtensions: [2] });
  });
  const named = await new Bench({ pool: { workerName: (id) => `my-${id}` } }).serve(script).start();
  await submit(named);
  expect(new TextDecoder().decode(named.newest.server.tlvs.at(-1)?.subarray(5))).toBe('my-cpu');
  expect(named.pool.proof().extensions).toEqual([2]);
  const plain = await new Bench().serve(script).start();
  await submit(plain);
  expect(plain.newest.server.of('RequestExtensions')).toEqual([]);
  expect(plain.newest.server.tlvs.at(-1)).toHaveLength(0);
});

test('SEC-39 SEC-23 nothing secret and nothing unescaped reaches the log', async () => {
  const bench = await new Bench().serve(honest()).start();
  await bench.say({ name: 'CloseChannel', channelId: 7, reasonCode: '\x1b]0;x\x07<script>' });
  const text = JSON.stringify(bench.log.lines);
  expect(text).toContain('channel-closed');
  expect(text).not.toMatch(/\\u001b|<script>/);
});
