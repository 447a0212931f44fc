/** A V2 pool that fails: at which step, with which fault, and what the source does next. */
import { expect, test } from 'vitest';
import { decodeAddress } from '../../core/bitcoin/address.ts';
import { splitCoinbase } from '../../core/bitcoin/coinbase.ts';
import { authorityOf } from '../../core/noise/authority-key.ts';
import { HANDSHAKE_TIMEOUT_MS } from '../../core/noise/connection.ts';
import { LONGEST_WAIT_MS } from '../../core/pool/backoff.ts';
import { FIRST_JOB_TIMEOUT_MS, JOB_AGE_TIMEOUT_MS, SILENCE_TIMEOUT_MS } from '../../core/pool/silence-watch.ts';
import { MOST_CHANNEL_REFUSALS, STABLE_MS } from '../../core/pool/v2-pool.ts';
import { SETUP_TIMEOUT_MS } from '../../core/sv2/client-connection.ts';
import { OPEN_TIMEOUT_MS } from '../../core/sv2/mining-client.ts';
import { extendedJob, extendedSuccess, prevHash, UNIX } from '../sv2/client-pair.ts';
import { Bench, type BenchOptions, goodShare, honest, KEY, type Script } from './pool-bench.ts';

const PUBLISHED = '9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72';
const otherSecret = authorityOf(new Uint8Array(32).fill(0x43)).secret;
const silent: Script = () => {};

async function failing(options: BenchOptions, script: Script | undefined, waitMs = 0): Promise<Bench> {
  const bench = new Bench(options);
  if (script !== undefined) bench.serve(script);
  await bench.start();
  if (waitMs > 0) await bench.clock.settle(waitMs);
  return bench;
}

/** The first time the source gave up for a while or for good. */
function firstFailure(bench: Bench): unknown {
  const state = bench
    .of('state')
    .map(({ state }) => state)
    .find(({ at }) => at === 'waiting' || at === 'refused');
  return state && 'fault' in state ? [state.at, state.step, state.fault.code] : state;
}

const setupOnly: Script = (message, server) => {
  if (message.name === 'SetupConnection') server.send({ name: 'SetupConnectionSuccess', usedVersion: 2, flags: 0 });
};
const noJob: Script = (message, server) => {
  setupOnly(message, server);
  if (message.name === 'OpenExtendedMiningChannel') server.send(extendedSuccess({ requestId: message.requestId }));
};
const refusesUser: Script = (message, server) => {
  setupOnly(message, server);
  if (message.name === 'OpenExtendedMiningChannel')
    server.send({ name: 'OpenMiningChannelError', requestId: message.requestId, errorCode: 'unknown-user' });
};
const refusesSetup: Script = (_, server) => server.send({ name: 'SetupConnectionError', flags: 0, errorCode: 'x' });
const wrongVersion: Script = (_, server) => server.send({ name: 'SetupConnectionSuccess', usedVersion: 3, flags: 0 });

test.each<[string, BenchOptions, Script | undefined, number, readonly [string, string, string]]>([
  ['nothing answers at the port', {}, undefined, 0, ['waiting', 'tcp', 'connection-refused']],
  ['the handshake hangs', {}, silent, 0, ['waiting', 'setup', 'setup-timeout']],
  ['the key is another', { server: { authoritySecret: otherSecret } }, silent, 0, ['refused', 'certificate', 'certificate-wrong-key']],
  [
    'the certificate is for another static key',
    { server: { foreignStaticKey: true } },
    silent,
    0,
    ['refused', 'certificate', 'certificate-wrong-key'],
  ],
  [
    'the certificate is of another version',
    { server: { certificateVersion: 1 } },
    silent,
    0,
    ['refused', 'certificate', 'certificate-version'],
  ],
  ['the certificate has run out', { server: { validFor: -60 } }, silent, 0, ['waiting', 'clock', 'certificate-expired']],
  ['the certificate is not valid yet', { server: { validFrom: 60 } }, silent, 0, ['waiting', 'clock', 'certificate-not-yet-valid']],
  ['the setup is refused', {}, refusesSetup, 0, ['waiting', 'setup', 'setup-refused']],
  ['the version is one we did not offer', {}, wrongVersion, 0, ['waiting', 'setup', 'protocol-broken']],
  ['the channel is refused', {}, refusesUser, 0, ['waiting', 'channel', 'channel-refused']],
  ['the channel is not answered', {}, setupOnly, OPEN_TIMEOUT_MS, ['waiting', 'channel', 'channel-timeout']],
  ['no job comes', {}, noJob, FIRST_JOB_TIMEOUT_MS, ['waiting', 'job', 'job-timeout']],
])('SEC-1 SEC-2 when %s the step and the fault are named', async (_, options, script, waitMs, expected) => {
  const bench = await failing(options, script, waitMs || (script === silent ? SETUP_TIMEOUT_MS : 0));
  expect(firstFailure(bench)).toEqual(expected);
});

