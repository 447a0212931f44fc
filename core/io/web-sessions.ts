/**
 * Who may use the local page: one-time tokens turned into session cookies, all random, all bounded. Of a session only its
 * digest is kept, so that the list may be written to a file and given back after a restart: open pages then go on.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports.ts';

const SECRET_BYTES = 24; // 192 bits: not to be guessed
/** Browsers signed in at once; the oldest goes first. */
export const MAX_SESSIONS = 16;

export class WebSessions {
  readonly #random: Random;
  readonly #onChange: (digests: readonly string[]) => void;
  #digests: readonly string[];
  #token = '';

  /** `digests`: of an earlier run, oldest first. `onChange` gets them all after each sign-in. */
  constructor(random: Random, digests: readonly string[] = [], onChange: (digests: readonly string[]) => void = () => {}) {
    this.#random = random;
    this.#digests = digests.slice(-MAX_SESSIONS);
    this.#onChange = onChange;
  }

  /** A fresh token; the one before it is void. */
  newToken(): string {
    this.#token = this.#secret();
    return this.#token;
  }

  /** A `Set-Cookie` value for a valid token, which is then used up; undefined for any other. */
  exchange(port: number, token: string): string | undefined {
    if (this.#token === '' || !same(token, this.#token)) return undefined;
    this.#token = '';
    const session = this.#secret();
    this.#digests = [...this.#digests, digestOf(session)].slice(-MAX_SESSIONS);
    this.#onChange(this.#digests);
    return `${cookieName(port)}=${session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether the `Cookie` header carries a session of ours. */
  admits(port: number, header: string | undefined): boolean {
    const values = (header ?? '').split(';').map((part) => part.trim().split('='));
    const value = values.find(([name]) => name === cookieName(port))?.[1];
    if (value === undefined) return false;
    const digest = digestOf(value);
    return this.#digests.some((known) => same(digest, known));
  }

  #secret(): string {
    return Buffer.from(this.#random.bytes(SECRET_BYTES)).toString('base64url');
  }
}

function digestOf(session: string): string {
  return createHash('sha256').update(session).digest('base64url');
}

/** Cookies ignore ports, so two Hearths on one machine need two names. */
function cookieName(port: number): string {
  return `hearth-${port}`;
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
