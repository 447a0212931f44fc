/**
 * The way of a share through the main loop: from the nonce a device reports to the sealed bytes handed to the stream. The
 * whole miner is on it: check, history in SQLite on a real disk (on record before it is sent), channel, encryption.
 */
import type { Device, DeviceEvent, DeviceIdentity, DeviceSettings, WorkFeed } from '../../core/devices/device.ts';
import { systemClock } from '../../core/io/clock.ts';
import { systemRandom } from '../../core/io/random.ts';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import { type Miner, startMiner } from '../../core/miner/miner.ts';
import type { MiningFromClient, MiningFromServer } from '../../core/sv2/codec.ts';
import { FakeFinder } from '../fake/fake-device.ts';
import { poolSettings } from '../fake/fake-miner.ts';
import { MemorySecrets } from '../fake/faulty-files.ts';
import { MemoryFiles } from '../fake/memory-files.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { temporaryFolder } from '../system/hearth-process.ts';
import { BenchPool } from './bench-pool.ts';
import { CHANNEL_ID } from './bench-work.ts';
import type { Line } from './line.ts';
import { median, percentile99, showMs } from './percentiles.ts';
import { plainLoop } from './plain-loop.ts';

const WARM_UP = 200;
const SAMPLES = 1_000;
/** As many a second as a source lets out. */
const BETWEEN_MS = 12;
const MOST_WAITS = 1_000;

/** Takes about a quarter of a minute. */
export async function sharePath(): Promise<Line[]> {
  return linesOf(await sharePathTimes());
}

interface SharePathTimes {
  readonly samples: readonly number[];
  /** The plain loop's times, one after each sample. */
  readonly plainMs: readonly number[];
}

/** Milliseconds from the nonce to the bytes. @throws Error when a share does not go out */
export async function sharePathTimes(): Promise<SharePathTimes> {
  const folder = temporaryFolder();
  const device = new ReportingDevice();
  let written = 0;
  const onWrite = () => {
    written = performance.now();
  };
  const pool = new BenchPool({ clock: systemClock, channel: 'extended', onMessage: acknowledge, onWrite });
  const miner = await minerOf(folder.path, device, pool);
  try {
    await until(() => miner.job !== undefined);
    return await many(() => {
      const began = device.report();
      if (written < began) throw new Error('a share was not sent');
      return written - began;
    });
  } finally {
    await miner.close();
    folder.remove();
  }
}

async function many(sample: () => number): Promise<SharePathTimes> {
  const samples: number[] = [];
  const warmUp: number[] = [];
  for (let count = 0; count < WARM_UP; count += 1) {
    warmUp.push(sample());
    await wait(BETWEEN_MS);
  }
  const plain = plainLoop(median(warmUp));
  const plainMs: number[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    samples.push(sample());
    plainMs.push(plain());
    await wait(BETWEEN_MS);
  }
  return { samples, plainMs };
}

function linesOf({ samples, plainMs }: SharePathTimes): Line[] {
  const name = 'nonce from a device → share bytes at the stream';
  const common = { against: '', ratio: Number.NaN, goal: 'none', met: 'no goal' } as const;
  return [
    { name: `${name}, median`, measured: showMs(median(samples)), ...common },
    {
      name: `${name}, p99`,
      measured: showMs(percentile99(samples)),
      ...common,
      note: `a plain loop as long as the median: ${showMs(percentile99(plainMs))}`,
    },
  ];
}

function minerOf(dataPath: string, device: Device, pool: BenchPool): Promise<Miner> {
  return startMiner({
    clock: systemClock,
    random: systemRandom,
    log: new QuietLog(),
    files: new MemoryFiles(),
    secrets: new MemorySecrets(),
    history: sqliteHistory(`${dataPath}/history.db`),
    finders: [new FakeFinder(device)],
    openSource: async () => pool.source,
    version: '0.1.0',
    dataPath,
    commandLine: { sources: [poolSettings('bench')], secrets: new Map(), processor: {} },
  });
}

function acknowledge(message: MiningFromClient): MiningFromServer[] {
  if (message.name !== 'SubmitSharesExtended') return [];
  const lastSequenceNumber = message.sequenceNumber;
  return [{ name: 'SubmitSharesSuccess', channelId: CHANNEL_ID, lastSequenceNumber, newSubmitsAcceptedCount: 1, newSharesSum: 0n }];
}

/** Takes new work for each nonce it reports; every hash of this pool is a share. */
class ReportingDevice implements Device {
  readonly identity: DeviceIdentity = {
    id: 'stick',
    kind: 'usb',
    model: 'Bench',
    location: 'bench',
    chips: 1,
    versionMask: 0,
    takes: 'header',
  };
  #feed: WorkFeed | undefined;
  #listener: (event: DeviceEvent) => void = () => {};

  start(feed: WorkFeed, _: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#feed = feed;
    this.#listener = listener;
    listener({ type: 'state', state: { at: 'hashing' } });
    // So slow that the source lets every hash be a share.
    listener({ type: 'expected', hashesPerSecond: 1 });
  }

  /** When the nonce was told. */
  report(): number {
    const work = this.#feed?.next();
    if (work === undefined) throw new Error('there is no work');
    const view = new DataView(work.header.buffer, work.header.byteOffset);
    const found = { work, nonce: 1, version: view.getUint32(0, true), ntime: view.getUint32(68, true) };
    const began = performance.now();
    this.#listener({ type: 'nonce', found });
    return began;
  }

  renew(): void {}

  configure(): void {}

  identify(): boolean {
    return false;
  }

  async stop(): Promise<void> {}
}

async function until(reached: () => boolean): Promise<void> {
  for (let waits = 0; !reached(); waits += 1) {
    if (waits > MOST_WAITS) throw new Error('the miner has no job');
    await wait(1);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
