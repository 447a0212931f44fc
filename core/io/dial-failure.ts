/** What a system error on the way to a host means, as a coded failure of core/ports.ts. Shared by TCP and HTTP. */
import type { DialFailure, Endpoint } from '../ports.ts';

/** The system's code inside an error; of a bundle of attempts the most telling one (a refusal says: the host is there). */
export function systemCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const codes = error.errors.map(systemCode);
    return codes.find((code) => code === 'ECONNREFUSED') ?? (codes[0] as string);
  }
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Maps a failed connection attempt to its code; `timeoutMs` is what the caller was willing to wait. */
export function dialFailure(error: unknown, { host, port }: Endpoint, timeoutMs: number): DialFailure {
  const code = systemCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'EAI_NODATA') return { code: 'name-not-found', host };
  if (code === 'ECONNREFUSED') return { code: 'connection-refused', host, port };
  if (code === 'ETIMEDOUT') return { code: 'dial-timeout', host, port, timeoutMs };
  return { code: 'host-unreachable', host, port, text: code || (error instanceof Error ? error.message : String(error)) };
}
