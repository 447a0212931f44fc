/**
 * Answers of a node's JSON-RPC, whole and damaged in their bytes or in their fields: each is understood or refused by a
 * code that people can read about, and a template that is taken makes work that pays the person and nobody else.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { parseTransaction } from '../../core/bitcoin/transaction.ts';
import { concat, equal, toHex } from '../../core/bytes.ts';
import { AppError, faultOf } from '../../core/errors.ts';
import { isFaultCode } from '../../core/faults.ts';
import { bestHashOf, chainOf, headerOfNode, selfOf, submitAnswerOf } from '../../core/pool/node-chain.ts';
import { NodeRpc } from '../../core/pool/node-rpc.ts';
import { RUN_BYTES } from '../../core/pool/solo-job.ts';
import { SoloWork } from '../../core/pool/solo-work.ts';
import type { Files, Http } from '../../core/ports.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { mutated } from './mutate.ts';
import type { SeededRandom } from './random.ts';
import { type FuzzTarget, insist } from './target.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const SCRIPT = utf8ToBytes('\0\x14'); // how its output begins
const MOST_TRANSACTIONS = 4;
const MOST_CHANGES = 3;
/** What a field may turn into. */
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  2 ** 31,
  2 ** 53,
  1e300,
  '',
  '00',
  'zz',
  'ff'.repeat(32),
  [],
  {},
  [[[]]],
  { length: 3 },
  '__proto__',
];
const noFiles: Files = { read: refuse, write: refuse, setAside: refuse };

export const rpc: FuzzTarget = {
  name: 'rpc',
  parts: 39,
  async run(random) {
    const result = random.pick(results)(random);
    for (let round = random.below(MOST_CHANGES + 1); round > 0; round -= 1) change(result, random);
    const answer = await asked(answering(result, random));
    if (answer === undefined) return;
    for (const read of [chainOf, selfOf, headerOfNode, bestHashOf, submitAnswerOf]) tried(() => read(answer));
    const work = new SoloWork({ sourceId: 'fuzz', address: ADDRESS, network: 'regtest', run: random.bytes(RUN_BYTES) });
    for (const each of random.oneIn(4) ? [answer, randomTemplate(random), answer] : [answer]) {
      const taken = tried(() => work.take(each, random.below(2 ** 32), 0));
      if (taken) checkWork(work, taken.job, random);
    }
  },
};

/** The wire under NodeRpc: this answer, whole or damaged, with a status that may not fit it. */
function answering(result: unknown, random: SeededRandom): Http {
  const error = random.oneIn(5) ? { code: random.pick([-28, -10, -9, -1, 0.5, 1e9]), message: 'x'.repeat(random.below(400)) } : null;
  const id = random.oneIn(10) ? 2 : 1;
  const text = JSON.stringify({ result, error, id });
  const body = random.oneIn(3) ? Buffer.from(mutated(utf8ToBytes(text), random)).toString('latin1') : text;
  const status = random.pick([200, 200, 200, 500, 404, 401, 403, 503, 302, 0]);
  return { request: () => ({ answer: Promise.resolve({ status, body }), cancel: () => {} }) };
}

/** The result behind it; undefined when it was refused, which it must be by a code of the table. */
async function asked(http: Http): Promise<unknown> {
  const node = new NodeRpc({ http, files: noFiles, url: 'http://127.0.0.1:1', auth: { kind: 'nothing' } });
  try {
    return await node.call('getblocktemplate', []).result;
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    checkRefusal(error);
    return undefined;
  }
}

function checkRefusal(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
  const { code, text = '' } = faultOf(error) as { code: string; text?: string };
  insist(isFaultCode(code), `a sentence stands in the table for ${code}`);
  insist(text.length <= 200, 'a node cannot fill the screen');
}

/** The coinbase pays the whole reward to the address; the block holds together. */
function checkWork(work: SoloWork, job: Job, random: SeededRandom): void {
  const { root } = job;
  insist(root.kind === 'extranonce' && work.template !== undefined, 'solo work has a coinbase');
  const extranonce = random.bytes(root.extranonceSize);
  const { outputs } = parseTransaction(concat(root.coinbasePrefix, root.extranoncePrefix, extranonce, root.coinbaseSuffix));
  const paid = outputs.filter(({ satoshi }) => satoshi > 0n);
  const reward = work.template.coinbaseSatoshi;
  insist(reward === 0n ? paid.length === 0 : paid.length === 1 && paid[0]?.satoshi === reward, 'the whole reward is paid once');
  insist(
    paid.every(({ script }) => equal(script.subarray(0, 2), SCRIPT)),
    'to the person',
  );
  const { version, ntime } = job;
  const share: Share = { id: 1, job, deviceId: '', extranonce, version, ntime, nonce: 1, ...found(random) };
  const { block } = work.judge(share);
  insist(block !== undefined && block.hex.length >= 160 && block.hex.includes(toHex(extranonce)), 'a block is whole');
  insist(
    work.template.transactions.every(({ hex }) => block.hex.includes(hex)),
    'with all its transactions',
  );
}

function found(random: SeededRandom) {
  return { hash: random.bytes(32), difficulty: 1, shareDifficulty: 1, isBlock: true, foundAt: 0 };
}

const results: readonly ((random: SeededRandom) => unknown)[] = [
  randomTemplate,
  randomTemplate,
  (random) => ({ chain: 'main', blocks: random.below(9), headers: 9, bestblockhash: hash(random), initialblockdownload: true }),
  () => ({ subversion: '/x/', connections: 1 }),
  (random) => ({ confirmations: random.below(3) - 1, height: 5 }),
  (random) => hash(random),
  () => null,
];

function randomTemplate(random: SeededRandom): Record<string, unknown> {
  return {
    version: random.pick([0x20000000, -1, 4]),
    rules: ['csv', '!segwit'],
    vbavailable: { x: random.below(32) },
    vbrequired: 0,
    previousblockhash: hash(random),
    transactions: Array.from({ length: random.below(MOST_TRANSACTIONS) }, (_, index) => randomRow(index, random)),
    coinbaseaux: random.oneIn(3) ? { flags: toHex(random.bytes(random.below(34))) } : {},
    coinbasevalue: random.below(2 ** 32),
    longpollid: 'x',
    mintime: random.below(2 ** 32),
    curtime: random.below(2 ** 32),
    bits: toHex(random.bytes(4)),
    height: 1 + random.below(2 ** 31 - 1),
    ...(random.oneIn(2) ? { default_witness_commitment: `6a24aa21a9ed${hash(random)}` } : {}),
  };
}

function randomRow(index: number, random: SeededRandom): Record<string, unknown> {
  const bytes = 60 + random.below(100);
  const depends = random.oneIn(2) && index > 0 ? [1 + random.below(index)] : [];
  return {
    data: toHex(random.bytes(bytes)),
    txid: hash(random),
    hash: hash(random),
    depends,
    fee: random.below(9999),
    sigops: 1,
    weight: bytes * 4,
  };
}

const hash = (random: SeededRandom): string => toHex(random.bytes(32));

/** One field somewhere inside becomes something else, or goes. */
function change(value: unknown, random: SeededRandom): void {
  if (typeof value !== 'object' || value === null) return;
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const holder = value as Record<string, unknown>;
  const key = random.pick(keys);
  const inner = holder[key];
  if (typeof inner === 'object' && inner !== null && !random.oneIn(3)) return change(inner, random);
  if (random.oneIn(4) && !Array.isArray(value)) delete holder[key];
  else holder[key] = structuredClone(random.pick(strange));
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('no file is read here'));
}
