/** A fault that stands while the board hashes on: told once when it begins, and that it is over. */
import type { FaultCode } from '../../faults.ts';
import type { DeviceEvent } from '../device.ts';

export class StandingNotice<Fault extends { readonly code: FaultCode }> {
  readonly #tell: (event: DeviceEvent) => void;
  #standing: Fault | undefined;

  constructor(tell: (event: DeviceEvent) => void) {
    this.#tell = tell;
  }

  get standing(): Fault | undefined {
    return this.#standing;
  }

  raise(fault: Fault): void {
    this.#standing = fault;
    this.again();
  }

  /** Whoever keeps faults takes a board that hashes anew for one without. */
  again(): void {
    if (this.#standing !== undefined) this.#tell({ type: 'fault', fault: this.#standing });
  }

  over(): void {
    if (this.#standing === undefined) return;
    const { code } = this.#standing;
    this.#standing = undefined;
    this.#tell({ type: 'fault-over', code });
  }
}
