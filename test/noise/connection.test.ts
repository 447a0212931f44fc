import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { parseAuthorityKey, parseSecretKey } from '../../core/noise/authority-key.ts';
import { FOREVER } from '../../core/noise/certificate.ts';
import {
  CHUNK_TIMEOUT_MS,
  FRAME_TIMEOUT_MS,
  HANDSHAKE_TIMEOUT_MS,
  MAX_QUEUED_BYTES,
  NoiseConnection,
  type NoiseEvent,
} from '../../core/noise/connection.ts';
import { ACT_1_BYTES, ACT_2_BYTES } from '../../core/noise/handshake.ts';
import type { FrameStart } from '../../core/noise/secure-frames.ts';
import { seededRandom } from '../fuzz/random.ts';
import { certificateWith, deliver, NOW_SECONDS, newPair, openPair } from './pairs.ts';

const setup: FrameStart = { extension: 0, bit: 'offChannel', messageType: 0x00 };
const share: FrameStart = { extension: 0, bit: 'onChannel', messageType: 0x1a };
const framesOf = (events: readonly NoiseEvent[]) => events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
const payloadsOf = (events: readonly NoiseEvent[]) => framesOf(events).map(({ payload }) => toHex(payload));
const typesOf = (events: readonly NoiseEvent[]) => events.map(({ type }) => type);

describe('the handshake', () => {
  test('both ends open, the initiator knows the certificate and that it holds', () => {
    const { initiator, responder } = newPair();
    expect([initiator.isOpen, responder.isOpen]).toEqual([false, false]);
    expect(deliver(responder, initiator.outgoing())).toEqual([{ type: 'established', authenticated: false }]);
    const [event] = deliver(initiator, responder.outgoing());
    expect(event).toMatchObject({ type: 'established', authenticated: true, certificate: { version: 0, validFrom: NOW_SECONDS - 3600 } });
    expect([initiator.isOpen, responder.isOpen]).toEqual([true, true]);
  });

  test('NOI-7 act 1 is ready at once, and nothing else is', () => {
    const { initiator, responder } = newPair();
    expect([initiator.outgoing().length, responder.outgoing().length]).toEqual([ACT_1_BYTES, 0]);
    expect(initiator.outgoing()).toHaveLength(0);
  });

  test('NOI-3 every connection has its own ephemeral key', () => {
    const acts = [1, 2, 3].map((seed) => toHex(newPair({}, {}, seed).initiator.outgoing()));
    expect(new Set(acts).size).toBe(3);
  });

  test('NOI-26 act 1 in two pieces is answered the same, wherever it is cut', () => {
    const expected = newPair();
    deliver(expected.responder, expected.initiator.outgoing());
    const act2 = toHex(expected.responder.outgoing());
    for (let cut = 1; cut < ACT_1_BYTES; cut += 31) {
      const { initiator, responder } = newPair();
      deliver(responder, initiator.outgoing(), [cut]);
      expect(toHex(responder.outgoing())).toBe(act2);
    }
  });

  test('NOI-26 byte by byte in both directions the handshake and the first frames go through', () => {
    const { initiator, responder } = newPair();
    const everyByte = (length: number) => Array.from({ length: length - 1 }, (_, index) => index + 1);
    expect(typesOf(deliver(responder, initiator.outgoing(), everyByte(ACT_1_BYTES)))).toEqual(['established']);
    responder.send(setup, fromHex('c0ffee'));
    const down = responder.outgoing();
    expect(typesOf(deliver(initiator, down, everyByte(down.length)))).toEqual(['established', 'frame']);
    initiator.send(share, fromHex('aabb'));
    const up = initiator.outgoing();
    expect(payloadsOf(deliver(responder, up, everyByte(up.length)))).toEqual(['aabb']);
  });

  test('NOI-26 FRM-6 act 2 with two frames behind it, cut at and around every border, loses nothing', () => {
    const first = newPair();
    deliver(first.responder, first.initiator.outgoing());
    for (const payload of ['aa', 'bbcc']) first.responder.send(share, fromHex(payload));
    const bytes = first.responder.outgoing();
    expect(bytes).toHaveLength(ACT_2_BYTES + 22 + 17 + 22 + 18);
    // Each cut costs a whole handshake; the test before this one cuts at every byte at once.
    const borders = [64, 144, ACT_2_BYTES, 256, 273, 295];
    const cuts = [1, ...borders.flatMap((border) => [border - 1, border, border + 1]), bytes.length - 1];
    for (const cut of cuts) {
      const { initiator } = newPair();
      initiator.outgoing();
      const events = deliver(initiator, bytes, [cut]);
      expect([typesOf(events), payloadsOf(events)]).toEqual([
        ['established', 'frame', 'frame'],
        ['aa', 'bbcc'],
      ]);
    }
  });

  test('NOI-26 the responder keeps bytes behind act 1: what the initiator cannot have sealed is tampered, not lost', () => {
    const { initiator, responder } = newPair();
    const act1 = initiator.outgoing();
    expect(() => deliver(responder, concat(act1, new Uint8Array(22)))).toThrow('transport-tampered');
  });

  test('NOI-28 the client pins the authority, not the static key: each connection may have another', () => {
    for (const seed of [1, 2]) {
      const { initiator } = openPair({}, {}, seed);
      expect(initiator.isOpen).toBe(true);
    }
  });
});

