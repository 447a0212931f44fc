/**
 * What a host did to a device beyond finding out what it is: class and vendor requests, bytes, reads of its pipes, a second
 * configuration. A program that must leave a stranger alone leaves this empty. The kernel's own driver touches it too, when it
 * binds: a test looks at what is added after that.
 */
import type { Setup, Transfer } from './usb-device.ts';

export type Touch =
  | { readonly kind: 'control'; readonly setup: Setup; readonly data: Uint8Array }
  | { readonly kind: 'out'; readonly endpoint: number; readonly data: Uint8Array }
  /** A read was asked for: somebody has opened the port. */
  | { readonly kind: 'in'; readonly endpoint: number };

const STANDARD = 0;
const RECIPIENT_ENDPOINT = 2;
const requests = { clearFeature: 1, setFeature: 3, setDescriptor: 7, setConfiguration: 9, setInterface: 11 };
/** Kept one by one; a host that mines goes on for ever, and only its count matters then. */
const KEPT = 256;

export class TouchRecord {
  readonly #kept: Touch[] = [];
  #isConfigured = false;
  /** All of them, kept or not. */
  count = 0;

  /** The first ones since `clear`. */
  get kept(): readonly Touch[] {
    return this.#kept;
  }

  clear(): void {
    this.#kept.length = 0;
    this.count = 0;
  }

  /** Plugged in: the next configuration belongs to the enumeration. What was done before stays written down. */
  plugIn(): void {
    this.#isConfigured = false;
  }

  note(transfer: Transfer): void {
    const { endpoint, setup, data } = transfer;
    const isPipe = (endpoint & 0x7f) !== 0;
    if (!isPipe && (setup === undefined || this.#isEnumeration(setup))) return;
    this.count += 1;
    if (this.#kept.length === KEPT) return;
    if (setup !== undefined && !isPipe) this.#kept.push({ kind: 'control', setup, data: data.slice() });
    else this.#kept.push(endpoint & 0x80 ? { kind: 'in', endpoint } : { kind: 'out', endpoint, data: data.slice() });
  }

  /** Descriptors, states, the first configuration, and the device's power management. */
  #isEnumeration({ requestType, request, value }: Setup): boolean {
    if ((requestType & 0x60) !== STANDARD) return false;
    if (request === requests.clearFeature || request === requests.setFeature) return (requestType & 0x1f) !== RECIPIENT_ENDPOINT;
    if (request !== requests.setConfiguration) return request !== requests.setInterface && request !== requests.setDescriptor;
    const isFirst = !this.#isConfigured;
    this.#isConfigured = value !== 0;
    return isFirst;
  }
}
