/** What a malicious or broken peer can do to an encrypted connection: a coded error ends that connection, nothing else. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { isFaultCode } from '../../core/faults.ts';
import { CipherState } from '../../core/noise/cipher-state.ts';
import { ACT_2_BYTES } from '../../core/noise/handshake.ts';
import { FrameReader } from '../../core/noise/secure-frames.ts';
import { seededRandom } from '../fuzz/random.ts';
import { certificateWith, deliver, NOW_SECONDS, newPair, openPair, otherStaticKeyPair, stranger } from './pairs.ts';

const start = { extension: 0, bit: 'offChannel', messageType: 0x01 } as const;

function faultOf(act: () => unknown): { code: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof PeerError) return error.fault;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('SEC-1 a bad certificate', () => {
  test.each([
    ['by another authority', { authoritySecret: stranger.secret }, 'certificate-wrong-key'],
    ['over another static key', { staticKey: otherStaticKeyPair.encoding }, 'certificate-wrong-key'],
    ['expired', { validFrom: 0, notValidAfter: NOW_SECONDS - 11 }, 'certificate-expired'],
    ['from the future', { validFrom: NOW_SECONDS + 11 }, 'certificate-not-yet-valid'],
    ['of version 1', { version: 1 }, 'certificate-version'],
  ] as const)('SEC-1 NOI-20 %s ends the connection before a single frame, and says why', (_, changes, code) => {
    const { initiator, responder } = newPair({}, { certificate: certificateWith(changes) });
    deliver(responder, initiator.outgoing());
    const fault = faultOf(() => deliver(initiator, responder.outgoing()));
    expect(fault.code).toBe(code);
    expect(isFaultCode(fault.code)).toBe(true);
    expect([initiator.isOpen, initiator.outgoing().length, initiator.deadline]).toEqual([false, 0, undefined]);
    expect(() => initiator.send(start, fromHex('aa'))).toThrow('not-open');
  });
});

describe('garbage', () => {
  test('NOI-12 SEC-2 an answer that is not act 2 is handshake-failed: HTTP, Stratum V1, zeros, noise', () => {
    const answers = [
      new Uint8Array(ACT_2_BYTES),
      new Uint8Array(ACT_2_BYTES).fill(0xff),
      new Uint8Array(ACT_2_BYTES).fill(0x48),
      seededRandom(41).bytes(ACT_2_BYTES),
    ];
    for (const answer of answers) expect(faultOf(() => deliver(newPair().initiator, answer)).code).toBe('handshake-failed');
  });

  test('NOI-12 an act 2 meant for another connection is handshake-failed', () => {
    const [mine, other] = [newPair({}, {}, 51), newPair({}, {}, 52)];
    deliver(other.responder, other.initiator.outgoing());
    expect(faultOf(() => deliver(mine.initiator, other.responder.outgoing())).code).toBe('handshake-failed');
  });

  test('NOI-12 after a fault the connection stays failed, with the same error, and takes no more bytes', () => {
    const { initiator, responder } = openPair();
    responder.send(start, fromHex('aabb'));
    const bytes = responder.outgoing();
    const damaged = bytes.slice();
    damaged[0] = (damaged[0] as number) ^ 1;
    const first = faultOf(() => deliver(initiator, damaged));
    expect(first).toEqual({ code: 'transport-tampered', part: 'header' });
    expect(faultOf(() => deliver(initiator, bytes))).toBe(first);
    expect(faultOf(() => initiator.tick(0))).toBe(first);
    expect(initiator.isOpen).toBe(false);
  });

  test('NOI-12 a replayed frame ends the connection', () => {
    const { initiator, responder } = openPair();
    responder.send(start, fromHex('aabb'));
    const bytes = responder.outgoing();
    expect(deliver(initiator, bytes)).toHaveLength(1);
    expect(faultOf(() => deliver(initiator, bytes)).code).toBe('transport-tampered');
  });

  test('a frame reflected to its sender ends the connection', () => {
    const { initiator } = openPair();
    initiator.send(start, fromHex('aabb'));
    expect(faultOf(() => deliver(initiator, initiator.outgoing())).code).toBe('transport-tampered');
  });
});

describe('floods', () => {
  test('SEC-3 FRM-17 each type has its own limit, asked with the header before the payload', () => {
    const limitFor = ({ messageType }: { messageType: number }) => (messageType === 0x01 ? 6 : 100);
    const { initiator, responder } = openPair({ limitFor });
    responder.send(start, new Uint8Array(6));
    expect(deliver(initiator, responder.outgoing())).toHaveLength(1);
    responder.send(start, new Uint8Array(7));
    const fault = faultOf(() => deliver(initiator, responder.outgoing().subarray(0, 22)));
    expect(fault).toEqual({ code: 'frame-too-long', extension: 0, messageType: 1, length: 7, limit: 6 });
    expect(isFaultCode(fault.code)).toBe(true);
  });

  test('SEC-3 a 16 MiB frame that stops half-way holds what came, and its deadline ends it', () => {
    const { initiator, responder } = openPair();
    responder.send(start, new Uint8Array((1 << 24) - 1));
    const sent = responder.outgoing().slice(0, 200_000);
    const before = process.memoryUsage().arrayBuffers;
    deliver(initiator, sent);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
    expect(faultOf(() => initiator.tick(initiator.deadline ?? 0)).code).toBe('frame-timeout');
  });

  test('SEC-4 two thousand frames in one delivery are two thousand events, in order', () => {
    const { initiator, responder } = openPair();
    const count = 2_000;
    for (let index = 0; index < count; index += 1) responder.send(start, Uint8Array.of(index & 0xff, index >> 8));
    const events = deliver(initiator, responder.outgoing());
    expect(events).toHaveLength(count);
    expect(events.at(-1)).toMatchObject({ frame: { payload: Uint8Array.of((count - 1) & 0xff, (count - 1) >> 8) } });
  });

  test('SEC-4 FRM-5 zero-length frames come as empty frames for the protocol above to judge', () => {
    const key = fromHex('33'.repeat(32));
    const header = fromHex('000001000000');
    const tx = new CipherState(key);
    const bytes = concat(...[1, 2, 3].map(() => tx.encryptWithAd(new Uint8Array(), header)));
    const reader = new FrameReader(new CipherState(key), () => 0);
    reader.push(bytes);
    const frames = [reader.next(), reader.next(), reader.next(), reader.next()];
    expect(frames.map((frame) => frame?.payload.length)).toEqual([0, 0, 0, undefined]);
  });
});

test('SEC-37 a connection whose counter is used up ends instead of reusing a nonce', () => {
  const key = fromHex('44'.repeat(32));
  const start = { low: 0xfffffffe, high: 0xffffffff };
  const tx = new CipherState(key, start);
  const reader = new FrameReader(new CipherState(key, start), () => 100);
  reader.push(concat(tx.encryptWithAd(new Uint8Array(), fromHex('000001010000')), new Uint8Array(17)));
  expect(() => reader.next()).toThrow('cipher-exhausted');
});

test('SEC-38 a clock that is slow is told with the dates and the clock, so that a person can set it', () => {
  const { initiator, responder } = newPair({}, { certificate: certificateWith({ validFrom: NOW_SECONDS }) });
  deliver(responder, initiator.outgoing());
  expect(faultOf(() => initiator.receive(responder.outgoing(), 0, NOW_SECONDS - 3600))).toEqual({
    code: 'certificate-not-yet-valid',
    validFrom: NOW_SECONDS,
    notValidAfter: NOW_SECONDS + 3600,
    clock: NOW_SECONDS - 3600,
  });
});
