import { expect, test } from 'vitest';
import { type MiningFromClient, type MiningFromServer, miningClientCodec, miningServerCodec } from '../../core/sv2/codec.ts';
import { FRAME_RATE, OPEN_TIMEOUT_MS, ServerConnection, type ServerConnectionEvent } from '../../core/sv2/server-connection.ts';
import { byteByByte } from '../fake/memory-stream.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { ANY_TARGET, identity, openExtended, ServerPair, setupMessage } from './server-pair.ts';

interface Options {
  readonly supportedFlags?: number;
  readonly serverFlags?: number;
  readonly supported?: readonly number[];
  readonly required?: readonly number[];
  readonly cut?: (bytes: Uint8Array) => readonly Uint8Array[];
}

function pair({ supportedFlags = 5, serverFlags = 0, supported = [2], required = [], cut }: Options = {}) {
  const server = new ServerConnection<MiningFromClient, MiningFromServer>({
    codec: miningServerCodec,
    random: seededRandom('server'),
    ...identity,
    setup: { protocol: 0, supportedFlags, serverFlags },
    extensions: { supported, required },
    now: 0,
  });
  return new ServerPair<ServerConnectionEvent<MiningFromClient>, MiningFromServer, MiningFromClient>(server, miningClientCodec, cut);
}

const fault = (code: string, facts: object = {}) => ({ type: 'ended', fault: expect.objectContaining({ code, ...facts }) });

test('COM-3 COM-8 a setup that fits is answered by Success with version 2 and the server flags', () => {
  const client = pair({ serverFlags: 2 });
  expect(client.say(setupMessage(4))).toEqual([{ name: 'SetupConnectionSuccess', usedVersion: 2, flags: 2 }]);
  expect(client.events).toMatchObject([{ type: 'setup', setup: { flags: 4, vendor: 'test' } }]);
});

test('COM-3 a range that holds version 2 is good', () => {
  expect(pair().say({ ...setupMessage(), minVersion: 1, maxVersion: 9 })).toMatchObject([{ usedVersion: 2 }]);
});

test.each([
  ['COM-3 an older range', { minVersion: 1, maxVersion: 1 }, 'protocol-version-mismatch', 0],
  ['COM-3 a newer range', { minVersion: 3, maxVersion: 9 }, 'protocol-version-mismatch', 0],
  ['COM-17 min above max', { minVersion: 3, maxVersion: 2 }, 'protocol-version-mismatch', 0],
  ['COM-3 another subprotocol', { protocol: 2 }, 'unsupported-protocol', 0],
  ['COM-17 an unknown subprotocol', { protocol: 255 }, 'unsupported-protocol', 0],
  ['COM-10 flags: all that are unsupported come back', { flags: 0x80000003 }, 'unsupported-feature-flags', 0x80000002],
])('%s is answered by Error, then the connection ends', (_, change, errorCode, flags) => {
  const client = pair();
  expect(client.say({ ...setupMessage(), ...change })).toEqual([{ name: 'SetupConnectionError', flags, errorCode }]);
  expect(client.events).toEqual([fault('setup-refused', { errorCode })]);
});

test('COM-1 another message before SetupConnection ends the connection', () => {
  const client = pair();
  expect(client.say(openExtended())).toEqual([]);
  expect(client.end).toEqual(fault('protocol-broken', { what: 'first-message-not-setup' }));
});

test('COM-18 a second SetupConnection is ignored', () => {
  const client = pair();
  client.say(setupMessage());
  expect(client.say(setupMessage())).toEqual([]);
  expect(client.end).toBeUndefined();
});

test('SEC-2 who has not set up in time is dropped, whether silent or dripping', () => {
  const silent = pair();
  silent.wait(OPEN_TIMEOUT_MS);
  expect(silent.end).toEqual(fault('setup-timeout'));
  const handshakeOnly = new ServerConnection({
    codec: miningServerCodec,
    random: seededRandom('server'),
    ...identity,
    setup: { protocol: 0, supportedFlags: 0, serverFlags: 0 },
    extensions: { supported: [], required: [] },
    now: 0,
  });
  expect(handshakeOnly.receive(new Uint8Array(30), 9_000, 0)).toEqual([]);
  expect(handshakeOnly.tick(handshakeOnly.deadline as number)).toEqual([fault('handshake-timeout')]);
});

test('NOI-26 FRM-6 bytes cut anywhere make the same conversation', () => {
  const client = pair({ cut: byteByByte });
  expect(client.say(setupMessage())).toMatchObject([{ name: 'SetupConnectionSuccess' }]);
  client.say(openExtended());
  expect(client.events.map(({ type }) => type)).toEqual(['setup', 'message']);
});

test('EXT-2 extensions: the supported subset is granted', () => {
  const client = pair({ supported: [2, 5] });
  client.say(setupMessage());
  expect(client.say({ name: 'RequestExtensions', requestId: 3, requestedExtensions: [2, 9] })).toEqual([
    { name: 'RequestExtensionsSuccess', requestId: 3, supportedExtensions: [2] },
  ]);
});

