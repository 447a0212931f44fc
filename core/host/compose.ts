/**
 * The real world put under the miner: files, network, clock, database, devices of this computer. Used by the terminal, the
 * web page and the desktop shell; what differs between them is an option.
 */
import { mkdirSync } from 'node:fs';
import type { Door, SourceSettings } from '../contract.ts';
import { CpuFinder } from '../devices/cpu/cpu-finder.ts';
import type { DeviceFinder } from '../devices/device.ts';
import type { UsbEyes } from '../devices/doctor.ts';
import { UsbFinder } from '../devices/usb-finder.ts';
import { AppError, describe, faultOf } from '../errors.ts';
import { systemClock } from '../io/clock.ts';
import { diskFiles } from '../io/files.ts';
import { type HashWorkersOptions, NodeHashWorkers } from '../io/hash-workers.ts';
import { nodeHttp } from '../io/http.ts';
import { systemRandom } from '../io/random.ts';
import { fileSecrets } from '../io/secrets-file.ts';
import { tcpDialer, tcpListeners } from '../io/tcp.ts';
import { NodeUsbBus } from '../io/usb-bus.ts';
import { systemUsbRule } from '../io/usb-rule.ts';
import { openDoor } from '../miner/door.ts';
import { type Miner, startMiner } from '../miner/miner.ts';
import type { CommandLine } from '../miner/miner-options.ts';
import { workSources } from '../miner/work-sources.ts';
import type { FailoverLimits } from '../pool/failover.ts';
import type { WorkSource } from '../pool/source.ts';
import type { HistoryFailure, HistoryOpener, Log, Secrets, UsbRule } from '../ports.ts';
import type { PracticeOptions } from '../practice/practice.ts';

export interface ComposeOptions {
  /** Folder of settings, history and secrets; made if missing. One Hearth at a time. */
  readonly dataPath: string;
  readonly version: string;
  readonly log: Log;
  readonly commandLine?: CommandLine;
  /** Default: a file of mode 0600 in the data folder. */
  readonly secrets?: Secrets;
  /** Uses boards on USB, and powers those that are not experimental. */
  readonly usb?: boolean;
  /** Finders of other hardware, in place of USB and beside the processor. */
  readonly finders?: readonly DeviceFinder[];
  /** In place of those of USB; for tests. */
  readonly usbEyes?: UsbEyes;
  /** Default: polkit, where it is; for tests. */
  readonly usbRule?: UsbRule;
  readonly hashWorkers?: HashWorkersOptions;
  /** Hashes behind what a chip calls difficulty 1, for benches of emulated boards; default: the network's. */
  readonly difficultyOne?: number;
  /** When the next source is taken and the first one taken back; for tests. */
  readonly failover?: FailoverLimits;
  /** Of the practice chain; for tests. */
  readonly practice?: PracticeOptions;
  /** Another way to make sources; for tests. */
  readonly openSource?: (settings: SourceSettings, secret: string | undefined) => Promise<WorkSource>;
}

export interface Composition {
  readonly miner: Miner;
  readonly door: Door;
  /** Ends cleanly, within the miner's own limits, and frees the data folder. Idempotent. */
  stop(): Promise<void>;
}

/** @throws AppError `already-running`, or `file-not-writable` when the data folder cannot be used */
export async function compose(options: ComposeOptions): Promise<Composition> {
  const { dataPath, version, log, commandLine, difficultyOne } = options;
  makeFolder(dataPath);
  const { history, unlock } = await database(dataPath, log);
  const files = diskFiles();
  const base = { clock: systemClock, random: systemRandom, log, files, version, dataPath };
  const network = { dialer: tcpDialer, http: nodeHttp, listeners: tcpListeners };
  const easier = difficultyOne === undefined ? {} : { difficultyOne };
  const usb = options.usb ? new UsbFinder({ bus: new NodeUsbBus({ clock: systemClock }), clock: systemClock, log, ...easier }) : undefined;
  const finders = options.finders ?? (usb ? [usb] : []);
  const usbEyes = options.usbEyes ?? usb?.eyes;
  const cpu = new CpuFinder({ workers: new NodeHashWorkers(options.hashWorkers), clock: systemClock });
  try {
    const miner = await startMiner({
      ...base,
      secrets: options.secrets ?? fileSecrets(files, `${dataPath}/secrets.json`),
      history,
      finders: [cpu, ...finders],
      ...(usbEyes && { usbEyes }),
      usbRule: options.usbRule ?? systemUsbRule(),
      openSource: options.openSource ?? workSources({ ...base, ...network, ...(options.practice && { practice: options.practice }) }),
      ...easier,
      ...(commandLine && { commandLine }),
      ...(options.failover && { failover: options.failover }),
    });
    const door = openDoor(miner);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= miner.close().finally(() => {
        door.close();
        unlock();
      });
      return stopped;
    };
    return { miner, door, stop };
  } catch (error) {
    unlock();
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError({ code: 'file-not-writable', path, text: String((error as { code?: unknown }).code ?? error) }, 'machine');
  }
}

/** History and lock. Where no SQLite runs (a rare processor), mining goes on without either, and says so. */
async function database(dataPath: string, log: Log): Promise<{ history: HistoryOpener; unlock: () => void }> {
  const path = `${dataPath}/history.db`;
  try {
    const [{ sqliteHistory }, { lockFolder }] = await Promise.all([import('../io/sqlite-history.ts'), import('../io/instance-lock.ts')]);
    return { unlock: lockFolder(dataPath), history: sqliteHistory(path) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const text = describe(faultOf(error));
    log.write('error', 'no-database', { text });
    const open = () => {
      throw new AppError<HistoryFailure>({ code: 'history-not-written', path, text }, 'machine');
    };
    return { unlock: () => {}, history: { open } };
  }
}
