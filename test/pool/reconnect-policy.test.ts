/** Whether a pool that wants to move its miners is followed. */
import { expect, test } from 'vitest';
import { MOST_MOVES, MOVES_WINDOW_MS, ReconnectPolicy } from '../../core/pool/reconnect-policy.ts';

const from = { host: 'pool.example', port: 3333 };
const ask = (newHost: string, newPort = 0, authenticated = true) => ({ newHost, newPort, from, authenticated });

test('COM-14 an empty host is the same host, port 0 the same port', () => {
  const policy = new ReconnectPolicy('8.8.8.8');
  expect(policy.decide(ask('', 0), 0)).toEqual({ follow: true, endpoint: from });
  expect(policy.decide(ask('', 4444), 0)).toEqual({ follow: true, endpoint: { host: 'pool.example', port: 4444 } });
  expect(policy.decide(ask('B.pool.example', 0), 0)).toEqual({ follow: true, endpoint: { host: 'b.pool.example', port: 3333 } });
});

test('SEC-21 only an authenticated session is followed', () => {
  expect(new ReconnectPolicy('8.8.8.8').decide(ask('b.example', 1, false), 0)).toEqual({ follow: false, why: 'not-authenticated' });
});

test.each(['127.0.0.1', 'localhost', '::1', '192.168.1.1', '10.1.1.1', '169.254.0.1', 'router.local', 'nas.lan', '::ffff:10.0.0.1'])(
  'SEC-21 a pool on the internet does not lead to %s',
  (host) => {
    expect(new ReconnectPolicy('8.8.8.8').decide(ask(host, 1), 0)).toEqual({ follow: false, why: 'private-address' });
    expect(new ReconnectPolicy('192.168.1.9').decide(ask(host, 1), 0)).toMatchObject({ follow: true });
  },
);

test('SEC-21 a public name that leads to a private address is found out when it is resolved', () => {
  expect(new ReconnectPolicy('8.8.8.8').allows('10.0.0.1')).toBe(false);
  expect(new ReconnectPolicy('8.8.8.8').allows('9.9.9.9')).toBe(true);
});

test('SEC-21 SEC-23 what is no host is not followed', () => {
  for (const host of ['a b', 'x\u0000', '<b>', '-', 'http://x', '256.1.1.1']) {
    expect(new ReconnectPolicy('8.8.8.8').decide(ask(host, 1), 0)).toEqual({ follow: false, why: 'bad-host' });
  }
});

test('SEC-21 a loop is left after a few moves, and forgiven after the hour', () => {
  const policy = new ReconnectPolicy('8.8.8.8');
  for (let move = 0; move < MOST_MOVES; move += 1) expect(policy.decide(ask('b.example'), move)).toMatchObject({ follow: true });
  expect(policy.decide(ask('b.example'), 10)).toEqual({ follow: false, why: 'too-often' });
  expect(policy.decide(ask('b.example'), MOVES_WINDOW_MS)).toMatchObject({ follow: true });
});
