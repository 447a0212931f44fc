/**
 * Whether to follow a Reconnect message (COM-14, SEC-21, SEC-23): only from an authenticated session, only to a proper host,
 * never from the internet into a private network, and not over and over. The authority key stays the same whatever it says.
 */
import type { Endpoint } from '../ports.ts';
import { isHost, isNumeric, isPrivate } from './network-address.ts';

/** A pool moves its miners now and then; more often is a loop or an attack. */
export const MOST_MOVES = 3;
export const MOVES_WINDOW_MS = 3_600_000;

export type ReconnectAnswer =
  | { readonly follow: true; readonly endpoint: Endpoint }
  | { readonly follow: false; readonly why: 'not-authenticated' | 'bad-host' | 'private-address' | 'too-often' };

export interface ReconnectRequest {
  /** As it came: '' = same host, 0 = same port. */
  readonly newHost: string;
  readonly newPort: number;
  readonly from: Endpoint;
  readonly authenticated: boolean;
}

export class ReconnectPolicy {
  /** True when the address the person chose is out on the internet. */
  readonly #publicHome: boolean;
  #movedAt: number[] = [];

  /** @param homeAddress numeric address that the chosen name led to */
  constructor(homeAddress: string) {
    this.#publicHome = !isPrivate(homeAddress);
  }

  decide(request: ReconnectRequest, now: number): ReconnectAnswer {
    const host = request.newHost === '' ? request.from.host : request.newHost.toLowerCase();
    const port = request.newPort === 0 ? request.from.port : request.newPort;
    if (!request.authenticated) return { follow: false, why: 'not-authenticated' };
    if (!isHost(host)) return { follow: false, why: 'bad-host' };
    if (!this.allows(host)) return { follow: false, why: 'private-address' };
    this.#movedAt = this.#movedAt.filter((at) => now - at < MOVES_WINDOW_MS);
    if (this.#movedAt.length >= MOST_MOVES) return { follow: false, why: 'too-often' };
    this.#movedAt.push(now);
    return { follow: true, endpoint: { host, port } };
  }

  /** To be asked again with the numeric address that a new name leads to: a public name may hide a private address. */
  allows(address: string): boolean {
    return !this.#publicHome || !(isPrivate(address) || (!isNumeric(address) && /\.(local|lan|home|internal)\.?$/i.test(address)));
  }
}
