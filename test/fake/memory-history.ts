/** A history in memory with the rules of the real one, that can refuse to open, write or read as the test says. */
import { toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import type {
  BlockHistory,
  DeviceRecord,
  DeviceTotals,
  HashrateRecord,
  HistoryFailure,
  HistoryOpener,
  HistoryStore,
  HistoryWrite,
  OutageRecord,
  ShareHistory,
} from '../../core/ports.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class MemoryHistory implements HistoryOpener, HistoryStore {
  fault: HistoryFailure['code'] | undefined;
  openFault: HistoryFailure['code'] | undefined;
  setAside: string | undefined;
  opened = 0;
  syncs = 0;
  tidied = 0;
  closed = 0;
  readonly log: HistoryWrite[] = [];
  readonly rows = new Map<string, Mutable<ShareHistory>>();
  readonly blockRows = new Map<string, Mutable<BlockHistory>>();
  readonly outageRows: Mutable<OutageRecord>[] = [];
  readonly deviceRows = new Map<string, DeviceRecord>();
  readonly minutes: HashrateRecord[] = [];
  alive: { at: number; mining: boolean } | undefined;

  open(): { store: HistoryStore; setAside?: string } {
    this.opened += 1;
    if (this.openFault) throw failure(this.openFault);
    const { setAside } = this;
    this.setAside = undefined;
    return { store: this, ...(setAside !== undefined && { setAside }) };
  }

  apply(writes: readonly HistoryWrite[]): void {
    if (this.fault) throw failure(this.fault);
    for (const write of writes) this.#apply(write);
    this.log.push(...writes);
  }

  #apply(write: HistoryWrite): void {
    switch (write.type) {
      case 'share': {
        const key = toHex(write.share.hash);
        if (!this.rows.has(key)) this.rows.set(key, { ...write.share, outcome: 'pending' });
        return;
      }
      case 'answer': {
        const row = this.rows.get(toHex(write.hash));
        if (row) Object.assign(row, { outcome: write.outcome, ...(write.reason !== undefined && { reason: write.reason }) });
        return;
      }
      case 'block':
        this.blockRows.set(toHex(write.block.hash), { ...write.block, outcome: 'pending' });
        return;
      case 'block-answer': {
        const row = this.blockRows.get(toHex(write.hash));
        if (row) row.outcome = write.accepted ? 'accepted' : 'refused';
        return;
      }
      case 'hashrate':
        this.minutes.push(write.delta);
        return;
      case 'outage':
        this.outageRows.push({ ...write.outage });
        return;
      case 'outage-over':
        for (const row of this.outageRows) if (row.about === write.about) row.until ??= write.until;
        return;
      case 'device':
        this.deviceRows.set(write.device.id, write.device);
        return;
      case 'device-forgotten':
        this.deviceRows.delete(write.id);
        return;
      case 'alive':
        this.alive = { at: write.at, mining: write.mining };
        return;
      case 'recover':
        for (const row of this.rows.values()) if (row.outcome === 'pending') row.outcome = 'unanswered';
        return;
    }
  }

  async sync(): Promise<void> {
    this.syncs += 1;
  }

  async tidy(): Promise<void> {
    this.tidied += 1;
  }

  shares(before: number, limit: number): readonly ShareHistory[] {
    if (this.fault) throw failure(this.fault);
    return [...this.rows.values()]
      .filter((row) => row.at < before)
      .sort((a, b) => b.at - a.at)
      .slice(0, limit);
  }

  best(practice: boolean, limit: number): readonly ShareHistory[] {
    const accepted = [...this.rows.values()].filter((row) => row.outcome === 'accepted' && row.practice === practice);
    return accepted.sort((a, b) => b.difficulty - a.difficulty).slice(0, limit);
  }

  blocks(limit: number): readonly BlockHistory[] {
    return [...this.blockRows.values()].slice(0, limit);
  }

  countBlocks(practice: boolean): number {
    return [...this.blockRows.values()].filter((row) => row.practice === practice && row.outcome !== 'refused').length;
  }

  outages(before: number, limit: number): readonly OutageRecord[] {
    return this.outageRows.filter((row) => row.from < before).slice(0, limit);
  }

  hashrate(_: 'minute' | 'hour', from: number): readonly HashrateRecord[] {
    return this.minutes.filter((row) => row.at >= from);
  }

  devices(): readonly DeviceRecord[] {
    return [...this.deviceRows.values()];
  }

  deviceTotals(practice: boolean): readonly DeviceTotals[] {
    const ids = new Set([...this.rows.values()].filter((row) => row.practice === practice).map((row) => row.deviceId));
    return [...ids].map((deviceId) => {
      const rows = [...this.rows.values()].filter((row) => row.deviceId === deviceId && row.practice === practice);
      const times = rows.map(({ at }) => at);
      const best = Math.max(...rows.map(({ difficulty }) => difficulty));
      return { deviceId, shares: rows.length, best, firstAt: Math.min(...times), lastAt: Math.max(...times) };
    });
  }

  lastAlive(): { at: number; mining: boolean } | undefined {
    return this.alive;
  }

  close(): void {
    this.closed += 1;
  }
}

function failure(code: HistoryFailure['code']): AppError<HistoryFailure> {
  return new AppError<HistoryFailure>({ code, path: 'memory', text: 'test' } as HistoryFailure, 'machine');
}