describe('authentication', () => {
  test('NOI-20 without a key any certificate is accepted and said to be unauthenticated', () => {
    const certificate = certificateWith({ notValidAfter: 1, validFrom: 0, version: 9 });
    const { responder } = newPair({}, { certificate });
    const initiator = NoiseConnection.initiator({ random: seededRandom(61), now: 0, limitFor: () => 100 });
    deliver(responder, initiator.outgoing());
    const events = deliver(initiator, responder.outgoing());
    expect(events).toMatchObject([{ type: 'established', authenticated: false, certificate: { version: 9 } }]);
  });

  test('a published key is checked, and still said to be unauthenticated', () => {
    const secret = parseSecretKey('mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n');
    const authorityKey = parseAuthorityKey('9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72');
    const good = newPair({ authorityKey }, { certificate: certificateWith({ authoritySecret: secret }) });
    deliver(good.responder, good.initiator.outgoing());
    expect(deliver(good.initiator, good.responder.outgoing())).toMatchObject([{ type: 'established', authenticated: false }]);
    const bad = newPair({ authorityKey });
    deliver(bad.responder, bad.initiator.outgoing());
    expect(() => deliver(bad.initiator, bad.responder.outgoing())).toThrow('certificate-wrong-key');
  });

  test('NOI-17 NOI-19 a certificate from this very second until 2106 is good for a clock up to ten seconds slow', () => {
    const certificate = certificateWith({ validFrom: NOW_SECONDS, notValidAfter: FOREVER });
    for (const [late, works] of [
      [10, true],
      [11, false],
    ] as const) {
      const { initiator, responder } = newPair({}, { certificate });
      deliver(responder, initiator.outgoing());
      const receive = () => initiator.receive(responder.outgoing(), 0, NOW_SECONDS - late);
      if (works) expect(receive()).toMatchObject([{ authenticated: true }]);
      else expect(receive).toThrow('certificate-not-yet-valid');
    }
  });
});

describe('frames', () => {
  test('FRM-3 go both ways in order, many in one delivery', () => {
    const { initiator, responder } = openPair();
    for (const payload of ['01', '0202', '030303']) {
      initiator.send(share, fromHex(payload));
      responder.send(setup, fromHex(`ff${payload}`));
    }
    expect(payloadsOf(deliver(responder, initiator.outgoing()))).toEqual(['01', '0202', '030303']);
    expect(payloadsOf(deliver(initiator, responder.outgoing()))).toEqual(['ff01', 'ff0202', 'ff030303']);
  });

  test('FRM-10 the header comes as it was sent, channel bit and all', () => {
    const { initiator, responder } = openPair();
    initiator.send({ extension: 0x0abc, bit: 'onChannel', messageType: 0x7f }, fromHex('01000000'));
    expect(framesOf(deliver(responder, initiator.outgoing()))[0]?.header).toEqual({
      extension: 0x0abc,
      bit: 'onChannel',
      messageType: 0x7f,
      payloadBytes: 4,
    });
  });

  test('FRM-5 an empty payload is never sent', () => {
    expect(() => openPair().initiator.send(setup, new Uint8Array())).toThrow(RangeError);
  });

  test('NOI-20 NOI-25 nothing can be sent before the handshake is done, in either role', () => {
    const { initiator, responder } = newPair();
    for (const end of [initiator, responder]) {
      expect(() => end.send(setup, fromHex('aa'))).toThrow(AppError);
      expect(() => end.send(setup, fromHex('aa'))).toThrow('not-open');
    }
  });

  test('the payload may be changed after send, and received bytes after receive', () => {
    const { initiator, responder } = openPair();
    const payload = fromHex('aabb');
    initiator.send(share, payload);
    payload.fill(0);
    const wire = initiator.outgoing();
    const [frame] = framesOf(deliver(responder, wire));
    wire.fill(0);
    expect(toHex(frame?.payload ?? new Uint8Array())).toBe('aabb');
  });

  test('bytes are counted in both directions, handshake included', () => {
    const { initiator, responder } = openPair();
    expect([initiator.bytesOut, initiator.bytesIn]).toEqual([ACT_1_BYTES, ACT_2_BYTES]);
    initiator.send(share, fromHex('aabb'));
    expect(initiator.bytesOut).toBe(ACT_1_BYTES);
    deliver(responder, initiator.outgoing());
    expect([initiator.bytesOut, responder.bytesIn]).toEqual([ACT_1_BYTES + 40, ACT_1_BYTES + 40]);
  });

  test('bytes that nobody takes have a limit, and taking them makes room', () => {
    const { initiator } = openPair();
    const large = new Uint8Array(1 << 23);
    const fill = () => {
      for (let sent = 0; sent <= MAX_QUEUED_BYTES / large.length; sent += 1) initiator.send(setup, large);
    };
    expect(fill).toThrow('queue-full');
    initiator.outgoing();
    initiator.send(setup, fromHex('aa'));
    expect(initiator.outgoing()).toHaveLength(39);
  });
});