test('a name without address, and a handshake without answer, are named too', async () => {
  const nameless = new Bench({ url: `stratum2+tcp://pool.example:3333/${KEY}` });
  nameless.dialer.names.set('pool.example', []);
  await nameless.start();
  expect(firstFailure(nameless)).toEqual(['waiting', 'name', 'name-not-found']);
  const mute = new Bench();
  mute.dialer.serve('127.0.0.1', 3333, () => {});
  await mute.start();
  await mute.clock.settle(HANDSHAKE_TIMEOUT_MS);
  expect(firstFailure(mute)).toEqual(['waiting', 'noise', 'handshake-timeout']);
});

test('a name with several addresses is tried at each', async () => {
  const bench = new Bench({ url: `stratum2+tcp://pool.example:3333/${KEY}` });
  bench.dialer.names.set('pool.example', ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  await bench.serve(honest(), '192.0.2.2').start();
  expect(bench.dialer.dialled).toEqual(['192.0.2.1:3333', '192.0.2.2:3333']);
  expect(bench.state).toEqual({ at: 'open' });
});

test('SEC-24 waits grow while nothing works, stay below a minute, and begin again after a good connection', async () => {
  const bench = await failing({}, undefined, 600_000);
  const starts = bench
    .of('state')
    .map(({ state }) => state)
    .filter(({ at }) => at === 'waiting') as { retryAtMs: number }[];
  const gaps = starts.slice(1).map(({ retryAtMs }, index) => retryAtMs - (starts[index] as { retryAtMs: number }).retryAtMs);
  expect(starts.length).toBeGreaterThan(8);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(LONGEST_WAIT_MS);
  expect((gaps.at(-1) as number) >= LONGEST_WAIT_MS / 2).toBe(true);
  bench.serve(honest());
  await bench.clock.settle(LONGEST_WAIT_MS + STABLE_MS + 1000);
  expect(bench.state).toEqual({ at: 'open' });
  bench.newest.stream.reset();
  await bench.clock.settle(1100);
  expect(bench.state).toEqual({ at: 'open' });
});

test('SEC-24 a pool that closes the channel right after every open is asked less and less often', async () => {
  const closing = honest();
  const bench = await failing(
    {},
    (message, server) => {
      closing(message, server);
      if (message.name === 'OpenExtendedMiningChannel') server.send({ name: 'CloseChannel', channelId: 7, reasonCode: 'go-away' });
    },
    300_000,
  );
  expect(firstFailure(bench)).toEqual(['waiting', 'job', 'channel-closed'].with(1, bench.of('job').length > 0 ? 'job' : 'channel'));
  expect(bench.servers.length).toBeGreaterThan(5);
  expect(bench.servers.length).toBeLessThan(20);
});

test('MIN-12 a user that is refused again and again is refused for good, with the pool’s words', async () => {
  const bench = await failing({}, refusesUser, 3_600_000);
  expect(bench.servers).toHaveLength(MOST_CHANNEL_REFUSALS);
  expect(bench.state).toEqual({ at: 'refused', step: 'channel', fault: { code: 'channel-refused', errorCode: 'unknown-user' } });
});

test('SEC-22 NOI-25 a pool that hangs up on encryption is never spoken to in plain', async () => {
  const bench = new Bench();
  bench.dialer.serve('127.0.0.1', 3333, (stream) => {
    stream.listen({ onBytes: () => stream.close(), onEnd: () => {} });
  });
  await bench.start();
  await bench.clock.settle(120_000);
  expect(bench.dialer.streams.length).toBeGreaterThan(3);
  for (const { written } of bench.dialer.streams) expect(written.map(({ length }) => length)).toEqual([64]);
  expect(new Set(bench.dialer.dialled)).toEqual(new Set(['127.0.0.1:3333']));
});

test('a lost connection names its open shares once, takes the work back, and comes back by itself', async () => {
  const bench = await failing({}, honest());
  const shares = [goodShare(bench.job), goodShare(bench.job)];
  const old = bench.job;
  for (const share of shares) bench.pool.submit(share);
  await bench.clock.settle(5);
  bench.newest.stream.reset();
  await bench.clock.settle(1);
  expect(bench.of('unanswered')).toEqual([{ type: 'unanswered', shareIds: shares.map(({ id }) => id) }]);
  expect(bench.of('no-work')).toHaveLength(1);
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'stream-lost' } });
  const late = goodShare(old);
  bench.pool.submit(late);
  expect(bench.events.at(-1)).toEqual({ type: 'unanswered', shareIds: [late.id] });
  await bench.clock.settle(1100);
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.job.key).not.toBe(old.key);
  const stale = goodShare(old);
  bench.pool.submit(stale);
  expect(bench.events.at(-1)).toEqual({ type: 'refused', shareId: stale.id, code: 'stale-share' });
  expect(bench.newest.server.of('SubmitSharesExtended')).toEqual([]);
});