test('EXT-2 extensions: none supported is an Error that lists them', () => {
  const client = pair();
  client.say(setupMessage());
  expect(client.say({ name: 'RequestExtensions', requestId: 4, requestedExtensions: [9, 10, 9] })).toEqual([
    { name: 'RequestExtensionsError', requestId: 4, unsupportedExtensions: [9, 10], requiredExtensions: [] },
  ]);
  expect(client.end).toBeUndefined();
});

test('EXT-2 EXT-4 a missing required extension is an Error; coming back with it is good', () => {
  const client = pair({ supported: [2], required: [2] });
  client.say(setupMessage());
  expect(client.say({ name: 'RequestExtensions', requestId: 5, requestedExtensions: [9] })).toMatchObject([{ requiredExtensions: [2] }]);
  expect(client.say({ name: 'RequestExtensions', requestId: 6, requestedExtensions: [2] })).toMatchObject([{ supportedExtensions: [2] }]);
  client.say(openExtended());
  expect(client.events.at(-1)).toMatchObject({ type: 'message' });
});

test('EXT-4 going on without a required extension ends the connection', () => {
  const client = pair({ supported: [2], required: [2] });
  client.say(setupMessage());
  client.say(openExtended());
  expect(client.end).toEqual(fault('protocol-broken', { what: 'required-extensions-not-negotiated' }));
});

test('FRM-12 frames of an unknown extension are dropped, however many', () => {
  const client = pair();
  client.say(setupMessage());
  for (let sent = 0; sent < 500; sent += 1) client.sayRaw(0, Uint8Array.of(1), 0x4001);
  expect(client.end).toBeUndefined();
});

test('FRM-15 SEC-7 unknown types and messages of the other side are ignored, but not for ever', () => {
  const client = pair();
  client.say(setupMessage());
  client.sayRaw(0x7f, Uint8Array.of(1));
  client.sayRaw(0x1c, new Uint8Array(20)); // SubmitShares.Success is the server's to say
  client.sayRaw(0x70, new Uint8Array(6)); // another subprotocol
  expect(client.end).toBeUndefined();
  for (let sent = 0; sent < 100 && client.end === undefined; sent += 1) client.sayRaw(0x7f, Uint8Array.of(1));
  expect(client.end).toEqual(fault('protocol-broken', { what: 'too-many-unusable-messages' }));
});

test('SEC-4 a flood of good messages ends the connection', () => {
  const client = pair();
  client.say(setupMessage());
  const open = openExtended();
  for (let sent = 0; sent <= FRAME_RATE.burst; sent += 1) miningClientCodec.send(client.noise, open);
  client.pump();
  expect(client.end).toEqual(fault('protocol-broken', { what: 'too-many-messages' }));
  expect(client.events.filter(({ type }) => type === 'message').length).toBe(FRAME_RATE.burst - 1);
});

test.each([
  ['SEC-5 a string that runs past the end', 0x10, [...[1, 0, 0, 0], 200, 65]],
  ['SEC-5 a payload cut short', 0x1a, [1, 2, 3]],
  ['SEC-6 an extranonce of 33 bytes', 0x1b, [...new Uint8Array(24), 33, ...new Uint8Array(33)]],
])('%s ends the connection', (_, type, payload) => {
  const client = pair();
  client.say(setupMessage());
  client.sayRaw(type, Uint8Array.from(payload));
  expect(client.end).toEqual(fault('message-malformed'));
});

test('SEC-3 FRM-17 a frame longer than its type can be is refused by its header', () => {
  const client = pair();
  client.say(setupMessage());
  client.sayRaw(0x1a, new Uint8Array(70_000));
  expect(client.end).toEqual(fault('frame-too-long'));
  const unknown = pair();
  unknown.say(setupMessage());
  unknown.sayRaw(0x7f, new Uint8Array(1 << 20), 0x4001);
  expect(unknown.end).toEqual(fault('frame-too-long'));
});

test('SEC-5 a list that lies about its length ends the connection', () => {
  const client = pair();
  client.say(setupMessage());
  client.sayRaw(0x00, Uint8Array.of(1, 0, 0xff, 0xff), 1);
  expect(client.end).toEqual(fault('message-malformed', { message: 'RequestExtensions' }));
});

test('a damaged frame ends the connection, and nothing is said afterwards', () => {
  const client = pair();
  client.say(setupMessage());
  expect(client.server.receive(new Uint8Array(22), 0, 0)).toEqual([fault('transport-tampered')]);
  expect(client.server.receive(new Uint8Array(22), 0, 0)).toEqual([]);
  expect(client.server.deadline).toBeUndefined();
});

test('what happened before a fault in the same bytes is told first', () => {
  const client = pair();
  client.say(setupMessage());
  miningClientCodec.send(client.noise, { name: 'UpdateChannel', channelId: 1, nominalHashRate: 1, maximumTarget: ANY_TARGET });
  client.sayRaw(0x1a, Uint8Array.of(1));
  expect(client.events.map(({ type }) => type)).toEqual(['setup', 'message', 'ended']);
});
