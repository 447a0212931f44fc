import { describe, expect, test } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { issueCertificate } from '../../core/noise/certificate.ts';
import { ACT_1_BYTES, ACT_2_BYTES, answerAct1, readAct2, writeAct1 } from '../../core/noise/handshake.ts';
import { generateKeyPair, type KeyPair, keyPairOf } from '../../core/noise/key-pair.ts';
import { seededRandom } from '../fuzz/random.ts';
import recorded from '../vectors/noise-handshake.json' with { type: 'json' };
import { certificateDigest, hasOddY, recompute, verifies, xOfSecret } from './oracle.ts';
import { authority, certificateWith, NOW_SECONDS, staticKeyPair } from './pairs.ts';

const random = seededRandom(11);
const [e, re] = [generateKeyPair(random), generateKeyPair(random)];
const certificate = certificateWith();
const pairOf = ({ secret, encoding }: { secret: string; encoding: string }): KeyPair => ({
  secret: fromHex(secret),
  encoding: fromHex(encoding),
});

describe('the acts', () => {
  test('NOI-7 NOI-8 have 64 and 234 bytes, and no other length is read', () => {
    expect([ACT_1_BYTES, ACT_2_BYTES]).toEqual([64, 234]);
    const { act1, awaiting } = writeAct1(e);
    const { act2 } = answerAct1(act1, { ephemeral: re, staticKeyPair, certificate });
    expect([act1.length, act2.length]).toEqual([64, 234]);
    for (const length of [0, 63, 65]) {
      expect(() => answerAct1(new Uint8Array(length), { ephemeral: re, staticKeyPair, certificate })).toThrow(RangeError);
    }
    for (const length of [0, 170, 233, 235]) expect(() => readAct2(awaiting, new Uint8Array(length))).toThrow(RangeError);
    for (const length of [0, 73, 75]) {
      expect(() => answerAct1(act1, { ephemeral: re, staticKeyPair, certificate: new Uint8Array(length) })).toThrow(RangeError);
    }
  });

  test('NOI-7 act 1 is the plain ephemeral encoding', () => {
    expect(toHex(writeAct1(e).act1)).toBe(toHex(e.encoding));
  });

  test('NOI-3 NOI-7 an all-zero act 1 is answered like any other', () => {
    expect(answerAct1(new Uint8Array(64), { ephemeral: re, staticKeyPair, certificate }).act2).toHaveLength(234);
  });
});

