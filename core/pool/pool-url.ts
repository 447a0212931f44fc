/**
 * Addresses that people paste (specification 4.7; NOI-22, NOI-24, NOI-25): `stratum2+tcp://host:port/KEY`, and the two other
 * kinds that are recognised so that a form can say what they are: `stratum+tcp://` and `http://` of a node.
 */
import { AppError } from '../errors.ts';
import { isPublishedKey, type KeyFailure, parseAuthorityKey, showAuthorityKey } from '../noise/authority-key.ts';
import { isHost, isLoopback } from './network-address.ts';

const MOST_URL_CHARACTERS = 512;
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;
const PLACE = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/;
const KNOWN = { 'stratum2+tcp': 'stratum-v2', 'stratum+tcp': 'stratum-v1', http: 'node-rpc' } as const;

export type UrlFailure =
  | { readonly code: 'url-malformed' | 'url-port-missing' | 'url-key-missing' }
  | { readonly code: 'url-protocol-unknown'; readonly scheme: string };

interface Place {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** As it should be stored and shown. */
  readonly url: string;
}

export interface V2Url extends Place {
  readonly protocol: 'stratum-v2';
  /** 32 bytes. Absent only on loopback: encrypted, not authenticated (NOI-20). */
  readonly authorityKey?: Uint8Array;
  /** Anybody can sign for this key. */
  readonly keyPublished: boolean;
}

export type PoolUrl = V2Url | (Place & { readonly protocol: 'stratum-v1' | 'node-rpc'; readonly keyPublished: false });

/** @throws AppError<UrlFailure | KeyFailure> (the user's); never repeats what was typed, which may hold a password */
export function parsePoolUrl(text: string): PoolUrl {
  const trimmed = text.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (trimmed.length > MOST_URL_CHARACTERS || /[\s\x00-\x1f\x7f\\]/.test(trimmed)) throw refused({ code: 'url-malformed' });
  const [, scheme = '', rest = ''] = SCHEME.exec(trimmed) ?? [];
  if (scheme === '') throw refused({ code: 'url-malformed' });
  const protocol = protocolOf(scheme.toLowerCase());
  const [place = '', path = '', ...more] = rest.split('/');
  if (/[@?#]/.test(rest) || more.some((part) => part !== '')) throw refused({ code: 'url-malformed' });
  const { host, port, shown } = parsePlace(place);
  if (protocol === 'stratum-v2') return parseV2(host, port, shown, path);
  if (path !== '') throw refused({ code: 'url-malformed' });
  return { protocol, host, port, keyPublished: false, url: `${scheme.toLowerCase()}://${shown}` };
}

function parseV2(host: string, port: number, shown: string, key: string): V2Url {
  const start = `stratum2+tcp://${shown}`;
  if (key === '') {
    if (!isLoopback(host)) throw refused({ code: 'url-key-missing' });
    return { protocol: 'stratum-v2', host, port, keyPublished: false, url: start };
  }
  const authorityKey = parseAuthorityKey(key);
  const url = `${start}/${showAuthorityKey(authorityKey)}`;
  return { protocol: 'stratum-v2', host, port, authorityKey, keyPublished: isPublishedKey(authorityKey), url };
}

function protocolOf(scheme: string): PoolUrl['protocol'] {
  if (!Object.hasOwn(KNOWN, scheme)) throw refused({ code: 'url-protocol-unknown', scheme });
  return KNOWN[scheme as keyof typeof KNOWN];
}

function parsePlace(place: string): { host: string; port: number; shown: string } {
  const [whole, bracketed, name, digits] = PLACE.exec(place) ?? [];
  const host = (bracketed ?? name ?? '').toLowerCase();
  if (whole === undefined || !isHost(host) || (bracketed !== undefined) !== host.includes(':')) throw refused({ code: 'url-malformed' });
  if (digits === undefined || digits === '') throw refused({ code: 'url-port-missing' });
  const port = digits.length <= 5 ? Number(digits) : 0;
  if (port < 1 || port > 65_535) throw refused({ code: 'url-malformed' });
  return { host, port, shown: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}

function refused(failure: UrlFailure): AppError<UrlFailure | KeyFailure> {
  return new AppError<UrlFailure | KeyFailure>(failure, 'user');
}
