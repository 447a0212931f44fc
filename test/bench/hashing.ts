/**
 * Hashes a second of one thread: ours as shipped, ours without the widest
 * kernel, our plainest kernel, the reference miner, a native miner. Runs alternate, so
 * that whatever else the machine does meets all alike; each is counted per second of processor time.
 */
import { hashKernels, hashTrial } from '../../core/devices/cpu/kernels.ts';
import { NodeHashWorkers } from '../../core/io/hash-workers.ts';
import type { HashKernel, HashThread } from '../../core/ports.ts';
import { measurePeer, type Peer } from './hash-peers.ts';
import type { Line } from './line.ts';
import { ownProcessorSeconds } from './processor-time.ts';

const ROUNDS = 3;
const WINDOW_MS = 1_000;
/** After this a thread has looked at its kernels for the last time. */
const SETTLE_MS = 11_000;

type Peers = Record<Peer, (number | string)[]>;

/** A thread of ours and what was measured of it. */
interface Contestant {
  readonly thread: HashThread;
  readonly kernel: () => string;
  readonly rates: number[];
}

/** Takes about a minute. */
export async function hashing(): Promise<Line[]> {
  const ours = await start(hashKernels);
  // What is left where the engine does not join vectors to 256 bits.
  const narrow = await start(hashKernels.slice(0, 2));
  const scalar = await start(hashKernels.slice(0, 1));
  const contestants = [ours, narrow, scalar];
  await wait(SETTLE_MS);
  const peers: Peers = { mining_device: [], minerd: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const peer of ['mining_device', 'minerd'] as const) {
      for (const contestant of contestants) contestant.rates.push(await measure(contestant.thread));
      peers[peer].push(await measurePeer(peer));
    }
  }
  await Promise.all(contestants.map(({ thread }) => thread.stop()));
  return [...peerLines(ours, peers, 'not slower'), ...peerLines(narrow, peers, undefined), scalarLine(ours, scalar)];
}

function peerLines(contestant: Contestant, peers: Peers, goal: string | undefined): Line[] {
  return [
    peerLine(contestant, peers.mining_device, 'the reference mining_device', goal),
    peerLine(contestant, peers.minerd, 'native minerd', undefined),
  ];
}

function peerLine(contestant: Contestant, results: readonly (number | string)[], label: string, goal: string | undefined): Line {
  const rates = results.filter((result) => typeof result === 'number');
  const note = results.find((result) => typeof result === 'string');
  const [rate, other] = [median(contestant.rates), median(rates)];
  const verdict = goal === undefined ? ('no goal' as const) : rate >= other;
  return {
    name: title(contestant),
    measured: show(rate),
    against: rates.length === 0 ? label : `${label} ${show(other)}`,
    ratio: rate / other,
    goal: goal ?? 'none',
    met: rates.length === 0 ? 'not measured' : verdict,
    ...(note === undefined ? {} : { note }),
  };
}

function scalarLine(ours: Contestant, scalar: Contestant): Line {
  const [rate, other] = [median(ours.rates), median(scalar.rates)];
  const against = `our scalar kernel ${show(other)}`;
  return { name: title(ours), measured: show(rate), against, ratio: rate / other, goal: 'faster', met: rate > other };
}

function title({ kernel }: Contestant): string {
  return `hashrate of one thread (kernel ${kernel()})`;
}

/** Resolves when the thread has chosen a kernel for the first time. */
async function start(kernels: readonly HashKernel[]): Promise<Contestant> {
  let kernel = 'none';
  const workers = new NodeHashWorkers({ lowPriority: false });
  const thread = await new Promise<HashThread>((resolve, reject) => {
    const starting = workers.start(kernels, hashTrial, {
      onKernel: (name) => {
        kernel = name;
        resolve(starting);
      },
      onFound: () => {},
      onSearched: () => {},
      onCrash: (text) => reject(new Error(text)),
    });
  });
  return { thread, kernel: () => kernel, rates: [] };
}

/** Hashes per second of processor time while this thread alone has work. */
async function measure(thread: HashThread): Promise<number> {
  thread.assign({ ticket: 1, words: hashTrial.words });
  await wait(WINDOW_MS / 10);
  thread.takeHashes();
  const start = ownProcessorSeconds();
  await wait(WINDOW_MS);
  const rate = thread.takeHashes() / (ownProcessorSeconds() - start);
  thread.assign(undefined);
  return rate;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function show(hashesPerSecond: number): string {
  return `${(hashesPerSecond / 1e6).toFixed(2)} MH/s`;
}
