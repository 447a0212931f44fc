/** One log line of an event and its facts; pure. What looks like a secret is blanked, should one ever get this far. */
import type { LogLevel } from '../ports.ts';

/** A fact is evidence, not an archive. */
const MAX_FACT_LENGTH = 400;
const MAX_LINE_LENGTH = 4_000;
/** Names that facts with secrets would have. `authorityKey` is public and stays. */
const SECRET_NAME = /pass|secret|cookie(?!path)|token|authori[sz]ation|private|mnemonic|seed/i;
/** `user:password@` inside addresses, a node's cookie, a basic authorisation header. */
const SECRET_TEXTS = [/(?<=\/\/)[^/\s@]+@/g, /__cookie__:\S+/g, /\bBasic\s+[A-Za-z0-9+/=]{8,}/g];

/** `2026-11-20T10:00:00.000Z warn source-waiting code=dial-timeout host=pool.example`, one line, no newline. */
export function logLine(unixMs: number, level: LogLevel, event: string, facts: Readonly<Record<string, unknown>> = {}): string {
  const words = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${SECRET_NAME.test(name) ? '***' : showFact(value)}`);
  return [new Date(unixMs).toISOString(), level, event.replace(/\s/g, '-'), ...words].join(' ').slice(0, MAX_LINE_LENGTH);
}

function showFact(value: unknown): string {
  const text = blank(typeof value === 'string' ? value : plain(value)).slice(0, MAX_FACT_LENGTH);
  if (/^[^\s"=\p{C}]+$/u.test(text)) return text;
  // Quoted and escaped where a reader, or a forged line break, could be misled.
  return JSON.stringify(text).replace(/[\p{C}\u2028\u2029]/gu, (odd) => `\\u{${odd.codePointAt(0)?.toString(16)}}`);
}

function plain(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Error) return value.message;
  const keep = (name: string, part: unknown): unknown => {
    if (SECRET_NAME.test(name)) return '***';
    return typeof part === 'bigint' ? part.toString() : part;
  };
  try {
    return JSON.stringify(value, keep) ?? '';
  } catch {
    return 'unprintable';
  }
}

function blank(text: string): string {
  return SECRET_TEXTS.reduce((clean, secret) => clean.replace(secret, '***'), text);
}
