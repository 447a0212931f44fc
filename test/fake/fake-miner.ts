/** A whole miner over fakes: sources and devices in the test's hand, files and history in memory. */
import type { EventEntry, Settings, Snapshot, SourceSettings } from '../../core/contract.ts';
import type { Device } from '../../core/devices/device.ts';
import { type OpenDoor, openDoor } from '../../core/miner/door.ts';
import { type Miner, startMiner } from '../../core/miner/miner.ts';
import type { MinerOptions } from '../../core/miner/miner-options.ts';
import { defaultSettings } from '../../core/miner/settings.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeFinder } from './fake-device.ts';
import { FakeSource } from './fake-source.ts';
import { FaultyFiles, MemorySecrets } from './faulty-files.ts';
import { MemoryHistory } from './memory-history.ts';
import { seededRandom } from './seeded-random.ts';

/** A generated key; its secret half was thrown away. */
export const TEST_KEY = '9cPvJWH2fCPMCK3waLqCvPuiwAxcQaYjxskj4A154HChJRMB6rF';

export function poolSettings(id: string, more: Partial<Extract<SourceSettings, { kind: 'pool' }>> = {}): SourceSettings {
  return {
    kind: 'pool',
    id,
    name: `Pool ${id}`,
    url: `stratum2+tcp://127.0.0.1:3333/${TEST_KEY}`,
    user: 'user.worker',
    channel: 'extended',
    ...more,
  };
}

export interface FakeMinerOptions {
  readonly settings?: Partial<Settings>;
  readonly devices?: readonly Device[];
  readonly commandLine?: MinerOptions['commandLine'];
  readonly files?: FaultyFiles;
  readonly history?: MemoryHistory;
  readonly secrets?: MemorySecrets;
  readonly clock?: FakeClock;
  readonly usbEyes?: NonNullable<MinerOptions['usbEyes']>;
  readonly usbRule?: NonNullable<MinerOptions['usbRule']>;
}

export interface FakeMiner {
  readonly miner: Miner;
  readonly door: OpenDoor;
  readonly clock: FakeClock;
  readonly files: FaultyFiles;
  readonly history: MemoryHistory;
  readonly secrets: MemorySecrets;
  readonly finder: FakeFinder;
  /** Every source that was opened, newest last, and the secret it was opened with. */
  readonly opened: { source: FakeSource; secret: string | undefined; settings: SourceSettings }[];
  readonly events: EventEntry[];
  /** The newest source of this id. */
  source(id: string): FakeSource;
  snapshot(): Snapshot;
}

export const SETTINGS_PATH = '/data/settings.json';

export async function fakeMiner(options: FakeMinerOptions = {}): Promise<FakeMiner> {
  const { clock = new FakeClock(), files = new FaultyFiles(), history = new MemoryHistory(), secrets = new MemorySecrets() } = options;
  if (options.settings) files.texts.set(SETTINGS_PATH, JSON.stringify({ ...defaultSettings(), ...options.settings }));
  const finder = new FakeFinder(...(options.devices ?? []));
  const opened: FakeMiner['opened'] = [];
  const miner = await startMiner({
    clock,
    random: seededRandom(),
    log: { write: () => {} },
    files,
    secrets,
    history,
    finders: [finder],
    version: '1.2.3',
    dataPath: '/data',
    ...(options.usbEyes && { usbEyes: options.usbEyes }),
    ...(options.usbRule && { usbRule: options.usbRule }),
    ...(options.commandLine && { commandLine: options.commandLine }),
    async openSource(settings, secret) {
      const source = new FakeSource(settings.id);
      opened.push({ source, secret, settings });
      return source;
    },
  });
  const door = openDoor(miner);
  const events: EventEntry[] = [];
  miner.events.listen((event) => events.push(event));
  await clock.settle();
  return {
    miner,
    door,
    clock,
    files,
    history,
    secrets,
    finder,
    opened,
    events,
    source(id) {
      const found = opened.findLast(({ source }) => source.id === id);
      if (!found) throw new Error(`source ${id} was not opened`);
      return found.source;
    },
    snapshot() {
      let latest: Snapshot | undefined;
      door.watch(
        (snapshot) => {
          latest ??= snapshot;
        },
        () => {},
      )();
      return latest as Snapshot;
    },
  };
}
