/** Which hosts are well formed, and which stay on this machine or network. */
import { expect, test } from 'vitest';
import { isHost, isLoopback, isPrivate } from '../../core/pool/network-address.ts';

test.each([
  ['127.0.0.1', true, true],
  ['127.255.255.254', true, true],
  ['localhost', true, true],
  ['::1', true, true],
  ['0:0:0:0:0:0:0:1', true, true],
  ['::ffff:127.0.0.1', true, true],
  ['10.0.0.1', false, true],
  ['172.16.0.1', false, true],
  ['172.31.255.255', false, true],
  ['172.32.0.1', false, false],
  ['192.168.0.1', false, true],
  ['192.169.0.1', false, false],
  ['169.254.1.1', false, true],
  ['100.64.0.1', false, true],
  ['100.128.0.1', false, false],
  ['0.0.0.0', false, true],
  ['224.0.0.1', false, true],
  ['255.255.255.255', false, true],
  ['8.8.8.8', false, false],
  ['::', false, true],
  ['fd12::1', false, true],
  ['fe80::1', false, true],
  ['ff02::1', false, true],
  ['::ffff:10.0.0.1', false, true],
  ['::ffff:a00:1', false, true],
  ['::ffff:8.8.8.8', false, false],
  ['2001:db8::1', false, false],
  ['pool.example', false, false],
])('SEC-21 %s: loopback %s, private %s', (host, loopback, privat) => {
  expect([isHost(host), isLoopback(host), isPrivate(host)]).toEqual([true, loopback, privat]);
});

test('SEC-23 what is no host is none', () => {
  const wrong = [
    '',
    ' ',
    'a b',
    'a..b',
    '.a',
    '-a.b',
    'a-.b',
    '256.1.1.1',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    'a_b-',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '12345::',
    '::1%eth0',
    'x'.repeat(64),
    `${'a.'.repeat(130)}b`,
    'pool\u0000',
    '<b>',
    'a/b',
    'é.fr',
  ];
  expect(wrong.filter(isHost)).toEqual([]);
});

test('proper names are hosts', () => {
  expect(['pool.example', 'pool.example.', 'a', 'xn--bcher-kva.example', 'a_b.example', '3com.example'].every(isHost)).toBe(true);
});
