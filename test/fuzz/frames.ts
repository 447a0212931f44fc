/** Encrypted frames, whole and damaged, in any pieces: what comes out is a prefix of what went in, or the line is cut. */
import { concat, equal } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { CipherState } from '../../core/noise/cipher-state.ts';
import { FrameReader, type FrameStart, FrameWriter, MAX_CHUNK_BYTES } from '../../core/noise/secure-frames.ts';
import type { Frame } from '../../core/wire/frame.ts';
import { mutated, pieces } from './mutate.ts';
import type { SeededRandom } from './random.ts';
import { type FuzzTarget, insist } from './target.ts';

interface Sent {
  readonly start: FrameStart;
  readonly payload: Uint8Array;
}

const MOST_FRAMES = 6;

export const frames: FuzzTarget = {
  name: 'frames',
  parts: 20,
  run(random) {
    const key = random.bytes(32);
    const sent = Array.from({ length: 1 + random.below(MOST_FRAMES) }, () => randomFrame(random));
    const writer = new FrameWriter(new CipherState(key));
    const whole = concat(...sent.map(({ start, payload }) => writer.seal(start, payload)));
    const damaged = random.oneIn(3) ? whole : mutated(whole, random);
    const limit = random.oneIn(8) ? random.below(200) : Number.POSITIVE_INFINITY;
    const reader = new FrameReader(new CipherState(key), () => limit);
    const { received, ended } = receiveAll(reader, pieces(damaged, random));
    checkPrefix(received, sent);
    if (equal(damaged, whole) && limit === Number.POSITIVE_INFINITY)
      insist(!ended && received.length === sent.length, 'a whole stream opens');
  },
};

function randomFrame(random: SeededRandom): Sent {
  const bit = random.oneIn(2) ? 'onChannel' : 'offChannel';
  const start = { extension: random.below(0x8000), bit, messageType: random.below(0x100) } as const;
  return { start, payload: random.bytes(randomLength(random)) };
}

/** Mostly short; seldom around the border of a chunk. */
function randomLength(random: SeededRandom): number {
  return random.oneIn(60) ? MAX_CHUNK_BYTES - 2 + random.below(5) : random.below(random.pick([2, 40, 300]));
}

function receiveAll(reader: FrameReader, parts: readonly Uint8Array[]): { received: Frame[]; ended: boolean } {
  const received: Frame[] = [];
  try {
    for (const part of parts) {
      reader.push(part);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) received.push(frame);
    }
    return { received, ended: false };
  } catch (error) {
    if (error instanceof PeerError) return { received, ended: true };
    throw error;
  }
}

function checkPrefix(received: readonly Frame[], sent: readonly Sent[]): void {
  received.forEach(({ header, payload }, index) => {
    const expected = sent[index];
    insist(expected !== undefined, 'no frame comes out that did not go in');
    insist(equal(payload, expected.payload), 'payloads come out as they went in');
    insist(header.extension === expected.start.extension && header.messageType === expected.start.messageType, 'and their headers');
    insist(header.bit === expected.start.bit && header.payloadBytes === payload.length, 'with bit and length');
  });
}
