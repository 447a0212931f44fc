/** What a malicious or broken server may send to a mining client, row by row, and that nothing but the connection suffers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultOf, PeerError } from '../../core/errors.ts';
import { authorityOf } from '../../core/noise/authority-key.ts';
import { FRAME_TIMEOUT_MS, HANDSHAKE_TIMEOUT_MS } from '../../core/noise/connection.ts';
import { FRAME_RATE, IGNORED_RATE } from '../../core/sv2/client-connection.ts';
import type { FrameHeader } from '../../core/wire/frame.ts';
import type { ScriptedOptions } from '../fake/scripted-server.ts';
import { extendedJob, miningPair, Pair, prevHash, UNIX } from './client-pair.ts';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(PeerError);
    const fault = faultOf(error) as { code: string; what?: string };
    return fault.what ?? fault.code;
  }
  return 'nothing-thrown';
}

test.each<[string, Partial<ScriptedOptions>, string]>([
  ['by another key', { authoritySecret: authorityOf(new Uint8Array(32).fill(0x43)).secret }, 'certificate-wrong-key'],
  ['over another static key', { foreignStaticKey: true }, 'certificate-wrong-key'],
  ['that has run out', { validFrom: -7200, validFor: -60 }, 'certificate-expired'],
  ['that is not valid yet', { validFrom: 60 }, 'certificate-not-yet-valid'],
  ['of another version', { certificateVersion: 1 }, 'certificate-version'],
])('SEC-1 NOI-17 NOI-20 a certificate %s ends the connection before anything is sent', (_, server, code) => {
  const pair = new Pair({ server });
  expect(codeOf(() => pair.exchange())).toBe(code);
  expect(pair.client.outgoing()).toEqual(new Uint8Array(0));
  expect(pair.server.received).toEqual([]);
});

test('SEC-38 NOI-17 a clock that is a few seconds slow is let pass', () => {
  const pair = new Pair({ server: { validFrom: 8 } });
  pair.exchange();
  expect(pair.of('established')).toMatchObject([{ authenticated: true, certificate: { validFrom: UNIX + 8 } }]);
});

test('SEC-2 NOI-27 silence, half an act 2 and one byte a second end at one deadline for the whole handshake', () => {
  const silent = new Pair();
  expect(codeOf(() => silent.pass(HANDSHAKE_TIMEOUT_MS))).toBe('handshake-timeout');
  const half = new Pair();
  half.client.receive(new Uint8Array(117), half.now, UNIX);
  expect(codeOf(() => half.pass(HANDSHAKE_TIMEOUT_MS))).toBe('handshake-timeout');
  const slow = new Pair();
  const drip = () => {
    for (let second = 0; second < 60; second += 1) {
      slow.now += 1000;
      slow.client.receive(Uint8Array.of(1), slow.now, UNIX);
    }
  };
  expect(codeOf(drip)).toBe('handshake-timeout');
});

test('SEC-3 FRM-17 a header that announces more than its type can have ends the connection at once', () => {
  const oversize = (header: Omit<FrameHeader, 'payloadBytes'>, length: number) => {
    const pair = miningPair();
    pair.server.sendRaw(header, new Uint8Array(length));
    return codeOf(() => pair.client.receive(pair.server.outgoing(), pair.now, UNIX));
  };
  expect(oversize({ extension: 0, bit: 'onChannel', messageType: 0x20 }, 48 + 65)).toBe('frame-too-long');
  expect(oversize({ extension: 0, bit: 'onChannel', messageType: 0x1f }, 139_253 + 65)).toBe('frame-too-long');
  expect(oversize({ extension: 0, bit: 'offChannel', messageType: 0x74 }, 65_536)).toBe('frame-too-long');
  expect(oversize({ extension: 0x7123, bit: 'onChannel', messageType: 0 }, 65_536)).toBe('frame-too-long');
});

test('SEC-3 a frame that stops half-way ends the connection at its deadline', () => {
  const pair = miningPair();
  pair.server.send(extendedJob({ coinbaseTxPrefix: new Uint8Array(5000) }));
  pair.client.receive(pair.server.outgoing().subarray(0, 4000), pair.now, UNIX);
  expect(pair.client.deadline).toBeDefined();
  expect(codeOf(() => pair.pass(FRAME_TIMEOUT_MS + 2000))).toBe('frame-timeout');
});

test('SEC-4 an endless stream of small good messages ends the connection', () => {
  const pair = miningPair();
  const flood = () => {
    for (let count = 0; count <= FRAME_RATE.burst; count += 1)
      pair.server.send({ name: 'SetTarget', channelId: 7, maximumTarget: new Uint8Array(32).fill(1) });
    pair.exchange();
  };
  expect(codeOf(flood)).toBe('too-many-messages');
});

test('SEC-4 a busy pool within the rate is never cut off', () => {
  const pair = miningPair();
  for (let second = 0; second < 12; second += 1) {
    pair.now += 1000;
    for (let count = 0; count < FRAME_RATE.perSecond; count += 1)
      pair.server.send({ name: 'SetTarget', channelId: 7, maximumTarget: new Uint8Array(32).fill(1) });
    expect(pair.exchange()).toHaveLength(FRAME_RATE.perSecond);
  }
});

test('SEC-4 SEC-7 FRM-15 unknown types, client-only messages and foreign extensions are counted, and end the connection when they do not stop', () => {
  for (const header of [
    { extension: 0, bit: 'offChannel', messageType: 0x7f },
    { extension: 0, bit: 'offChannel', messageType: 0x10 },
    { extension: 0, bit: 'offChannel', messageType: 0x71 },
    { extension: 0x4001, bit: 'onChannel', messageType: 1 },
  ] as const) {
    const pair = miningPair();
    const send = () => {
      pair.server.sendRaw(header, Uint8Array.of(1, 2, 3, 4));
      return pair.exchange();
    };
    for (let count = 0; count < IGNORED_RATE.burst; count += 1) expect(send()).toMatchObject([{ type: 'ignored' }]);
    expect(codeOf(send)).toBe('too-many-unusable-messages');
  }
});

test('SEC-5 TYP-8 length prefixes and counts beyond the payload end the connection, and allocate nothing', () => {
  const lies: readonly (readonly [number, readonly number[]])[] = [
    [0x25, [1, 0, 0, 0, 0xff, 0xff]], // 65,535 channel ids, none there
    [0x1f, [7, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 255]], // 255 nodes, none there
    [0x1f, [7, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0xff, 0xff]], // a 64 KiB prefix, none there
    [0x18, [7, 0, 0, 0, 200, 0x61]],
    [0x19, [7, 0, 0, 0, 32, 1]],
  ];
  for (const [messageType, bytes] of lies) {
    const pair = miningPair();
    pair.server.sendRaw({ extension: 0, bit: 'onChannel', messageType }, Uint8Array.from(bytes));
    expect(codeOf(() => pair.exchange())).toBe('message-malformed');
  }
});

test('SEC-6 a prefix of 33 bytes and an option of two elements end the connection', () => {
  for (const [messageType, bytes] of [
    [0x19, [7, 0, 0, 0, 33, ...new Uint8Array(33)]],
    [0x15, [7, 0, 0, 0, 1, 0, 0, 0, 2, ...new Uint8Array(44)]],
  ] as const) {
    const pair = miningPair();
    pair.server.sendRaw({ extension: 0, bit: 'onChannel', messageType }, Uint8Array.from(bytes));
    expect(codeOf(() => pair.exchange())).toBe('message-malformed');
  }
});

test('NOI-12 SEC-22 one changed bit anywhere ends the connection', () => {
  for (const at of [0, 21, 40]) {
    const pair = miningPair();
    pair.server.send(prevHash());
    const bytes = pair.server.outgoing().slice();
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(codeOf(() => pair.client.receive(bytes, pair.now, UNIX))).toBe('transport-tampered');
    expect(codeOf(() => pair.client.receive(Uint8Array.of(1), pair.now, UNIX))).toBe('transport-tampered');
  }
});

test('SEC-11 SetTarget in a flutter changes no job that runs', () => {
  const pair = miningPair();
  for (let count = 0; count < 100; count += 1)
    pair.say({ name: 'SetTarget', channelId: 7, maximumTarget: new Uint8Array(32).fill(1 + (count % 2)) });
  expect(pair.of('job')).toHaveLength(1);
});

test('SEC-13 prevhashes, jobs and channels in an order that makes no sense never crash', () => {
  const steps = fc.constantFrom('job', 'future', 'prevhash', 'unknown-prevhash', 'other-channel', 'close', 'group');
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 12 }), (order) => {
      const pair = miningPair();
      const jobsAtOneTip = new Set<string>();
      for (const [index, step] of order.entries()) say(pair, step, index + 2);
      for (const { job } of pair.of('job')) jobsAtOneTip.add(`${job.serial}`);
      expect(jobsAtOneTip.size).toBe(pair.of('job').length);
      // A job carries the tip it was made for: its own fill byte, never an earlier one's.
      for (const { job } of pair.of('job')) expect(new Set(job.prevHash).size).toBe(1);
    }),
    { numRuns: 8 },
  );
});

function say(pair: Pair, step: string, jobId: number): void {
  const tip = new Uint8Array(32).fill(jobId);
  if (step === 'job') pair.say(extendedJob({ jobId, minNtime: UNIX }));
  if (step === 'future') pair.say(extendedJob({ jobId }));
  if (step === 'prevhash') pair.say(prevHash({ jobId: jobId - 1, prevHash: tip }));
  if (step === 'unknown-prevhash') pair.say(prevHash({ jobId: 5000, prevHash: tip }));
  if (step === 'other-channel') pair.say(prevHash({ channelId: 99, jobId, prevHash: tip }));
  if (step === 'close') pair.say({ name: 'CloseChannel', channelId: 7, reasonCode: 'x' });
  if (step === 'group') pair.say({ name: 'SetGroupChannel', groupChannelId: 200 + jobId, channelIds: [7, jobId] });
}

test('SEC-5 SEC-7 whatever type and bytes a server sends, the client decodes, ignores or ends the connection with a coded fault', () => {
  let pair = miningPair();
  const header = fc.record({
    extension: fc.constantFrom(0, 1),
    messageType: fc.integer({ min: 0, max: 255 }),
    bit: fc.constant('onChannel' as const),
  });
  fc.assert(
    fc.property(header, fc.uint8Array({ minLength: 1, maxLength: 200 }), (start, payload) => {
      pair.server.sendRaw(start, payload);
      const code = codeOf(() => pair.exchange());
      if (code !== 'nothing-thrown') pair = miningPair();
      return code.length > 0;
    }),
    { numRuns: 40 },
  );
});

test('NOI-12 SEC-2 whatever bytes answer act 1, the handshake fails with a coded fault or waits', () => {
  let pair = new Pair();
  let length = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      length += bytes.length;
      const code = codeOf(() => pair.client.receive(bytes, pair.now, UNIX));
      const expected = length < 234 ? 'nothing-thrown' : 'handshake-failed';
      if (length >= 234) {
        pair = new Pair();
        length = 0;
      }
      return code === expected;
    }),
    { numRuns: 40 },
  );
});
