import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { last, miningPair, openExtended, openStandard, setupMessage } from './server-pair.ts';

const CASES = 30;
const MOST_PAYLOAD = 120;

const payload = fc.uint8Array({ minLength: 1, maxLength: MOST_PAYLOAD });
const type = fc.oneof(fc.constantFrom(0x00, 0x10, 0x13, 0x16, 0x18, 0x1a, 0x1b, 0x22), fc.integer({ min: 0, max: 255 }));
const extension = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2, 0x4000) });
const frames = fc.array(fc.record({ type, payload, extension }), { minLength: 1, maxLength: 12 });

test('SEC-4 SEC-5 SEC-6 SEC-7 whatever frames arrive, the machine neither throws nor accepts a share nor leaks a prefix', () => {
  fc.assert(
    fc.property(frames, (said) => {
      const client = miningPair();
      client.say(setupMessage());
      client.say(openExtended());
      client.say(openStandard());
      for (const frame of said) if (client.end === undefined) client.sayRaw(frame.type, frame.payload, frame.extension);
      expect(client.events.filter(({ type: event }) => event === 'share-accepted')).toEqual([]);
      expect(client.server.isOver).toBe(client.end !== undefined);
      if (client.end === undefined) expect(last(client.say(openExtended()), 'SetNewPrevHash').jobId).toBeGreaterThan(0);
      client.server.release();
      expect(client.server.channels.size).toBe(0);
    }),
    { numRuns: CASES },
  );
});
