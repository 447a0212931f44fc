/** Addresses that people paste. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError, faultOf } from '../../core/errors.ts';
import { parsePoolUrl } from '../../core/pool/pool-url.ts';
import { anyText } from '../fake/any-text.ts';
import { KEY } from './pool-bench.ts';

/** The reference implementation's example pair: its secret half is in public. */
const PUBLISHED = '9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72';

function codeOf(text: string): string {
  try {
    parsePoolUrl(text);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).whose).toBe('user');
    return faultOf(error).code;
  }
  return 'accepted';
}

test.each([
  [`stratum2+tcp://pool.example:3333/${KEY}`, 'pool.example', 3333],
  [`  stratum2+tcp://pool.example:3333/${KEY}/\n`, 'pool.example', 3333],
  [`STRATUM2+TCP://Pool.Example:3333/${KEY}`, 'pool.example', 3333],
  [`stratum2+tcp://192.0.2.7:1/${KEY}`, '192.0.2.7', 1],
  [`stratum2+tcp://[2001:db8::7]:65535/${KEY}`, '2001:db8::7', 65_535],
])('NOI-24 %s is read', (text, host, port) => {
  expect(parsePoolUrl(text)).toMatchObject({
    protocol: 'stratum-v2',
    host,
    port,
    keyPublished: false,
    authorityKey: expect.any(Uint8Array),
  });
});

test('NOI-24 the address is kept in one form, however it was typed', () => {
  expect(parsePoolUrl(` STRATUM2+TCP://[2001:DB8::7]:03333/${KEY}/ `).url).toBe(`stratum2+tcp://[2001:db8::7]:3333/${KEY}`);
  expect(parsePoolUrl('stratum+tcp://Pool.Example:3333/').url).toBe('stratum+tcp://pool.example:3333');
});

test('a key whose secret half is public is marked', () => {
  expect(parsePoolUrl(`stratum2+tcp://75.119.150.111:3333/${PUBLISHED}`)).toMatchObject({ keyPublished: true });
});

test('NOI-20 NOI-25 without a key only this machine is allowed', () => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.9.9.9']) {
    const url = parsePoolUrl(`stratum2+tcp://${host}:3333`);
    expect(url).toMatchObject({ protocol: 'stratum-v2' });
    expect(url).not.toHaveProperty('authorityKey');
  }
  for (const host of ['pool.example', '192.168.1.5', '10.0.0.1', '[fd00::1]', '128.0.0.1']) {
    expect([host, codeOf(`stratum2+tcp://${host}:3333`)]).toEqual([host, 'url-key-missing']);
    expect(codeOf(`stratum2+tcp://${host}:3333/`)).toBe('url-key-missing');
  }
});

test('the two other kinds are recognised', () => {
  expect(parsePoolUrl('stratum+tcp://pool.example:3333')).toMatchObject({ protocol: 'stratum-v1', host: 'pool.example', port: 3333 });
  expect(parsePoolUrl('http://127.0.0.1:8332/')).toMatchObject({ protocol: 'node-rpc', host: '127.0.0.1', port: 8332 });
});

test.each([
  ['', 'url-malformed'],
  ['pool.example:3333', 'url-malformed'],
  ['stratum2+tcp:pool.example:3333', 'url-malformed'],
  [`stratum2+tcp://pool.example/${KEY}`, 'url-port-missing'],
  [`stratum2+tcp://pool.example:/${KEY}`, 'url-port-missing'],
  [`stratum2+tcp://pool.example:0/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://pool.example:65536/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://pool.example:33 33/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://user@pool.example:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://user:pass@pool.example:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://pool.example:3333/${KEY}?x=1`, 'url-malformed'],
  [`stratum2+tcp://pool.example:3333/${KEY}#x`, 'url-malformed'],
  [`stratum2+tcp://pool.example:3333/${KEY}/more`, 'url-malformed'],
  [`stratum2+tcp://pool\u0000.example:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://pool.exa\nmple:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://pööl.example:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://2001:db8::7:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://[pool.example]:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://[2001:db8:::7]:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://256.1.1.1:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://-pool.example:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://:3333/${KEY}`, 'url-malformed'],
  [`stratum2+tcp://${'a'.repeat(600)}:3333/${KEY}`, 'url-malformed'],
  ['stratum+ssl://pool.example:3333', 'url-protocol-unknown'],
  ['https://127.0.0.1:8332', 'url-protocol-unknown'],
  ['constructor://127.0.0.1:8332', 'url-protocol-unknown'],
  ['http://user:pass@127.0.0.1:8332', 'url-malformed'],
  ['http://127.0.0.1', 'url-port-missing'],
  ['stratum+tcp://pool.example:3333/x', 'url-malformed'],
])('NOI-22 NOI-24 %s is refused: %s', (text, code) => {
  expect(codeOf(text)).toBe(code);
});

test('NOI-22 a mistake in the key is named', () => {
  const at = (key: string) => codeOf(`stratum2+tcp://pool.example:3333/${key}`);
  expect(at(`${KEY.slice(0, -1)}${KEY.endsWith('1') ? '2' : '1'}`)).toBe('key-checksum');
  expect(at(`${KEY.slice(0, -1)}0`)).toBe('key-malformed');
  expect(at('u95GEReVMjK6k5YqiSFNqqTnKU4ypU2Wm8awa6tmbmDmk1bWt')).toBe('key-old-form');
});

const addressLike = fc
  .tuple(
    fc.constantFrom('http', 'https', 'stratum+tcp', 'stratum2+tcp', 'STRATUM2+TCP', ''),
    fc.constantFrom('pool.example', '127.0.0.1', '[::1]', 'alice:hunter2@pool.example', 'p%6fol.example', ''),
    fc.integer({ min: -1, max: 70_000 }),
    fc.oneof(fc.constantFrom('', KEY, `${KEY}?a=b#c`), anyText()),
  )
  .map(([scheme, host, port, path]) => `${scheme}://${host}:${port}/${path}`);

test('no text makes it fail without a code, and none is repeated in the fault', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anyText(),
        addressLike,
        fc.string().map((text) => `stratum2+tcp://${text}`),
      ),
      (text) => {
        return /^(url|key)-|^accepted$/.test(codeOf(text));
      },
    ),
  );
  try {
    parsePoolUrl('http://alice:hunter2@127.0.0.1:8332');
  } catch (error) {
    expect(JSON.stringify(faultOf(error))).not.toContain('hunter2');
  }
});
