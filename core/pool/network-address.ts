/**
 * Host names and numeric addresses as text (RFC 1123, RFC 4291, RFC 6890; SEC-21, SEC-23): which are well formed, and which
 * stay on this machine or this network. Nothing here asks a resolver.
 */

const MOST_NAME_CHARACTERS = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;
const IPV6_GROUPS = 8;

/** True for what may be dialled: a host name, an IPv4 or an IPv6 address (without brackets). */
export function isHost(text: string): boolean {
  if (isNumeric(text)) return true;
  const labels = text.replace(/\.$/, '').split('.');
  // A last label of digits only would be a broken IPv4 address, not a name.
  return text.length <= MOST_NAME_CHARACTERS && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) as string);
}

export function isNumeric(text: string): boolean {
  return ipv4(text) !== undefined || ipv6(text) !== undefined;
}

/** This machine: `localhost`, 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  if (/^localhost\.?$/i.test(host)) return true;
  const v4 = embeddedIpv4(host);
  if (v4 !== undefined) return v4[0] === 127;
  return ipv6(host)?.every((group, index) => group === (index === 7 ? 1 : 0)) ?? false;
}

/** Not out on the internet: loopback, private, link-local, carrier and reserved ranges. A name that is not numeric is not. */
export function isPrivate(host: string): boolean {
  if (isLoopback(host)) return true;
  const v4 = embeddedIpv4(host);
  if (v4 !== undefined) return isPrivateIpv4(v4);
  const groups = ipv6(host);
  if (groups === undefined) return false;
  const first = groups[0] as number;
  return groups.every((group) => group === 0) || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || first >= 0xff00;
}

function isPrivateIpv4([a, b]: readonly number[]): boolean {
  const second = b as number;
  if (a === 0 || a === 10 || a === 127) return true;
  if (a === 100) return second >= 64 && second < 128; // carrier-grade NAT
  if (a === 169) return second === 254;
  if (a === 172) return second >= 16 && second < 32;
  if (a === 192) return second === 168;
  return (a as number) >= 224;
}

function ipv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => DECIMAL.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}

/** IPv4, also where it stands inside an IPv6 address (::ffff:a.b.c.d). */
function embeddedIpv4(text: string): number[] | undefined {
  const plain = ipv4(text);
  if (plain !== undefined) return plain;
  const groups = ipv6(text);
  if (groups === undefined || !groups.slice(0, 5).every((group) => group === 0) || groups[5] !== 0xffff) return undefined;
  const [high, low] = groups.slice(6) as [number, number];
  return [high >> 8, high & 0xff, low >> 8, low & 0xff];
}

/** The eight groups. */
function ipv6(text: string): number[] | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsOf);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (halves.length === 1) return head.length === IPV6_GROUPS ? head : undefined;
  const missing = IPV6_GROUPS - head.length - (tail as number[]).length;
  return missing >= 1 ? [...head, ...new Array<number>(missing).fill(0), ...(tail as number[])] : undefined;
}

function groupsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 ? ipv4(part) : undefined;
    if (v4 !== undefined) groups.push(((v4[0] as number) << 8) | (v4[1] as number), ((v4[2] as number) << 8) | (v4[3] as number));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
