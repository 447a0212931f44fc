/**
 * Where a pool is: the address the person chose, and the one the pool moved us to, if any (COM-14, SEC-21). What fails at the
 * second says nothing against the first, and nothing but the first survives a failure.
 */
import type { Endpoint } from '../ports.ts';
import { isLoopback } from './network-address.ts';
import type { V2Url } from './pool-url.ts';
import { type ReconnectAnswer, ReconnectPolicy, type ReconnectRequest } from './reconnect-policy.ts';

export class PoolPlace {
  readonly #home: Endpoint;
  readonly #keyless: boolean;
  #now: Endpoint;
  /** Known from the first connection on, which is always to the chosen address. */
  #policy: ReconnectPolicy | undefined;

  constructor(url: V2Url) {
    this.#home = { host: url.host, port: url.port };
    this.#keyless = url.authorityKey === undefined;
    this.#now = this.#home;
  }

  get endpoint(): Endpoint {
    return this.#now;
  }

  get isHome(): boolean {
    return this.#now === this.#home;
  }

  /** Without a key nobody can be told from an impostor, so only this machine will do; a move may not lead inside. */
  allows(address: string): boolean {
    if (this.#keyless && !isLoopback(address)) return false;
    return this.isHome || this.#policy === undefined || this.#policy.allows(address);
  }

  connected(address: string): void {
    this.#policy ??= new ReconnectPolicy(address);
  }

  /** Follows a Reconnect or says why not. */
  move(request: Omit<ReconnectRequest, 'from'>, now: number): ReconnectAnswer {
    const answer = this.#policy?.decide({ ...request, from: this.#now }, now) ?? { follow: false, why: 'not-authenticated' };
    if (answer.follow) this.#now = answer.endpoint;
    return answer;
  }

  /** Back to the chosen address. */
  goHome(): void {
    this.#now = this.#home;
  }
}