describe('the handshake', () => {
  test('NOI-4 NOI-5 NOI-6 NOI-7 NOI-8 NOI-9 NOI-10 act 2 and both session keys are what an independent computation gives', () => {
    const expected = recompute(e, re, staticKeyPair, certificate);
    const { act1, awaiting } = writeAct1(e);
    const answer = answerAct1(act1, { ephemeral: re, staticKeyPair, certificate });
    expect(toHex(answer.act2)).toBe(toHex(expected.act2));
    const { transport } = readAct2(awaiting, answer.act2);
    for (const side of [transport, answer.transport]) expect(toHex(side.handshakeHash)).toBe(toHex(expected.handshakeHash));
  });

  test.each(recorded.vectors.filter((vector) => vector.responderStatic !== undefined))('NOI-9 the recorded one: $name', (vector) => {
    const { initiatorEphemeral, responderEphemeral, responderStatic } = vector;
    if (responderEphemeral === undefined || responderStatic === undefined) throw new Error('the vector knows both sides');
    const [initiator, ephemeral, rs] = [initiatorEphemeral, responderEphemeral, responderStatic].map(pairOf) as [KeyPair, KeyPair, KeyPair];
    const expected = recompute(initiator, ephemeral, rs, fromHex(vector.certificate));
    expect(toHex(expected.act2)).toBe(vector.act2);
    const { act1, awaiting } = writeAct1(initiator);
    expect(toHex(act1)).toBe(vector.act1);
    const opened = readAct2(awaiting, fromHex(vector.act2));
    expect([toHex(opened.staticKey), toHex(opened.certificate)]).toEqual([responderStatic.encoding, vector.certificate]);
  });

  test('NOI-10 the first cipher is for the initiator to send with, the second for the responder, counters at 0', () => {
    const { act1, awaiting } = writeAct1(e);
    const answer = answerAct1(act1, { ephemeral: re, staticKeyPair, certificate });
    const { transport } = readAct2(awaiting, answer.act2);
    for (const plain of ['aa', 'bb']) {
      expect(answer.transport.receive.decryptWithAd(EMPTY, transport.send.encryptWithAd(EMPTY, fromHex(plain)))).toEqual(fromHex(plain));
      expect(transport.receive.decryptWithAd(EMPTY, answer.transport.send.encryptWithAd(EMPTY, fromHex(plain)))).toEqual(fromHex(plain));
    }
    const toOneself = transport.send.encryptWithAd(EMPTY, EMPTY);
    expect(transport.receive.decryptWithAd(EMPTY, toOneself)).toBeUndefined();
  });

  test('NOI-12 a flipped bit in act 2, in the plain key, the sealed key, the sealed certificate or a tag, is handshake-failed', () => {
    const { act2 } = answerAct1(writeAct1(e).act1, { ephemeral: re, staticKeyPair, certificate });
    for (const position of [0, 31, 32, 63, 64, 100, 127, 128, 143, 144, 180, 217, 218, 233]) {
      const damaged = act2.slice();
      damaged[position] = (damaged[position] as number) ^ 0x10;
      expect(() => readAct2(writeAct1(e).awaiting, damaged), `byte ${position}`).toThrow(PeerError);
    }
  });

  test('NOI-12 the fault says which part did not open', () => {
    const { act2 } = answerAct1(writeAct1(e).act1, { ephemeral: re, staticKeyPair, certificate });
    for (const [position, part] of [
      [100, 'static-key'],
      [200, 'certificate'],
    ] as const) {
      const damaged = act2.slice();
      damaged[position] = (damaged[position] as number) ^ 1;
      expect(() => readAct2(writeAct1(e).awaiting, damaged)).toThrow(`handshake-failed (part ${part})`);
    }
  });

  test('NOI-7 a responder that forgets the empty payload of act 1 is not understood', () => {
    const { awaiting } = writeAct1(e);
    awaiting.symmetric.mixHash(EMPTY);
    const { act2 } = answerAct1(e.encoding, { ephemeral: re, staticKeyPair, certificate });
    expect(() => readAct2(awaiting, act2)).toThrow('handshake-failed');
  });
});

describe('NOI-29 parity', () => {
  const oddAndEven = [true, false].map((odd) => keyWithParity(odd));

  function keyWithParity(odd: boolean): Uint8Array {
    const draws = seededRandom(odd ? 21 : 22);
    for (;;) {
      const secret = draws.bytes(32);
      if (hasOddY(secret) === odd) return secret;
    }
  }

  const positions = [0, 1, 2, 3];
  const combinations = Array.from({ length: 16 }, (_, bits) => positions.map((position) => ((bits >> position) & 1) === 1));

  test.each(combinations)('odd y at ephemeral %s, remote ephemeral %s, static %s, authority %s', (...odd) => {
    const [initiator, ephemeral, rs, signer] = odd.map((isOdd) => oddAndEven[isOdd ? 0 : 1]) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const [ie, ree, rss] = [initiator, ephemeral, rs].map((secret) => keyPairOf(secret, random)) as [KeyPair, KeyPair, KeyPair];
    const order = { authoritySecret: signer, staticKey: rss.encoding, validFrom: NOW_SECONDS, notValidAfter: NOW_SECONDS };
    const signed = issueCertificate(order, random);
    expect(verifies(signed.subarray(10), certificateDigest(signed, rss.encoding), xOfSecret(signer))).toBe(true);
    const { act1, awaiting } = writeAct1(ie);
    const { act2 } = answerAct1(act1, { ephemeral: ree, staticKeyPair: rss, certificate: signed });
    expect(readAct2(awaiting, act2)).toMatchObject({ staticKey: rss.encoding, certificate: signed });
  });
});

test('the authority of these tests is what its secret says', () => {
  expect(toHex(xOfSecret(authority.secret))).toBe(toHex(authority.key));
});