test('bytes add up over connections', async () => {
  const bench = await failing({}, honest());
  const first = bench.pool.proof();
  bench.newest.stream.reset();
  await bench.clock.settle(1100);
  const both = bench.pool.proof();
  expect(both.bytesIn).toBe(2 * first.bytesIn);
  expect(both.bytesOut).toBe(2 * first.bytesOut);
});

test('SEC-19 a pool that falls silent while shares wait is left and joined again', async () => {
  const bench = await failing({}, honest());
  const share = goodShare(bench.job);
  bench.pool.submit(share);
  await bench.clock.settle(SILENCE_TIMEOUT_MS - 100);
  expect(bench.state).toEqual({ at: 'open' });
  await bench.clock.settle(200);
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'stalled' } });
  expect(bench.of('unanswered')).toEqual([{ type: 'unanswered', shareIds: [share.id] }]);
  await bench.clock.settle(1100);
  expect(bench.state).toEqual({ at: 'open' });
});

test('a pool whose job is an hour old is joined again', async () => {
  const bench = await failing({}, honest(), JOB_AGE_TIMEOUT_MS + 10);
  expect(firstFailure(bench)).toEqual(['waiting', 'job', 'stalled']);
});

test('SEC-4 a peer whose line takes nothing more is left', async () => {
  const bench = await failing({}, honest());
  const stream = bench.dialer.streams.at(-1) as { queuedBytes: number };
  stream.queuedBytes = 2 ** 21;
  bench.pool.submit(goodShare(bench.job));
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'stalled' } });
});

test('MIN-21 a prevhash without its job leads to a new connection when no job follows', async () => {
  const bench = await failing({}, honest());
  await bench.say(prevHash({ jobId: 99 }));
  await bench.clock.settle(5000);
  expect(firstFailure(bench)).toEqual(['waiting', 'job', 'protocol-broken']);
});

test('SEC-5 a malformed message is the pool’s fault and ends one connection', async () => {
  const bench = await failing({}, honest());
  bench.newest.server.sendRaw({ extension: 0, bit: 'onChannel', messageType: 0x20 }, Uint8Array.of(1));
  await bench.say();
  expect(
    bench
      .of('state')
      .map(({ state }) => state)
      .find(({ at }) => at === 'waiting'),
  ).toMatchObject({
    fault: { code: 'protocol-broken', what: 'message-malformed', message: 'SetNewPrevHash' },
  });
  await bench.clock.settle(1100);
  expect(bench.state).toEqual({ at: 'open' });
});

test('NOI-20 a key on the list of published ones is told, and shown as not authenticated', async () => {
  const bench = await failing({ url: `stratum2+tcp://127.0.0.1:3333/${PUBLISHED}` }, undefined);
  expect(bench.notices).toEqual(['key-published']);
  expect(bench.pool.proof()).toMatchObject({ privacy: 'encrypted', authorityKey: PUBLISHED });
});

