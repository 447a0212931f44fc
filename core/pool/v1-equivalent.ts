/**
 * What Stratum V1 would have moved for the same work, in bytes of its JSON lines without TCP/IP. Method: the lines that a V1
 * pool and miner exchange are really built from the same jobs and shares (mining.subscribe, configure and authorize with
 * their answers once a connection; set_difficulty when the target changes; mining.notify a job; mining.submit and its answer
 * a share) and their characters counted. Where a channel shows only a merkle root there is no coinbase to build from: a
 * typical one stands in, stated below.
 */
import { difficultyOf } from '../bitcoin/target.ts';
import { equal, toHex } from '../bytes.ts';
import type { Job, Share } from '../work/job.ts';

/** Stand-in for coinbases that are not shown: 12 siblings (some 3,000 transactions), 150 bytes around the extranonce. */
const TYPICAL = { coinb1: '0'.repeat(2 * 60), coinb2: '0'.repeat(2 * 90), branches: new Array<string>(12).fill('0'.repeat(64)) };
const V1_EXTRANONCE2 = '0'.repeat(16);

export class V1Equivalent {
  #in = 0;
  #out = 0;
  #id = 0;
  #target: Uint8Array | undefined;
  readonly #user: string;

  constructor(user: string) {
    this.#user = user;
  }

  /** From the pool to the miner. */
  get bytesIn(): number {
    return this.#in;
  }

  get bytesOut(): number {
    return this.#out;
  }

  connected(): void {
    this.#target = undefined;
    this.#ask('mining.configure', [['version-rolling'], { 'version-rolling.mask': '1fffe000' }]);
    this.#answer({ 'version-rolling': true, 'version-rolling.mask': '1fffe000' });
    this.#ask('mining.subscribe', ['Hearth/0.1.0']);
    this.#answer([[['mining.notify', '00000001']], '00000001', 8]);
    this.#ask('mining.authorize', [this.#user, 'x']);
    this.#answer(true);
  }

  job(job: Job, clean: boolean): void {
    if (this.#target === undefined || !equal(this.#target, job.shareTarget))
      this.#notify('mining.set_difficulty', [difficultyOf(job.shareTarget)]);
    this.#target = job.shareTarget;
    const { coinb1, coinb2, branches } = coinbaseOf(job);
    const times = [job.version, job.nbits, job.ntime].map(hex32);
    this.#notify('mining.notify', [hex32(this.#id), toHex(job.prevHash), coinb1, coinb2, branches, ...times, clean]);
  }

  share(share: Share): void {
    const extranonce2 = share.extranonce.length === 0 ? V1_EXTRANONCE2 : toHex(share.extranonce);
    const rolled = hex32(share.version ^ share.job.version);
    this.#ask('mining.submit', [this.#user, hex32(this.#id), extranonce2, hex32(share.ntime), hex32(share.nonce), rolled]);
  }

  accepted(count: number): void {
    for (let index = 0; index < count; index += 1) this.#answer(true);
  }

  refused(code: string): void {
    this.#in += line({ id: this.#id, result: null, error: [23, code, null] });
  }

  #ask(method: string, params: readonly unknown[]): void {
    this.#id += 1;
    this.#out += line({ id: this.#id, method, params });
  }

  #answer(result: unknown): void {
    this.#in += line({ id: this.#id, result, error: null });
  }

  #notify(method: string, params: readonly unknown[]): void {
    this.#in += line({ id: null, method, params });
  }
}

function coinbaseOf({ root }: Job): { coinb1: string; coinb2: string; branches: readonly string[] } {
  if (root.kind === 'fixed') return TYPICAL;
  return { coinb1: toHex(root.coinbasePrefix), coinb2: toHex(root.coinbaseSuffix), branches: root.merklePath.map(toHex) };
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Bytes of the line; names and codes are ASCII in all but a few cases, so characters stand for bytes. */
function line(value: unknown): number {
  return JSON.stringify(value).length + 1;
}
