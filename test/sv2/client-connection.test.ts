/** Handshake, setup, extensions and common messages of a client, against a server moved by hand. */
import { expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { SETUP_TIMEOUT_MS } from '../../core/sv2/client-connection.ts';
import type { MiningFromServer } from '../../core/sv2/codec.ts';
import type { MiningJob } from '../../core/sv2/mining-job.ts';
import { byteByByte, piecesOf } from '../fake/memory-stream.ts';
import { miningPair, Pair, type PairOptions, shareOf } from './client-pair.ts';

const asking: PairOptions = { client: { extensions: { wanted: [2], usable: [2], patienceMs: 500 } } };

/** The code and facts of what is thrown. */
function fault(act: () => unknown): Record<string, unknown> {
  try {
    act();
  } catch (error) {
    return { ...faultOf(error) };
  }
  return { code: 'nothing-thrown' };
}

test('COM-1 NOI-26 SetupConnection is the first frame, right after the handshake, and nothing follows it', () => {
  const pair = new Pair();
  pair.exchange();
  expect(pair.server.received.map(({ name }) => name)).toEqual(['SetupConnection']);
  expect(pair.server.frames[0]?.header).toMatchObject({ extension: 0, bit: 'offChannel', messageType: 0 });
});

test('COM-2 COM-5 COM-6 COM-7 SEC-40 it says who we are and not which device we are', () => {
  const pair = new Pair();
  pair.exchange();
  expect(pair.server.of('SetupConnection')).toEqual([
    {
      name: 'SetupConnection',
      protocol: 0,
      minVersion: 2,
      maxVersion: 2,
      flags: 0,
      endpointHost: '127.0.0.1',
      endpointPort: 3333,
      vendor: 'Hearth',
      hardwareVersion: 'app',
      firmware: '0.1.0',
      deviceId: '',
    },
  ]);
});

test('COM-7 MIN-2 a client of standard channels asks for standard jobs, one that must roll the version says so', () => {
  for (const [client, flags] of [
    [{ channels: 'standard' }, 1],
    [{ channels: 'extended', requiresVersionRolling: true }, 4],
  ] as const) {
    const pair = new Pair({ client });
    pair.exchange();
    expect(pair.server.of('SetupConnection')[0]?.flags).toBe(flags);
  }
});

test('TYP-10 no string of the setup is longer than 252 bytes, nor cut inside a character', () => {
  const pair = new Pair({ client: { firmware: `${'a'.repeat(251)}€`, endpointHost: 'b'.repeat(300) } });
  pair.exchange();
  expect(pair.server.of('SetupConnection')[0]).toMatchObject({ firmware: 'a'.repeat(251), endpointHost: 'b'.repeat(252) });
});

test('COM-3 COM-8 after Success channels may be opened; flags nobody defined are ignored', () => {
  const pair = new Pair().setUp(0xfffffffc);
  expect(pair.of('setup')).toMatchObject([{ fixedVersion: false, extendedOnly: false }]);
  expect(pair.of('open')).toHaveLength(1);
});

test('COM-4 a version that was not offered ends the connection', () => {
  for (const usedVersion of [1, 3]) {
    const other = new Pair();
    other.exchange();
    expect(fault(() => other.say({ name: 'SetupConnectionSuccess', usedVersion, flags: 0 }))).toMatchObject({
      code: 'protocol-broken',
      what: 'used-version-not-offered',
      usedVersion,
    });
  }
});

test('COM-9 SEC-17 a fixed version against our request ends the connection', () => {
  const pair = new Pair({ client: { requiresVersionRolling: true } });
  expect(fault(() => pair.setUp(1))).toMatchObject({ code: 'protocol-broken', what: 'fixed-version-against-request' });
});

test('COM-9 a server without standard channels is not asked for one', () => {
  const pair = new Pair({ client: { channels: 'standard' } }).setUp(2);
  expect(pair.of('cannot-serve')).toHaveLength(1);
  expect(pair.of('open')).toHaveLength(0);
});

test('COM-9 MIN-32 a fixed version forbids rolling on every job of the connection, whatever the job says', () => {
  const pair = miningPair({ setupFlags: 1 });
  expect(pair.jobs()).toMatchObject([{ versionMask: 0 }]);
  const [job] = pair.jobs() as [MiningJob];
  expect(pair.client.submit(job, shareOf(job, { version: job.version ^ 0x2000 }), '', pair.now)).toBe('version-not-rollable');
});

test('COM-10 COM-12 COM-13 a refused setup ends the connection with the server’s words as evidence, whatever they are', () => {
  const pair = new Pair();
  pair.exchange();
  const refusal = { name: 'SetupConnectionError', flags: 7, errorCode: 'no\x1b[2Jsuch' } as const;
  expect(fault(() => pair.say(refusal))).toEqual({ code: 'setup-refused', errorCode: 'no\\x1b[2Jsuch', flags: 7 });
});

test('a server that does not answer the setup is given up at its deadline, not before', () => {
  const pair = new Pair();
  pair.exchange();
  expect(pair.client.deadline).toBe(pair.now + SETUP_TIMEOUT_MS);
  expect(pair.pass(SETUP_TIMEOUT_MS - 1)).toEqual([]);
  expect(fault(() => pair.pass(1))).toMatchObject({ code: 'setup-timeout' });
});

test('COM-18 COM-19 SEC-8 a second answer to the setup changes nothing', () => {
  const pair = new Pair().setUp();
  const events = pair.say(
    { name: 'SetupConnectionSuccess', usedVersion: 2, flags: 1 },
    { name: 'SetupConnectionError', flags: 0, errorCode: 'x' },
  );
  expect(events).toEqual([
    { type: 'ignored', reason: 'unasked' },
    { type: 'ignored', reason: 'unasked' },
  ]);
  expect(pair.server.of('SetupConnection')).toHaveLength(1);
});

test('COM-17 messages before the answer to the setup have no effect', () => {
  const pair = new Pair();
  pair.exchange();
  expect(pair.say({ name: 'SetTarget', channelId: 1, maximumTarget: new Uint8Array(32) })).toEqual([
    { type: 'ignored', reason: 'too-early' },
  ]);
  expect(pair.setUp().of('open')).toHaveLength(1);
});

test('COM-14 Reconnect is handed on as it came', () => {
  const pair = new Pair().setUp();
  expect(pair.say({ name: 'Reconnect', newHost: '', newPort: 0 })).toEqual([{ type: 'reconnect', newHost: '', newPort: 0 }]);
});

test('EXT-1 without a wish nothing is asked; with one it is asked before anything else, and the answer awaited', () => {
  expect(new Pair().setUp().server.of('RequestExtensions')).toEqual([]);
  const pair = new Pair(asking).setUp();
  expect(pair.server.of('RequestExtensions')).toMatchObject([{ requestedExtensions: [2] }]);
  expect(pair.of('open')).toHaveLength(0);
});

test('EXT-3 SEC-35 only what was asked for and granted is used', () => {
  const pair = new Pair(asking).setUp();
  pair.say({ name: 'RequestExtensionsSuccess', requestId: 1, supportedExtensions: [9, 2, 0x4000] });
  expect(pair.of('open')).toEqual([{ type: 'open', extensions: new Set([2]) }]);
});

test('EXT-4 a refusal that requires nothing leads on without extensions', () => {
  const pair = new Pair(asking).setUp();
  pair.say({ name: 'RequestExtensionsError', requestId: 1, unsupportedExtensions: [2], requiredExtensions: [] });
  expect(pair.of('open')).toEqual([{ type: 'open', extensions: new Set() }]);
});

test('EXT-4 SEC-35 a required extension that we know is asked for once more, and never a third time', () => {
  const pair = new Pair({ client: { extensions: { wanted: [7], usable: [2, 7], patienceMs: 500 } } }).setUp();
  const demand = (requestId: number) =>
    ({
      name: 'RequestExtensionsError' as const,
      requestId,
      unsupportedExtensions: [7],
      requiredExtensions: [2],
    }) satisfies MiningFromServer;
  pair.say(demand(1));
  expect(pair.server.of('RequestExtensions')[1]).toMatchObject({ requestId: 2, requestedExtensions: [2] });
  expect(fault(() => pair.say(demand(2)))).toMatchObject({ code: 'setup-refused', what: 'extensions-required' });
});

test('EXT-4 a required extension that we do not know ends the connection', () => {
  const pair = new Pair(asking).setUp();
  const demand = {
    name: 'RequestExtensionsError' as const,
    requestId: 1,
    unsupportedExtensions: [] as number[],
    requiredExtensions: [2, 0x1111],
  } satisfies MiningFromServer;
  expect(fault(() => pair.say(demand))).toMatchObject({ code: 'setup-refused', required: '2 4369' });
});

test('EXT-5 a silent server is not waited for for ever', () => {
  const pair = new Pair(asking).setUp();
  expect(pair.client.deadline).toBe(pair.now + 500);
  expect(pair.pass(499)).toEqual([]);
  expect(pair.pass(1).map(({ type }) => type)).toEqual(['extensions-unanswered', 'open']);
});

test('COM-19 EXT-12 an answer to another question, or a late one, changes nothing', () => {
  const pair = new Pair(asking).setUp();
  const answer = (requestId: number) =>
    ({ name: 'RequestExtensionsSuccess' as const, requestId, supportedExtensions: [2] }) satisfies MiningFromServer;
  expect(pair.say(answer(5))).toEqual([{ type: 'ignored', reason: 'unasked' }]);
  pair.pass(500);
  expect(pair.say(answer(1))).toEqual([{ type: 'ignored', reason: 'unasked' }]);
});

test('COM-15 EXT-12 ChannelEndpointChanged forgets what was negotiated and asks anew', () => {
  const pair = new Pair(asking).setUp();
  pair.say({ name: 'RequestExtensionsSuccess', requestId: 1, supportedExtensions: [2] });
  expect(pair.say({ name: 'ChannelEndpointChanged', channelId: 7 })).toEqual([{ type: 'endpoint-changed', channelId: 7 }]);
  expect(pair.server.of('RequestExtensions')).toHaveLength(2);
  expect(pair.say({ name: 'RequestExtensionsSuccess', requestId: 2, supportedExtensions: [] })).toEqual([
    { type: 'extensions', extensions: new Set() },
  ]);
});

test('FRM-12 FRM-14 FRM-15 frames of unknown extensions and types are dropped, the connection lives', () => {
  const pair = miningPair();
  pair.server.sendRaw({ extension: 0x4001, bit: 'onChannel', messageType: 0 }, Uint8Array.of(7, 0, 0, 0));
  pair.server.sendRaw({ extension: 0, bit: 'offChannel', messageType: 0x7f }, Uint8Array.of(1));
  expect(pair.exchange()).toEqual([
    { type: 'ignored', reason: 'unknown-extension' },
    { type: 'ignored', reason: 'unknown-type' },
  ]);
});

test('FRM-10 wrong channel bits on everything change nothing', () => {
  const pair = miningPair();
  const payload = Uint8Array.of(7, 0, 0, 0, ...new Uint8Array(31), 1);
  pair.server.sendRaw({ extension: 0, bit: 'offChannel', messageType: 0x21 }, payload);
  expect(pair.exchange()).toMatchObject([{ type: 'target', channelId: 7 }]);
});

test('NOI-26 FRM-6 input cut at every byte, and in pieces of every small size, gives the same events', () => {
  const whole = miningPair().events;
  for (const cut of [byteByByte, ...[3, 22, 64, 235].map(piecesOf)]) expect(miningPair({ cut }).events).toEqual(whole);
});