test('NOI-20 without a key this machine is served as encrypted, and nothing else is dialled', async () => {
  const local = await failing({ url: 'stratum2+tcp://127.0.0.1:3333' }, honest());
  expect(local.state).toEqual({ at: 'open' });
  expect(local.pool.proof()).toMatchObject({ privacy: 'encrypted' });
  expect(local.pool.proof()).not.toHaveProperty('authorityKey');
  const rebound = new Bench({ url: 'stratum2+tcp://localhost:3333' });
  rebound.dialer.names.set('localhost', ['192.168.1.7']);
  await rebound.serve(honest(), '192.168.1.7').start();
  expect(rebound.dialer.dialled).toEqual([]);
  expect(firstFailure(rebound)).toEqual(['waiting', 'address', 'host-unreachable']);
});

test('a user name that is missing or too long is a matter for the person', async () => {
  expect(firstFailure(await failing({ pool: { user: ' ' } }, honest()))).toEqual(['refused', 'name', 'user-missing']);
  expect(firstFailure(await failing({ pool: { user: 'é'.repeat(128) } }, honest()))).toEqual(['refused', 'name', 'bad-arguments']);
});

test('EXT-5 a pool that is silent about extensions is joined twice more, the last time without asking', async () => {
  const bench = await failing({ pool: { workerName: (id) => id } }, honest(), 2500);
  expect(bench.servers.map(({ server }) => server.of('RequestExtensions').length)).toEqual([1, 1, 0]);
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.of('state').some(({ state }) => state.at === 'waiting')).toBe(false);
});

const MINE = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const mine = decodeAddress(MINE);

function solo(pays: Uint8Array): Script {
  const outputs = [{ satoshi: 5_000_000_000n, script: pays }];
  const { prefix, suffix } = splitCoinbase({
    version: 2,
    scriptPrefix: Uint8Array.of(1, 101),
    extranonceBytes: 12,
    sequence: 0xffffffff,
    outputs,
    lockTime: 0,
  });
  return (message, server) => {
    setupOnly(message, server);
    if (message.name !== 'OpenExtendedMiningChannel') return;
    server.send(
      extendedSuccess({ requestId: message.requestId }),
      extendedJob({ coinbaseTxPrefix: prefix, coinbaseTxSuffix: suffix }),
      prevHash(),
    );
  };
}

test('MIN-47a solo through a pool: a job that pays me is mined and its payout shown', async () => {
  const bench = await failing({ pool: { user: `sri/solo/${MINE}/w1` } }, solo(mine.ok ? mine.address.script : new Uint8Array(0)));
  expect(bench.of('job')).toMatchObject([{ job: { height: 101 } }]);
  expect(bench.pool.proof().payout).toMatchObject({ kind: 'outputs', outputs: [{ address: MINE, satoshi: 5_000_000_000n, mine: true }] });
});

test('MIN-47a solo through a pool: a job that pays somebody else is never given out, and the source stops', async () => {
  const bench = await failing({ pool: { user: `sri/solo/${MINE}/w1` } }, solo(Uint8Array.of(0x51)));
  expect(bench.of('job')).toEqual([]);
  expect(bench.state).toEqual({ at: 'refused', step: 'job', fault: { code: 'payout-mismatch' } });
  expect(bench.newest.stream.ended).toBe(true);
});

test('stopping while a connection is being made leaves nothing open', async () => {
  const bench = new Bench().serve(honest());
  bench.pool.start((event) => bench.events.push(event));
  const stopped = bench.pool.stop(1000);
  await bench.clock.settle(2000);
  await stopped;
  expect(bench.dialer.streams.every((stream) => stream.ended)).toBe(true);
  expect(bench.state).toEqual({ at: 'stopped' });
  expect(bench.clock.waiting).toBe(0);
});

test('stopping while waiting for the next try ends the waiting', async () => {
  const bench = await failing({}, undefined);
  await bench.pool.stop(1000);
  await bench.clock.settle(LONGEST_WAIT_MS * 2);
  expect(bench.dialer.dialled).toHaveLength(1);
  expect(bench.state).toEqual({ at: 'stopped' });
});

const PUBLIC = { url: `stratum2+tcp://pool.example:3333/${KEY}` };

function moving(): Bench {
  const bench = new Bench(PUBLIC);
  bench.dialer.names.set('pool.example', ['8.8.8.8']);
  bench.dialer.names.set('b.example', ['9.9.9.9']);
  bench.dialer.names.set('inside.example', ['10.0.0.7']);
  return bench.serve(honest(), '8.8.8.8').serve(honest(), '9.9.9.9', 4444).serve(honest(), '10.0.0.7', 3333);
}

