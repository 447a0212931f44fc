/**
 * The whole miner in this process with its real drivers, boards emulated in another thread, and a pool in another process:
 * the processor time of this thread is Hearth's, and that of handing transfers to the other thread.
 */
import type { DeviceSnapshot } from '../../core/contract.ts';
import { UsbFinder } from '../../core/devices/usb-finder.ts';
import { systemClock } from '../../core/io/clock.ts';
import { systemRandom } from '../../core/io/random.ts';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import { tcpDialer } from '../../core/io/tcp.ts';
import { type Miner, startMiner } from '../../core/miner/miner.ts';
import { parsePoolUrl, type V2Url } from '../../core/pool/pool-url.ts';
import type { WorkSource } from '../../core/pool/source.ts';
import { V2Pool } from '../../core/pool/v2-pool.ts';
import type { ByteStream, Dialer } from '../../core/ports.ts';
import { poolSettings } from '../fake/fake-miner.ts';
import { MemorySecrets } from '../fake/faulty-files.ts';
import { MemoryFiles } from '../fake/memory-files.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { temporaryFolder } from '../system/hearth-process.ts';
import type { BoardName } from '../usb-bench/emulators/boards.ts';
import { PoolProcess } from './pool-process.ts';
import { UsbWire, type WireWatch } from './usb-wire.ts';

/** Difficulty 1 is so many times easier, 2^21: a thread has time for boards of tens of terahashes. */
const SHIFT = 21;
const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

export interface HouseWatch extends WireWatch {
  /** Bytes for the pool are handed to the socket now. */
  onPoolWrite?(): void;
  /** Bytes of the pool are handed over to the miner by calling `deliver`; `tip` tells the prevhash that it works on. */
  onPoolBytes?(deliver: () => void, tip: () => Uint8Array | undefined): void;
}

export interface UsbHouse {
  readonly wire: UsbWire;
  readonly miner: Miner;
  devices(): readonly DeviceSnapshot[];
  close(): Promise<void>;
}

/** Resolves when all boards hash at their speed. @throws Error when they do not in time */
export async function openUsbHouse(names: readonly BoardName[], poolArgs: readonly string[], watch: HouseWatch = {}): Promise<UsbHouse> {
  const pool = await PoolProcess.start(poolArgs);
  const folder = temporaryFolder();
  const wire = await UsbWire.start(names, SHIFT, watch);
  let running: Miner | undefined;
  const miner = await minerOf(folder.path, pool.url, wire, watch, () => running?.job?.prevHash);
  running = miner;
  const close = async () => {
    await miner.close();
    await wire.stop();
    await pool.stop();
    folder.remove();
  };
  const devices = () => miner.fleet.snapshots(false);
  const house: UsbHouse = { wire, miner, devices, close };
  try {
    await until(() => devices().filter(({ state, ...one }) => state === 'hashing' && atSpeed(one)).length === names.length);
    return house;
  } catch (error) {
    const told = devices().map(({ id, state, detail, fault }) => `${id} ${state} ${detail ?? ''} ${fault?.code ?? ''}`);
    await close();
    throw new Error(`${(error as Error).message}: ${told.join('; ') || 'no devices'}`);
  }
}

/** Its clock was led up to the one it is to run at. */
function atSpeed({ frequencyMhz, frequency, settings }: Omit<DeviceSnapshot, 'state'>): boolean {
  const wanted = frequency?.profiles[settings.profile ?? 'stock'];
  return wanted === undefined || frequencyMhz === undefined || frequencyMhz >= wanted * 0.95;
}

type Tip = () => Uint8Array | undefined;

function minerOf(dataPath: string, url: string, wire: UsbWire, watch: HouseWatch, tip: Tip): Promise<Miner> {
  const log = new QuietLog();
  const common = { clock: systemClock, log };
  const difficultyOne = 2 ** (32 - SHIFT);
  return startMiner({
    ...common,
    random: systemRandom,
    files: new MemoryFiles(),
    secrets: new MemorySecrets(),
    history: sqliteHistory(`${dataPath}/history.db`),
    // A finder each: boards that start one after the other would take minutes.
    finders: wire.buses.map((bus) => new UsbFinder({ ...common, bus, difficultyOne })),
    difficultyOne,
    openSource: async () => sourceOf(url, watch, tip),
    version: '0.1.0',
    dataPath,
    commandLine: { sources: [poolSettings('bench')], secrets: new Map(), processor: {} },
  });
}

function sourceOf(url: string, watch: HouseWatch, tip: Tip): WorkSource {
  return new V2Pool({
    id: 'bench',
    url: parsePoolUrl(url) as V2Url,
    user: 'bench',
    channel: 'extended',
    dialer: watched(watch, tip),
    clock: systemClock,
    random: systemRandom,
    log: new QuietLog(),
    version: '0.1.0',
    network: 'main',
  });
}

function watched({ onPoolWrite, onPoolBytes }: HouseWatch, tip: Tip): Dialer {
  const seen = (stream: ByteStream): ByteStream => ({
    name: stream.name,
    get queuedBytes() {
      return stream.queuedBytes;
    },
    write(bytes) {
      onPoolWrite?.();
      stream.write(bytes);
    },
    close: () => stream.close(),
    listen(listener) {
      const onBytes = (bytes: Uint8Array) => (onPoolBytes ? onPoolBytes(() => listener.onBytes(bytes), tip) : listener.onBytes(bytes));
      stream.listen({ onBytes, onEnd: (end) => listener.onEnd(end) });
    },
  });
  return {
    resolve: (host, limitMs) => tcpDialer.resolve(host, limitMs),
    dial: async (endpoint, limitMs) => seen(await tcpDialer.dial(endpoint, limitMs)),
  };
}

async function until(reached: () => boolean): Promise<void> {
  for (const began = performance.now(); !reached(); await wait(LOOK_EVERY_MS))
    if (performance.now() - began > START_LIMIT_MS) throw new Error('the boards do not hash');
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
