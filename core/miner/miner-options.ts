/** What a host gives the miner: the world's ports, its devices, and how its sources are made. */
import type { DeviceSettingsEntry, SourceSettings } from '../contract.ts';
import type { DeviceFinder } from '../devices/device.ts';
import type { UsbEyes } from '../devices/doctor.ts';
import type { FailoverLimits } from '../pool/failover.ts';
import type { WorkSource } from '../pool/source.ts';
import type { Clock, Files, HistoryOpener, Log, Random, Secrets, UsbRule } from '../ports.ts';

export interface MinerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly files: Files;
  readonly secrets: Secrets;
  readonly history: HistoryOpener;
  readonly finders: readonly DeviceFinder[];
  /** Absent: Hearth was started without USB. */
  readonly usbEyes?: UsbEyes;
  readonly usbRule?: UsbRule;
  /** Makes a source, not yet started. @throws AppError when its settings cannot work */
  openSource(settings: SourceSettings, secret: string | undefined): Promise<WorkSource>;
  readonly version: string;
  /** Folder of settings and history, as shown to people. */
  readonly dataPath: string;
  /** Sources of the command line are mined at once, and the saved settings stay as they are. */
  readonly commandLine?: CommandLine;
  /** Default: `FAILOVER_LIMITS`. */
  readonly failover?: FailoverLimits;
  /** Hashes behind what a chip calls difficulty 1, for benches of emulated boards; default: the network's. */
  readonly difficultyOne?: number;
}

export interface CommandLine {
  /** Undefined: the saved ones. */
  readonly sources: readonly SourceSettings[] | undefined;
  /** By source id. */
  readonly secrets: ReadonlyMap<string, string>;
  /** For this computer's processor. */
  readonly processor: Pick<DeviceSettingsEntry, 'threads' | 'dutyCycle'>;
}