describe('the time', () => {
  test('NOI-27 SEC-2 both sides give up on a handshake as a whole, however its bytes drip', () => {
    const { initiator, responder } = newPair({ now: 1000 }, { now: 1000 });
    const act1 = initiator.outgoing();
    for (const [end, bytes] of [
      [initiator, new Uint8Array(ACT_2_BYTES)],
      [responder, act1],
    ] as const) {
      const limit = 1000 + HANDSHAKE_TIMEOUT_MS;
      expect(end.deadline).toBe(limit);
      for (let second = 0; second < 9; second += 1) end.receive(bytes.subarray(second, second + 1), 1000 * (second + 2), NOW_SECONDS);
      expect(end.deadline).toBe(limit);
      end.tick(limit - 1);
      expect(() => end.tick(limit)).toThrow(`handshake-timeout (received 9, timeoutMs ${HANDSHAKE_TIMEOUT_MS})`);
    }
  });

  test('SEC-2 silence ends the same way', () => {
    const { initiator } = newPair();
    expect(() => initiator.tick(HANDSHAKE_TIMEOUT_MS)).toThrow('handshake-timeout');
  });

  test('SEC-2 a drip is noticed without a tick', () => {
    const { responder } = newPair();
    expect(() => responder.receive(new Uint8Array(1), HANDSHAKE_TIMEOUT_MS, NOW_SECONDS)).toThrow('handshake-timeout');
  });

  test('NOI-27 the timeout can be chosen', () => {
    const { initiator } = newPair({ handshakeTimeoutMs: 50 });
    expect(initiator.deadline).toBe(50);
  });

  test('an open connection between frames waits for nothing', () => {
    const { initiator, responder } = openPair();
    expect([initiator.deadline, responder.deadline]).toEqual([undefined, undefined]);
    initiator.tick(1e12);
    expect(initiator.isOpen).toBe(true);
  });

  test('SEC-3 a half frame has a deadline from its first byte, which dripping does not move', () => {
    const { initiator, responder } = openPair();
    initiator.send(share, fromHex('aabb'));
    const bytes = initiator.outgoing();
    responder.receive(bytes.subarray(0, 5), 5000, NOW_SECONDS);
    expect(responder.deadline).toBe(5000 + FRAME_TIMEOUT_MS);
    responder.receive(bytes.subarray(5, 30), 20_000, NOW_SECONDS);
    expect(responder.deadline).toBe(5000 + FRAME_TIMEOUT_MS + CHUNK_TIMEOUT_MS);
    expect(() => responder.tick(5000 + FRAME_TIMEOUT_MS + CHUNK_TIMEOUT_MS)).toThrow('frame-timeout');
  });

  test('SEC-3 a frame that becomes whole clears the deadline, and the next half frame starts its own', () => {
    const { initiator, responder } = openPair();
    for (const payload of ['aa', 'bb']) initiator.send(share, fromHex(payload));
    const bytes = initiator.outgoing();
    responder.receive(bytes.subarray(0, 10), 0, NOW_SECONDS);
    expect(payloadsOf(responder.receive(bytes.subarray(10, 50), 25_000, NOW_SECONDS))).toEqual(['aa']);
    expect(responder.deadline).toBe(25_000 + FRAME_TIMEOUT_MS);
    expect(payloadsOf(responder.receive(bytes.subarray(50), 26_000, NOW_SECONDS))).toEqual(['bb']);
    expect(responder.deadline).toBeUndefined();
  });

  test('SEC-3 a long frame gets a second more for each chunk', () => {
    const { initiator, responder } = openPair();
    initiator.send(setup, new Uint8Array(1_000_000));
    responder.receive(initiator.outgoing().subarray(0, 22), 0, NOW_SECONDS);
    expect(responder.deadline).toBe(FRAME_TIMEOUT_MS + 16 * CHUNK_TIMEOUT_MS);
  });
});
