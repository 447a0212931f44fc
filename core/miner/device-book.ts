/** What each device did in all runs, practice and real mining apart. Read from the history once, then kept up here. */
import type { DeviceRecordSnapshot } from '../contract.ts';
import type { Share } from '../work/job.ts';
import type { History } from './history.ts';

type Record = { -readonly [K in keyof DeviceRecordSnapshot]: DeviceRecordSnapshot[K] };

export class DeviceBook {
  readonly #history: History;
  readonly #real = new Map<string, Record>();
  readonly #practice = new Map<string, Record>();

  constructor(history: History) {
    this.#history = history;
  }

  /** Reads what earlier runs wrote; call once, before the first share. */
  open(): void {
    for (const practice of [false, true]) {
      const totals = this.#history.read((store) => store.deviceTotals(practice), []);
      for (const { deviceId, ...record } of totals) this.#pages(practice).set(deviceId, { ...record });
    }
  }

  /** The history counts this share by itself when it is put on record. */
  found({ deviceId, difficulty, foundAt }: Share, practice: boolean): void {
    const pages = this.#pages(practice);
    const record = pages.get(deviceId);
    if (!record) return void pages.set(deviceId, { shares: 1, best: difficulty, firstAt: foundAt, lastAt: foundAt });
    record.shares += 1;
    record.best = Math.max(record.best, difficulty);
    record.lastAt = foundAt;
  }

  of(deviceId: string, practice: boolean): DeviceRecordSnapshot | undefined {
    const record = this.#pages(practice).get(deviceId);
    return record && { ...record };
  }

  forget(deviceId: string): void {
    this.#real.delete(deviceId);
    this.#practice.delete(deviceId);
  }

  #pages(practice: boolean): Map<string, Record> {
    return practice ? this.#practice : this.#real;
  }
}
