/** USB as the doctor shows it: whether Hearth looks at all, what is plugged in, what is in its way, and the rule that Linux wants. */
import type { SightSnapshot, UsbSnapshot } from '../contract.ts';
import type { UsbEyes, UsbSight } from '../devices/doctor.ts';
import type { Clock, UsbRule, UsbRuleOutcome } from '../ports.ts';
import { faultSnapshot } from './standing-faults.ts';

/** A home has a few; a bus full of cables must not fill the page. */
const MAX_SIGHTS = 40;
/** Two strings of USB may be 252 characters long; names of boards are short. */
const MAX_SAID = 128;

export interface UsbViewOptions {
  readonly clock: Clock;
  readonly eyes: UsbEyes | undefined;
  readonly rule: UsbRule | undefined;
  onChange(): void;
}

export class UsbView {
  readonly #options: UsbViewOptions;
  /** Since when a fault is in the way, Unix milliseconds, by sight and code. */
  readonly #since = new Map<string, number>();
  #installing: Promise<UsbRuleOutcome> | undefined;

  constructor(options: UsbViewOptions) {
    this.#options = options;
    options.eyes?.onChange(() => options.onChange());
  }

  snapshot(): UsbSnapshot {
    const { eyes, rule } = this.#options;
    const system = rule?.system ?? 'other';
    if (!eyes) return { state: 'off', system, sights: [] };
    const { state, sights } = eyes.now();
    const seen = sights.slice(0, MAX_SIGHTS);
    this.#forgetAllBut(seen);
    return { state, system, sights: seen.map((sight) => this.#show(sight)) };
  }

  /** The system asks once, however often the button is pressed; undefined where there is no rule to install. */
  installRule(): Promise<UsbRuleOutcome> | undefined {
    const { rule } = this.#options;
    if (rule?.system !== 'linux') return undefined;
    this.#installing ??= rule.install().finally(() => {
      this.#installing = undefined;
    });
    return this.#installing;
  }

  #show(sight: UsbSight): SightSnapshot {
    const { key, location, kind, name, deviceId, strings, fault, notices } = sight;
    const says = [strings.manufacturer, strings.product].filter(Boolean).join(' ').slice(0, MAX_SAID);
    const snapshotOf = (failure: NonNullable<UsbSight['fault']>) =>
      faultSnapshot(failure, deviceId ?? 'devices', this.#sinceOf(key, failure.code), 'usb-transfer-failed');
    return {
      key,
      location,
      ids: [sight.vendorId, sight.productId].map((id) => id.toString(16).padStart(4, '0')).join(':'),
      kind,
      ...(says !== '' && { says }),
      ...(strings.serial !== undefined && { serial: strings.serial.slice(0, MAX_SAID) }),
      ...(name !== undefined && { model: name }),
      ...(deviceId !== undefined && { deviceId }),
      ...(fault !== undefined && { fault: snapshotOf(fault) }),
      notices: notices.map(snapshotOf),
    };
  }

  #sinceOf(key: string, code: string): number {
    const id = `${key}\n${code}`;
    const since = this.#since.get(id) ?? this.#options.clock.now();
    this.#since.set(id, since);
    return since;
  }

  #forgetAllBut(sights: readonly UsbSight[]): void {
    const standing = new Set(
      sights.flatMap(({ key, fault, notices }) => [...(fault ? [fault] : []), ...notices].map(({ code }) => `${key}\n${code}`)),
    );
    for (const id of this.#since.keys()) if (!standing.has(id)) this.#since.delete(id);
  }
}
