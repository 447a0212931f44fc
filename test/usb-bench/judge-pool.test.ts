/** The judges' pool believes a share only when its own hash of its own header says so. */
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { V1PoolSession } from './judge/v1-pool.ts';

const SHIFT = 26;

function session(difficulty = 1) {
  let seed = 1;
  const random = (bytes: number) =>
    Uint8Array.from({ length: bytes }, () => {
      seed = (seed * 75) % 65_537;
      return seed & 0xff;
    });
  const pool = new V1PoolSession({ shift: SHIFT, difficulty, random, now: () => 1_700_000_000 });
  const ask = (method: string, params: unknown[] = []) =>
    pool.receive(JSON.stringify({ id: 7, method, params })).map((line) => JSON.parse(line));
  return { pool, ask };
}

/** A miner of its own: double hash of a header put together from the messages, as the protocol's description has it. */
function mine({ ask }: ReturnType<typeof session>, bits = '00000000', zeroBits = 32 - SHIFT) {
  const [subscribed] = ask('mining.subscribe');
  ask('mining.configure', [['version-rolling'], {}]);
  const [, , notify] = ask('mining.authorize', ['me', 'x']);
  const [id, previous, first, second, , version, nbits, ntime] = notify.params as string[];
  const extranonce2 = '0000002a';
  const root = sha256(sha256(hexToBytes(`${first}${subscribed.result[1]}${extranonce2}${second}`)));
  const header = new Uint8Array(80);
  const view = new DataView(header.buffer);
  view.setUint32(0, Number.parseInt(version as string, 16) | Number.parseInt(bits, 16), true);
  const swapped = hexToBytes(previous as string);
  for (let at = 0; at < 32; at += 4) view.setUint32(4 + at, new DataView(swapped.buffer).getUint32(at), true);
  header.set(root, 36);
  view.setUint32(68, Number.parseInt(ntime as string, 16), true);
  view.setUint32(72, Number.parseInt(nbits as string, 16), true);
  for (let nonce = 0; ; nonce += 1) {
    view.setUint32(76, nonce, true);
    const hash = sha256(sha256(header));
    const top = new DataView(hash.buffer).getUint32(28, true);
    if (Math.clz32(top) >= zeroBits) return ['me', id, extranonce2, ntime, nonce.toString(16).padStart(8, '0'), bits] as string[];
  }
}

test.each(['00000000', '1fffe000', '00a02000'])('a share whose header hashes low enough is good, with version bits %s', (bits) => {
  const made = session();
  expect(made.ask('mining.submit', mine(made, bits))[0].result).toBe(true);
  expect(made.pool.counts).toEqual({ good: 1, low: 0, unknown: 0, repeated: 0 });
});

test('a share is refused when it comes twice, for a job that was never sent, or with one bit changed', () => {
  const made = session();
  const share = mine(made);
  made.ask('mining.submit', share);
  const changed = (place: number, value: string) => share.map((field, index) => (index === place ? value : field));
  const codes = [share, changed(1, 'ff'), changed(2, 'zz'), changed(5, '00002000')].map(
    (params) => made.ask('mining.submit', params)[0].error[0],
  );
  expect(codes).toEqual([22, 21, 21, 23]);
  expect(made.pool.counts).toEqual({ good: 1, low: 1, unknown: 2, repeated: 1 });
});

test('difficulty counts from the test difficulty', () => {
  const made = session(1_000_000);
  expect(made.ask('mining.submit', mine(made))[0].error[0]).toBe(23);
});

test('bits outside the mask do not count', () => {
  const made = session();
  const share = mine(made);
  expect(made.ask('mining.submit', share.with(5, 'e0001fff'))[0].result).toBe(true);
});

test('every third job takes back those before it', () => {
  const { pool } = session();
  const clean = Array.from({ length: 7 }, () => JSON.parse(pool.newJob()).params[8]);
  expect(clean).toEqual([true, false, false, true, false, false, true]);
});