test('COM-14 SEC-21 a pool that moves is followed with a full handshake under the same key, channels opened anew', async () => {
  const bench = await moving().start();
  const share = goodShare(bench.job);
  bench.pool.submit(share);
  await bench.say({ name: 'Reconnect', newHost: 'b.example', newPort: 4444 });
  expect(bench.dialer.dialled).toEqual(['8.8.8.8:3333', '9.9.9.9:4444']);
  expect(bench.of('unanswered')).toEqual([{ type: 'unanswered', shareIds: [share.id] }]);
  expect(bench.newest.server.received.map(({ name }) => name)).toEqual(['SetupConnection', 'OpenExtendedMiningChannel']);
  expect(bench.state).toEqual({ at: 'open' });
  expect(bench.pool.proof()).toMatchObject({ endpoint: 'b.example:4444', privacy: 'authenticated' });
  bench.newest.stream.reset();
  await bench.clock.settle(1100);
  expect(bench.dialer.dialled.at(-1)).toBe('8.8.8.8:3333');
});

test('SEC-21 where a pool sends us under another key we do not stay, and go back to the address that was chosen', async () => {
  const bench = await moving().serve(honest(), '9.9.9.9', 4444, { authoritySecret: otherSecret }).start();
  await bench.say({ name: 'Reconnect', newHost: 'b.example', newPort: 4444 });
  expect(bench.newest.server.received).toEqual([]);
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'certificate-wrong-key' } });
  await bench.clock.settle(1100);
  expect(bench.dialer.dialled.at(-1)).toBe('8.8.8.8:3333');
  expect(bench.state).toEqual({ at: 'open' });
});

test.each(['192.168.1.1', 'localhost', 'b\x00.example', 'router.lan'])(
  'SEC-21 SEC-23 a move to %j is refused, told, and the connection stays',
  async (newHost) => {
    const bench = await moving().start();
    const events = await bench.say({ name: 'Reconnect', newHost, newPort: 3333 });
    expect(events).toMatchObject([{ type: 'notice', fault: { code: 'reconnect-refused' } }]);
    expect(bench.dialer.dialled).toHaveLength(1);
    expect(bench.state).toEqual({ at: 'open' });
  },
);

test('SEC-21 a public name that leads inside is found out before it is dialled', async () => {
  const bench = await moving().start();
  await bench.say({ name: 'Reconnect', newHost: 'inside.example', newPort: 3333 });
  expect(bench.dialer.dialled).toEqual(['8.8.8.8:3333']);
  expect(bench.state).toMatchObject({ at: 'waiting', fault: { code: 'host-unreachable' } });
});

test('SEC-21 a pool that is not authenticated is not followed', async () => {
  const bench = await failing({ url: 'stratum2+tcp://127.0.0.1:3333' }, honest());
  expect(await bench.say({ name: 'Reconnect', newHost: '', newPort: 4444 })).toMatchObject([
    { type: 'notice', fault: { code: 'reconnect-refused', why: 'not-authenticated' } },
  ]);
});

test('SEC-21 a pool that moves us in a loop is followed a few times, then not', async () => {
  const bench = await failing(
    {},
    (message, server) => {
      honest()(message, server);
      if (message.name === 'OpenExtendedMiningChannel') server.send({ name: 'Reconnect', newHost: '', newPort: 0 });
    },
    1000,
  );
  expect(bench.servers).toHaveLength(4);
  expect(bench.notices).toEqual(['reconnect-refused']);
  expect(bench.state).toEqual({ at: 'open' });
});

test('COM-12 words of the pool decide nothing: any code leads the same way', async () => {
  for (const errorCode of ['unknown-user', '', 'stale-share', '\u0000', 'x'.repeat(255)]) {
    const bench = await failing({}, (message, server) => {
      setupOnly(message, server);
      if (message.name === 'OpenExtendedMiningChannel')
        server.send({ name: 'OpenMiningChannelError', requestId: message.requestId, errorCode });
    });
    expect(firstFailure(bench)).toEqual(['waiting', 'channel', 'channel-refused']);
  }
});

test('MIN-10 work that goes to the group after the first job is still ours', async () => {
  const bench = await failing({}, honest());
  await bench.say(extendedJob({ channelId: 100, jobId: 2 }), prevHash({ channelId: 100, jobId: 2, minNtime: UNIX + 1 }));
  expect(bench.job).toMatchObject({ ntime: UNIX + 1 });
});
