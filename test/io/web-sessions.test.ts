import { expect, test } from 'vitest';
import { MAX_SESSIONS, WebSessions } from '../../core/io/web-sessions.ts';

function counting() {
  let draws = 0;
  return {
    bytes: (length: number) => {
      draws += 1;
      return new Uint8Array(length).fill(draws);
    },
  };
}
const cookieOf = (header: string | undefined) => (header as string).split(';')[0] as string;

test('a token opens one session, and only the newest token counts', () => {
  const sessions = new WebSessions(counting());
  const old = sessions.newToken();
  const token = sessions.newToken();
  expect(sessions.exchange(1, old)).toBeUndefined();
  const cookie = cookieOf(sessions.exchange(1, token));
  expect(sessions.exchange(1, token)).toBeUndefined();
  expect(sessions.exchange(1, '')).toBeUndefined();
  expect(sessions.admits(1, `other=1; ${cookie}`)).toBe(true);
});

test('a cookie counts at its own port, whole, and not for its digest', () => {
  const kept: (readonly string[])[] = [];
  const sessions = new WebSessions(counting(), [], (digests) => kept.push(digests));
  const cookie = cookieOf(sessions.exchange(1, sessions.newToken()));
  expect(sessions.admits(2, cookie)).toBe(false);
  expect(sessions.admits(1, cookie.slice(0, -1))).toBe(false);
  expect(sessions.admits(1, `hearth-1=${kept[0]?.[0]}`)).toBe(false);
  expect(sessions.admits(1, undefined)).toBe(false);
});

test('who was signed in before a restart is so after it, when the digests are given back', () => {
  let kept: readonly string[] = [];
  const random = counting();
  const before = new WebSessions(random, [], (digests) => (kept = digests));
  const cookie = cookieOf(before.exchange(1, before.newToken()));
  expect(new WebSessions(random, kept).admits(1, cookie)).toBe(true);
  expect(new WebSessions(random, []).admits(1, cookie)).toBe(false);
});

test('only so many are signed in at once; the oldest goes', () => {
  const sessions = new WebSessions(counting());
  const cookies = Array.from({ length: MAX_SESSIONS + 1 }, () => cookieOf(sessions.exchange(1, sessions.newToken())));
  expect(cookies.map((cookie) => sessions.admits(1, cookie))).toEqual([false, ...Array(MAX_SESSIONS).fill(true)]);
});
