/**
 * Addresses of every kind and network: base58check (P2PKH, P2SH), bech32 (BIP 173, witness version 0) and bech32m
 * (BIP 350, versions 1 to 16). A mistyped address is an everyday thing: decoding gives a value, never an exception.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { base58, bech32, bech32m, createBase58check } from '@scure/base';
import { concat } from '../bytes.ts';
import { locateBech32Error } from './bech32-hint.ts';
import type { Network } from './network.ts';
import { type Payee, payeeOf, type ScriptKind, scriptOf, witnessPayee } from './script.ts';

export interface Address {
  readonly kind: ScriptKind;
  readonly script: Uint8Array;
  /** Test networks share prefixes, so there may be several. */
  readonly networks: readonly Network[];
}

/** `position`: index of the wrong character, where it can be told. */
export type AddressFailure =
  | { readonly code: 'address-checksum'; readonly position?: number }
  | { readonly code: 'address-malformed'; readonly position?: number }
  | { readonly code: 'address-other-network'; readonly networks: readonly Network[] };

export type AddressResult = { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly fault: AddressFailure };

const MAX_ADDRESS_CHARACTERS = 90; // BIP 173
const HASH160_BYTES = 20;
const base58check = createBase58check(sha256);
const BASE58_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32_ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const testNetworks: readonly Network[] = ['testnet3', 'testnet4', 'signet', 'regtest'];
/** Version byte of base58 addresses. */
const versions: readonly { version: number; kind: 'p2pkh' | 'p2sh'; networks: readonly Network[] }[] = [
  { version: 0x00, kind: 'p2pkh', networks: ['main'] },
  { version: 0x05, kind: 'p2sh', networks: ['main'] },
  { version: 0x6f, kind: 'p2pkh', networks: testNetworks },
  { version: 0xc4, kind: 'p2sh', networks: testNetworks },
];
/** Human-readable part of bech32 addresses. */
const prefixes: readonly { prefix: string; networks: readonly Network[] }[] = [
  { prefix: 'bc', networks: ['main'] },
  { prefix: 'tb', networks: ['testnet3', 'testnet4', 'signet'] },
  { prefix: 'bcrt', networks: ['regtest'] },
];

/** What an address pays to, and on which networks it is valid. White space around it is ignored; other coins' addresses fail. */
export function decodeAddress(text: string): AddressResult {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > MAX_ADDRESS_CHARACTERS) return failed({ code: 'address-malformed' });
  return looksLikeBech32(trimmed) ? decodeBech32(trimmed) : decodeBase58(trimmed);
}

/** As `decodeAddress`; an address that is not of `network` fails with `address-other-network`. */
export function decodeAddressFor(text: string, network: Network): AddressResult {
  const result = decodeAddress(text);
  if (!result.ok || result.address.networks.includes(network)) return result;
  return failed({ code: 'address-other-network', networks: result.address.networks });
}

/** The address of an output script; undefined when it has none. */
export function encodeAddress(script: Uint8Array, network: Network): string | undefined {
  const payee = payeeOf(script);
  if (payee === undefined) return undefined;
  if ('hash' in payee) {
    const entry = versions.find(({ kind, networks }) => kind === payee.kind && networks.includes(network));
    return entry && base58check.encode(concat(Uint8Array.of(entry.version), payee.hash));
  }
  const prefix = prefixes.find(({ networks }) => networks.includes(network))?.prefix;
  const coder = payee.version === 0 ? bech32 : bech32m;
  return prefix && coder.encode(prefix, [payee.version, ...coder.toWords(payee.program)]);
}

/** Base58 has no separator rule, so only a known prefix, or letters that base58 lacks around a `1`, tell bech32. */
function looksLikeBech32(text: string): boolean {
  return (
    /^(bc|tb|bcrt)1/i.test(text) ||
    (/^[a-z]{1,20}1[a-z0-9]{38,}$/i.test(text) && (text === text.toLowerCase() || text === text.toUpperCase()))
  );
}

function decodeBech32(text: string): AddressResult {
  const bad = badBech32Character(text);
  if (bad !== undefined) return failed({ code: 'address-malformed', position: bad });
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return failed({ code: 'address-malformed' });
  const old = bech32.decodeUnsafe(text);
  const decoded = old ?? bech32m.decodeUnsafe(text);
  if (!decoded) return failed(located('address-checksum', locateBech32Error(text)));
  const [version, ...words] = decoded.words;
  if (version === undefined) return failed({ code: 'address-malformed' });
  const known = prefixes.find(({ prefix }) => prefix === decoded.prefix);
  if (known === undefined) return failed({ code: 'address-other-network', networks: [] });
  // BIP 350: version 0 has the old checksum, every later version the new one.
  if ((version === 0) !== (old !== undefined)) return failed({ code: 'address-checksum' });
  const program = bech32.fromWordsUnsafe(words);
  return addressOf(program ? witnessPayee(version, program) : undefined, known.networks);
}

function decodeBase58(text: string): AddressResult {
  const bad = [...text].findIndex((character) => !BASE58_ALPHABET.includes(character));
  if (bad >= 0) return failed({ code: 'address-malformed', position: bad });
  const whole = base58.decode(text);
  if (whole.length !== 1 + HASH160_BYTES + 4) return failed({ code: 'address-malformed' });
  const digest = sha256(sha256(whole.subarray(0, -4)));
  if (!whole.subarray(-4).every((byte, index) => byte === digest[index])) return failed({ code: 'address-checksum' });
  const known = versions.find(({ version }) => version === whole[0]);
  if (known === undefined) return failed({ code: 'address-other-network', networks: [] });
  return addressOf({ kind: known.kind, hash: whole.slice(1, -4) }, known.networks);
}

function addressOf(payee: Payee | undefined, networks: readonly Network[]): AddressResult {
  if (payee === undefined) return failed({ code: 'address-malformed' });
  return { ok: true, address: { kind: payee.kind, script: scriptOf(payee), networks } };
}

function badBech32Character(text: string): number | undefined {
  // Human-readable parts here have no digit, so a second `1` is a typing error in the data.
  const dataAt = text.indexOf('1') + 1;
  const index = [...text.toLowerCase()].findIndex((character, at) => at >= dataAt && !BECH32_ALPHABET.includes(character));
  return index < 0 ? undefined : index;
}

function located(code: 'address-checksum', position: number | undefined): AddressFailure {
  return position === undefined ? { code } : { code, position };
}

function failed(fault: AddressFailure): AddressResult {
  return { ok: false, fault };
}
