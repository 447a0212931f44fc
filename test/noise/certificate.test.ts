import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import {
  CLOCK_LEEWAY_SECONDS,
  checkCertificate,
  decodeCertificate,
  encodeCertificate,
  FOREVER,
  issueCertificate,
} from '../../core/noise/certificate.ts';
import { keyPairOf } from '../../core/noise/key-pair.ts';
import { seededRandom } from '../fuzz/random.ts';
import { certificateDigest, verifies } from './oracle.ts';
import { authority, certificateWith, NOW_SECONDS, otherStaticKeyPair, staticKeyPair, stranger } from './pairs.ts';

const against = { authorityKey: authority.key, staticKey: staticKeyPair.encoding, unixSeconds: NOW_SECONDS };
const codeOf = (bytes: Uint8Array, changes: Partial<typeof against> = {}) =>
  checkCertificate(decodeCertificate(bytes), { ...against, ...changes })?.code;

describe('the layout', () => {
  test('NOI-15 is 74 bytes: version, two dates, signature, integers little-endian', () => {
    const signature = Uint8Array.from({ length: 64 }, (_, index) => index);
    const certificate = { version: 0x0102, validFrom: 0x03040506, notValidAfter: 0x0708090a, signature };
    const bytes = encodeCertificate(certificate);
    expect(toHex(bytes)).toBe(`0201060504030a090807${toHex(signature)}`);
    expect(decodeCertificate(bytes)).toEqual(certificate);
    expect(decodeCertificate(certificateWith())).toMatchObject({ version: 0, validFrom: NOW_SECONDS - 3600 });
  });

  test('NOI-19 dates above 2^31 are unsigned', () => {
    const { validFrom, notValidAfter } = decodeCertificate(certificateWith({ validFrom: 0x80000000, notValidAfter: FOREVER }));
    expect([validFrom, notValidAfter]).toEqual([0x80000000, 0xffffffff]);
  });

  test.each([0, 73, 75])('NOI-15 %i bytes are no certificate', (length) => {
    expect(() => decodeCertificate(new Uint8Array(length))).toThrow(RangeError);
  });

  test.each([{ version: 0x10000 }, { validFrom: -1 }, { notValidAfter: 2 ** 32 }, { validFrom: 0.5 }])(
    '%o is refused to be signed',
    (wrong) => {
      expect(() => certificateWith(wrong)).toThrow(RangeError);
    },
  );

  test('decoding copies: the bytes may be used again', () => {
    const bytes = certificateWith();
    const decoded = decodeCertificate(bytes);
    bytes.fill(0);
    expect(decoded.signature.some((byte) => byte !== 0)).toBe(true);
  });
});

describe('the signature', () => {
  test('NOI-16 covers SHA256(version ‖ dates ‖ x of the static key), as an independent BIP 340 verification says', () => {
    const bytes = certificateWith();
    expect(verifies(bytes.subarray(10), certificateDigest(bytes, staticKeyPair.encoding), authority.key)).toBe(true);
  });

  test('NOI-16 any encoding of the same static key will do', () => {
    const encoding = keyPairOf(staticKeyPair.secret, seededRandom(99)).encoding;
    expect(toHex(encoding)).not.toBe(toHex(staticKeyPair.encoding));
    expect(codeOf(certificateWith(), { staticKey: encoding })).toBeUndefined();
  });

  test('NOI-17 SEC-1 by another authority, for another static key, or no signature at all is certificate-wrong-key', () => {
    expect(codeOf(certificateWith({ authoritySecret: stranger.secret }))).toBe('certificate-wrong-key');
    expect(codeOf(certificateWith({ staticKey: otherStaticKeyPair.encoding }))).toBe('certificate-wrong-key');
    expect(codeOf(certificateWith().fill(0, 10))).toBe('certificate-wrong-key');
    expect(codeOf(certificateWith().fill(0xff, 10))).toBe('certificate-wrong-key');
  });

  test('NOI-16 SEC-1 a changed version or date breaks it', () => {
    for (let at = 0; at < 10; at += 1) {
      const bytes = certificateWith();
      bytes[at] = (bytes[at] as number) ^ 1;
      expect(codeOf(bytes)).toBe('certificate-wrong-key');
    }
  });

  test('an authority key that is not on the curve vouches for nothing', () => {
    expect(codeOf(certificateWith(), { authorityKey: fromHex('ff'.repeat(32)) })).toBe('certificate-wrong-key');
  });

  test('SEC-1 a bad signature is named before version and dates: an impostor cannot look like a clock problem', () => {
    const impostor = { authoritySecret: stranger.secret, notValidAfter: 1, version: 7 };
    expect(codeOf(certificateWith(impostor))).toBe('certificate-wrong-key');
  });

  test('issuing draws its auxiliary randomness from the given source', () => {
    const order = { authoritySecret: authority.secret, staticKey: staticKeyPair.encoding, validFrom: 1, notValidAfter: 2 };
    expect(issueCertificate(order, seededRandom(1))).toEqual(issueCertificate(order, seededRandom(1)));
    expect(issueCertificate(order, seededRandom(1))).not.toEqual(issueCertificate(order, seededRandom(2)));
  });
});

describe('the version', () => {
  test.each([1, 2, 0xffff])('NOI-18 SEC-1 %i, signed, is certificate-version', (version) => {
    expect(checkCertificate(decodeCertificate(certificateWith({ version })), against)).toEqual({ code: 'certificate-version', version });
  });
});

describe('the dates', () => {
  const [from, to] = [NOW_SECONDS, NOW_SECONDS + 1000];
  const bytes = certificateWith({ validFrom: from, notValidAfter: to });

  test.each([
    [from - CLOCK_LEEWAY_SECONDS - 1, 'certificate-not-yet-valid'],
    [from - CLOCK_LEEWAY_SECONDS, undefined],
    [from, undefined],
    [to, undefined],
    [to + CLOCK_LEEWAY_SECONDS, undefined],
    [to + CLOCK_LEEWAY_SECONDS + 1, 'certificate-expired'],
    [0, 'certificate-not-yet-valid'],
    [2 ** 33, 'certificate-expired'],
  ])('NOI-17 SEC-38 with our clock at %i: %s', (unixSeconds, code) => {
    expect(codeOf(bytes, { unixSeconds })).toBe(code);
  });

  test('NOI-17 the leeway is 10 seconds', () => {
    expect(CLOCK_LEEWAY_SECONDS).toBe(10);
  });

  test('SEC-1 SEC-38 the failure carries both dates and our clock, so that a wrong clock can be told', () => {
    expect(checkCertificate(decodeCertificate(bytes), { ...against, unixSeconds: 5 })).toEqual({
      code: 'certificate-not-yet-valid',
      validFrom: from,
      notValidAfter: to,
      clock: 5,
    });
  });

  test.each([0, FOREVER - 5, FOREVER])('NOI-19 not_valid_after = 0xffffffff does not wrap under the leeway, clock at %i', (unixSeconds) => {
    expect(codeOf(certificateWith({ validFrom: 0, notValidAfter: FOREVER }), { unixSeconds })).toBeUndefined();
  });

  test('NOI-19 valid_from below the leeway does not wrap either', () => {
    expect(codeOf(certificateWith({ validFrom: 3, notValidAfter: FOREVER }), { unixSeconds: 0 })).toBeUndefined();
  });

  test('a certificate that ends before it begins is never valid beyond the leeway', () => {
    const backwards = certificateWith({ validFrom: to, notValidAfter: from });
    expect(codeOf(backwards, { unixSeconds: from + 500 })).toBe('certificate-expired');
  });
});
