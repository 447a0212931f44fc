/** From a host name to an open stream: resolves, tries the addresses in order, reports each step as it passes. */
import { PeerError } from '../errors.ts';
import type { ByteStream, Dialer, DialFailure, Endpoint } from '../ports.ts';
import type { SourceStep } from './source.ts';

/** A resolver that takes longer is broken. */
const RESOLVE_TIMEOUT_MS = 10_000;
/** For each address; pools are less than a second away. */
const DIAL_TIMEOUT_MS = 10_000;
/** Addresses of one name that are tried before the name counts as down. */
const MOST_ADDRESSES = 4;

export interface DialPlan {
  readonly endpoint: Endpoint;
  /** Numeric addresses that may not be dialled are passed over (SEC-21). */
  readonly allowed: (address: string) => boolean;
  readonly passed: (step: SourceStep, text: string) => void;
  /** Asked after every wait: true ends the attempt. */
  readonly abandoned: () => boolean;
}

/** The stream and the address it leads to; undefined when the attempt was abandoned. @throws AppError<DialFailure> */
export async function dialFirst(dialer: Dialer, plan: DialPlan): Promise<{ stream: ByteStream; address: string } | undefined> {
  const { host, port } = plan.endpoint;
  const resolved = await dialer.resolve(host, RESOLVE_TIMEOUT_MS);
  if (plan.abandoned()) return undefined;
  plan.passed('name', resolved.slice(0, MOST_ADDRESSES).join(', '));
  const addresses = resolved.filter(plan.allowed).slice(0, MOST_ADDRESSES);
  let failure: unknown = new PeerError<DialFailure>({ code: 'host-unreachable', host, port, text: 'only addresses that may not be used' });
  if (addresses.length > 0) plan.passed('address', addresses.join(', '));
  for (const address of addresses) {
    try {
      const stream = await dialer.dial({ host: address, port }, DIAL_TIMEOUT_MS);
      if (plan.abandoned()) return void stream.close();
      plan.passed('tcp', stream.name);
      return { stream, address };
    } catch (error) {
      failure = error;
    }
    if (plan.abandoned()) return undefined;
  }
  throw failure;
}
