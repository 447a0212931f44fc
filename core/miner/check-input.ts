/** As a person types: what an address or a pool's URL is, or what is wrong with it. */
import { decodeAddress } from '../bitcoin/address.ts';
import type { AddressCheck, SourceSettings, UrlCheck } from '../contract.ts';
import { AppError, faultOf } from '../errors.ts';
import { type FaultCode, isFaultCode } from '../faults.ts';
import { parsePoolUrl } from '../pool/pool-url.ts';

export function checkAddress(text: string): AddressCheck {
  const result = decodeAddress(text);
  if (result.ok) return { ok: true, network: result.address.networks, type: result.address.kind };
  const { fault } = result;
  const position = 'position' in fault ? fault.position : undefined;
  return { ok: false, code: fault.code, ...(position !== undefined && { position }) };
}

export function checkUrl(text: string): UrlCheck {
  try {
    const { protocol, host, port, keyPublished, url } = parsePoolUrl(text);
    return { ok: true, protocol, host, port, keyPublished, url };
  } catch (error) {
    const { code } = faultOf(error);
    const known: FaultCode = isFaultCode(code) ? code : 'url-malformed';
    return { ok: false, code: known };
  }
}

/** What a source's settings can be told wrong for before anything is opened. @throws AppError of that code */
export function checkSource(settings: SourceSettings): void {
  if (settings.kind === 'practice') return;
  const url = checkUrl(settings.url);
  if (!url.ok) throw new AppError({ code: url.code }, 'user');
  if ((settings.kind === 'solo') !== (url.protocol === 'node-rpc')) throw new AppError({ code: 'url-protocol-unknown' }, 'user');
  if (settings.kind === 'pool' && settings.user.trim() === '') throw new AppError({ code: 'user-missing' }, 'user');
  if (settings.kind !== 'solo') return;
  const address = checkAddress(settings.address);
  if (!address.ok) throw new AppError({ code: address.code }, 'user');
}
