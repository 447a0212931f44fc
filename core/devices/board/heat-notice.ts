/** Tells that heat slows a board down: once when it begins, and that it is over. */
import type { DeviceEvent } from '../device.ts';
import type { Verdict } from './thermal-policy.ts';

export type HeatNoticeFault = {
  readonly code: 'device-throttled';
  readonly part: string;
  readonly tempC: number;
  readonly limitC: number;
};

export class HeatNotice {
  readonly #tell: (event: DeviceEvent) => void;
  #standing: HeatNoticeFault | undefined;

  constructor(tell: (event: DeviceEvent) => void) {
    this.#tell = tell;
  }

  throttled({ part, tempC, limitC }: Extract<Verdict, { kind: 'throttle' }>): void {
    this.#standing = { code: 'device-throttled', part, tempC, limitC };
    this.again();
  }

  /** Whoever counts faults takes a board that hashes anew for one without. */
  again(): void {
    if (this.#standing !== undefined) this.#tell({ type: 'fault', fault: this.#standing });
  }

  over(): void {
    if (this.#standing === undefined) return;
    this.#standing = undefined;
    this.#tell({ type: 'fault-over', code: 'device-throttled' });
  }
}
