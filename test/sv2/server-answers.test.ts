import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerExtensions } from '../../core/sv2/extensions-answer.ts';
import { answerSetup } from '../../core/sv2/setup-answer.ts';
import { shareAcks } from '../../core/sv2/share-acks.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

test('COM-3 COM-10 whatever is offered: version 2 inside the range or an error, with exactly the unsupported flags', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), u16, u16, u32, u32, (protocol, minVersion, maxVersion, flags, supportedFlags) => {
      const answer = answerSetup({ protocol, minVersion, maxVersion, flags }, { protocol: 0, supportedFlags, serverFlags: 1 });
      const good = protocol === 0 && minVersion <= 2 && 2 <= maxVersion && (flags & ~supportedFlags) === 0;
      expect(answer.ok).toBe(good);
      if (answer.ok) expect(answer).toEqual({ ok: true, usedVersion: 2, flags: 1 });
      else if (answer.errorCode === 'unsupported-feature-flags') expect(answer.flags).toBe((flags & ~supportedFlags) >>> 0);
      else expect(answer.flags).toBe(0);
    }),
  );
});

test('a server that refuses everybody says so with its code', () => {
  const policy = { protocol: 0, supportedFlags: 0, serverFlags: 0, refusal: 'closed-today' };
  expect(answerSetup({ protocol: 0, minVersion: 2, maxVersion: 2, flags: 0 }, policy)).toEqual({
    ok: false,
    flags: 0,
    errorCode: 'closed-today',
  });
});

test('EXT-2 Success exactly when something is supported and nothing required is missing', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 5 });
  fc.assert(
    fc.property(ids, ids, ids, (requested, supported, required) => {
      const answer = answerExtensions(requested, { supported, required });
      const common = supported.filter((id) => requested.includes(id));
      expect(answer.ok).toBe(common.length > 0 && required.every((id) => requested.includes(id)));
      if (answer.ok) expect(answer.supported).toEqual(common);
      else {
        expect(answer.unsupported).toEqual(requested.filter((id) => !supported.includes(id)));
        expect(answer.required).toEqual(required.filter((id) => !requested.includes(id)));
      }
    }),
  );
});

test('POOL-8 batches hold every share once, in order, and sums are rounded down', () => {
  const acks = shareAcks(() => ({ batch: 3, withinMs: 1_000 }));
  expect(acks.flush()).toBeUndefined();
  const given = [0.5, 0.7, 0.9].map((difficulty, index) => {
    acks.accept(index + 10, difficulty, 0);
    return acks.due(0);
  });
  expect(given).toEqual([undefined, undefined, { lastSequenceNumber: 12, newSubmitsAcceptedCount: 3, newSharesSum: 2n }]);
  expect(acks.deadline).toBe(Number.POSITIVE_INFINITY);
});

test('an acknowledgement is due when the oldest share has waited long enough', () => {
  const acks = shareAcks(() => ({ batch: 100, withinMs: 1_000 }));
  acks.accept(1, 1, 500);
  acks.accept(2, 1, 1_400);
  expect(acks.deadline).toBe(1_500);
  expect(acks.due(1_499)).toBeUndefined();
  expect(acks.due(1_500)).toEqual({ lastSequenceNumber: 2, newSubmitsAcceptedCount: 2, newSharesSum: 2n });
});

test('a policy that changes governs the shares that wait', () => {
  const policy = { batch: 10, withinMs: 60_000 };
  const acks = shareAcks(() => policy);
  acks.accept(1, 1, 0);
  policy.batch = 2;
  acks.accept(2, 1, 1);
  expect(acks.due(1)).toMatchObject({ newSubmitsAcceptedCount: 2 });
});
