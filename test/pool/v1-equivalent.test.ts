/** What Stratum V1 would have moved. */
import { expect, test } from 'vitest';
import { V1Equivalent } from '../../core/pool/v1-equivalent.ts';
import type { Job } from '../../core/work/job.ts';
import { goodShare } from './pool-bench.ts';

const job: Job = {
  key: 'a',
  sourceId: 'a',
  version: 0x20000000,
  versionMask: 0x1fffffe0,
  prevHash: new Uint8Array(32),
  nbits: 0x17034219,
  ntime: 0x5f5e1000,
  receivedAtMs: 0,
  shareTarget: new Uint8Array(32).fill(1),
  root: {
    kind: 'extranonce',
    coinbasePrefix: new Uint8Array(50),
    extranoncePrefix: new Uint8Array(4),
    extranonceSize: 8,
    coinbaseSuffix: new Uint8Array(60),
    merklePath: new Array(12).fill(new Uint8Array(32)),
  },
};

test('a share and its answer are the lines a V1 miner and pool would write', () => {
  const v1 = new V1Equivalent('home.w1');
  v1.share(goodShare(job));
  const submit = '{"id":1,"method":"mining.submit","params":["home.w1","00000001","0101010101010101","5f5e1000","000003e9","00000000"]}\n';
  expect(v1.bytesOut).toBe(submit.length);
  v1.accepted(1);
  expect(v1.bytesIn).toBe('{"id":1,"result":true,"error":null}\n'.length);
  v1.refused('stale');
  expect(v1.bytesIn).toBe('{"id":1,"result":true,"error":null}\n{"id":1,"result":null,"error":[23,"stale",null]}\n'.length);
});

test('a job costs its coinbase and siblings in hex, and the target only when it changes', () => {
  const v1 = new V1Equivalent('home.w1');
  v1.job(job, true);
  const first = v1.bytesIn;
  v1.job(job, false);
  const second = v1.bytesIn - first;
  expect(first - second).toBeGreaterThan('{"id":null,"method":"mining.set_difficulty","params":[]}\n'.length - 2);
  expect(second).toBeGreaterThan(2 * (50 + 60 + 32 + 12 * 32));
  expect(second).toBeLessThan(2 * (50 + 60 + 32 + 12 * 32) + 220);
});

test('a job that shows no coinbase is counted with a typical one', () => {
  const v1 = new V1Equivalent('home.w1');
  v1.job({ ...job, root: { kind: 'fixed', merkleRoot: new Uint8Array(32) } }, true);
  expect(v1.bytesIn).toBeGreaterThan(1000);
});

test('a connection costs its greetings both ways', () => {
  const v1 = new V1Equivalent('home.w1');
  v1.connected();
  expect(v1.bytesOut).toBeGreaterThan(150);
  expect(v1.bytesIn).toBeGreaterThan(100);
});
