/**
 * The smallest Stratum V1 pool that is worth a judge's trust: invents jobs, rebuilds the header of every share from nothing but what
 * it sent and what came back, and hashes it. For judging programs and emulators at a test difficulty; it shares no code with Hearth.
 * One session is one connection, lines in, lines out, no I/O.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

export interface V1PoolOptions {
  /** Powers of two by which difficulty 1 is easier than on the network. */
  readonly shift: number;
  readonly difficulty: number;
  random(bytes: number): Uint8Array;
  /** Seconds of the clock on the wall. */
  now(): number;
}

export interface ShareCounts {
  good: number;
  /** The header does not hash to what was asked for. */
  low: number;
  /** The job was never sent, or the message makes no sense. */
  unknown: number;
  repeated: number;
}

interface Job {
  readonly previous: Uint8Array;
  readonly ntime: number;
}

const VERSION = 0x2000_0000;
const MASK = 0x1fff_e000;
/** As hard as a real block: a program that thinks it has found one stops and starts everything. */
const NBITS = 0x1703_4219;
/** Its script is 03aabbcc and both extranonces, twelve bytes: some programs parse it. */
const COINBASE = [
  `01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0c03aabbcc`,
  `ffffffff0100f2052a010000001976a914${'00'.repeat(20)}88ac00000000`,
] as const;
const EXTRANONCE_BYTES = 4;
/** Difficulty 1. */
const TARGET_ONE = 0xffffn << 208n;
/** Every third job takes back those before. */
const CLEAN_EVERY = 3;
const reject = { unknown: [21, 'unknown job', null], repeated: [22, 'repeated', null], low: [23, 'low difficulty', null] } as const;

const word = (value: number) => value.toString(16).padStart(8, '0');
const littleEndian = (value: number) => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
const doubleHash = (bytes: Uint8Array) => sha256(sha256(bytes));

export class V1PoolSession {
  readonly counts: ShareCounts = { good: 0, low: 0, unknown: 0, repeated: 0 };
  readonly #options: V1PoolOptions;
  readonly #extranonce: string;
  readonly #jobs = new Map<string, Job>();
  readonly #seen = new Set<string>();
  #mask = 0;

  constructor(options: V1PoolOptions) {
    this.#options = options;
    this.#extranonce = bytesToHex(options.random(EXTRANONCE_BYTES));
  }

  /** The answers to one line. @throws SyntaxError when it is not JSON. */
  receive(line: string): readonly string[] {
    const { id, method, params } = JSON.parse(line) as { id: unknown; method: string; params: unknown[] };
    const answer = (result: unknown, error: unknown = null) => JSON.stringify({ id, result, error });
    switch (method) {
      case 'mining.subscribe':
        return [answer([[['mining.notify', '1']], this.#extranonce, EXTRANONCE_BYTES])];
      case 'mining.configure':
        this.#mask = MASK;
        return [answer({ 'version-rolling': true, 'version-rolling.mask': word(MASK) })];
      case 'mining.authorize':
        return [answer(true), message('mining.set_difficulty', [this.#options.difficulty]), this.newJob()];
      case 'mining.submit': {
        const verdict = this.#judge(params.map(String));
        this.counts[verdict] += 1;
        return [verdict === 'good' ? answer(true) : answer(null, reject[verdict])];
      }
      default:
        return [answer(null)];
    }
  }

  /** One more job, as a message. */
  newJob(): string {
    const id = (this.#jobs.size + 1).toString(16);
    const job = { previous: this.#options.random(32), ntime: Math.floor(this.#options.now()) };
    this.#jobs.set(id, job);
    const isClean = this.#jobs.size % CLEAN_EVERY === 1;
    const previous = bytesToHex(wordsSwapped(job.previous));
    return message('mining.notify', [id, previous, ...COINBASE, [], word(VERSION), word(NBITS), word(job.ntime), isClean]);
  }

  #judge([, jobId = '', extranonce2 = '', ntime = '', nonce = '', bits = '0']: readonly string[]): keyof ShareCounts {
    const job = this.#jobs.get(jobId);
    if (job === undefined || !/^[0-9a-f]{8}$/i.test(extranonce2)) return 'unknown';
    const name = [jobId, extranonce2, ntime, nonce, bits].join(' ').toLowerCase();
    if (this.#seen.has(name)) return 'repeated';
    this.#seen.add(name);
    const root = doubleHash(hexToBytes(`${COINBASE[0]}${this.#extranonce}${extranonce2}${COINBASE[1]}`));
    const version = VERSION | (Number.parseInt(bits, 16) & this.#mask);
    const rest = [Number.parseInt(ntime, 16), NBITS, Number.parseInt(nonce, 16)].map(littleEndian);
    const hash = doubleHash(concatBytes(littleEndian(version), job.previous, root, ...rest));
    const value = BigInt(`0x${bytesToHex(hash.reverse())}`) >> BigInt(this.#options.shift);
    return value * BigInt(this.#options.difficulty) <= TARGET_ONE ? 'good' : 'low';
  }
}

function message(method: string, params: readonly unknown[]): string {
  return JSON.stringify({ id: null, method, params });
}

/** Stratum V1 sends this one field with the bytes of each word in reverse. */
function wordsSwapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, index) => bytes[(index & ~3) + 3 - (index & 3)] as number);
}
