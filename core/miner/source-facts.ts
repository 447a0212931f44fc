/** What can be told of a source from its settings alone: place, protocol, privacy, and its place in failover. */
import type { SourceSettings } from '../contract.ts';
import { showAuthorityKey } from '../noise/authority-key.ts';
import type { FailoverSource } from '../pool/failover.ts';
import { isLoopback } from '../pool/network-address.ts';
import { type PoolUrl, parsePoolUrl } from '../pool/pool-url.ts';
import type { SourceProof } from '../pool/source.ts';
import type { Endpoint } from '../ports.ts';

export function failoverSourceOf(settings: SourceSettings): FailoverSource {
  // A node's own work is built and checked here, so nobody on the way to it can redirect the reward.
  const readable = settings.kind === 'pool' && parsed(settings.url)?.protocol === 'stratum-v1';
  return { id: settings.id, readable, practice: settings.kind === 'practice' };
}

/** Proof of a source that is not connected. */
export function proofBefore(settings: SourceSettings): SourceProof {
  const nothing = { bytesIn: 0, bytesOut: 0 };
  if (settings.kind === 'practice') return { protocol: 'stratum-v2', endpoint: 'this computer', privacy: 'authenticated', ...nothing };
  const url = parsed(settings.url);
  const endpoint = url ? show(url) : '';
  const privacy = url && isLoopback(url.host) ? 'local' : 'plain';
  if (settings.kind === 'solo') return { protocol: 'node-rpc', endpoint, privacy, ...nothing };
  if (url?.protocol !== 'stratum-v2') return { protocol: 'stratum-v1', endpoint, privacy: 'plain', ...nothing };
  const { authorityKey, keyPublished } = url;
  if (!authorityKey) return { protocol: 'stratum-v2', endpoint, privacy: 'encrypted', ...nothing };
  const proven = keyPublished ? 'encrypted' : 'authenticated';
  return { protocol: 'stratum-v2', endpoint, privacy: proven, authorityKey: showAuthorityKey(authorityKey), ...nothing };
}

/** Undefined for what a person has not typed right; the source itself says what is wrong. */
function parsed(url: string): PoolUrl | undefined {
  try {
    return parsePoolUrl(url);
  } catch {
    return undefined;
  }
}

function show({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
