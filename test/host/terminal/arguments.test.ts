import { expect, test } from 'vitest';
import { parseArguments } from '../../../core/host/terminal/arguments.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));
const ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';

test('help and version are understood in both spellings, whatever else is there', () => {
  for (const line of ['--help', '-h', '--headless -h --practice']) expect(parse(line)).toEqual({ do: 'help' });
  for (const line of ['--version', '-v']) expect(parse(line)).toEqual({ do: 'version' });
});

test('practice, with the processor’s settings', () => {
  expect(parse('--headless --practice --threads 2 --duty 0.5 --shares 3 --json --data /tmp/x')).toMatchObject({
    do: 'run',
    headless: true,
    source: { kind: 'practice' },
    threads: 2,
    dutyCycle: 0.5,
    shares: 3,
    json: true,
    dataPath: '/tmp/x',
  });
});

test('boards on USB are used unless somebody says no', () => {
  expect(parse('')).toMatchObject({ usb: true });
  expect(parse('--headless --no-usb')).toMatchObject({ usb: false });
  expect(parse('--usb')).toMatchObject({ do: 'wrong' });
});

test('a pool with its user, extended unless standard is asked for', () => {
  const source = { kind: 'pool', url: 'stratum2+tcp://h:1/K', user: 'me', channel: 'extended' };
  expect(parse('--headless --pool stratum2+tcp://h:1/K --user me')).toMatchObject({ source });
  expect(parse('--headless --pool stratum2+tcp://h:1/K --user me --channel standard')).toMatchObject({ source: { channel: 'standard' } });
});

test('an own node with cookie or user, never a password on the command line', () => {
  expect(parse(`--headless --solo http://h:1 --address ${ADDRESS} --cookie /c`)).toMatchObject({
    source: { kind: 'solo', cookiePath: '/c' },
  });
  expect(parse(`--headless --solo http://h:1 --address ${ADDRESS} --rpc-user me --rpc-password-file /p`)).toMatchObject({
    source: { rpcUser: 'me' },
    passwordPath: '/p',
  });
  expect(parse(`--headless --solo http://h:1 --address ${ADDRESS} --rpc-password secret`)).toMatchObject({ do: 'wrong' });
});

test('headless alone mines what was set up', () => {
  expect(parse('--headless')).toMatchObject({ do: 'run', headless: true, source: undefined });
});

test.each([
  ['--headless --practice --solo http://h:1', /--practice and --solo/],
  ['--headless --pool x', /--pool needs --user/],
  ['--headless --pool x --user', /--user/],
  ['--headless --pool x --user y --channel group', /standard or extended/],
  [`--headless --solo x --address ${ADDRESS} --cookie c --rpc-user r`, /--cookie and --rpc-user/],
  ['--headless --cookie c', /--cookie needs --solo/],
  ['--headless --practice --threads 0', /1 to 256/],
  ['--headless --practice --threads 1e2', /1 to 256/],
  ['--headless --practice --duty 1.01', /0\.05 to 1/],
  ['--headless --practice --duty nan', /0\.05 to 1/],
  ['--headless --practice --shares -1', /./],
  ['--headless --practice --unknown', /unknown/i],
  ['--headless more', /more/],
])('%s is refused in one sentence', (line, text) => {
  const request = parse(line);
  expect(request).toMatchObject({ do: 'wrong', text: expect.stringMatching(text) });
  expect((request as { text: string }).text).toMatch(/^[^\n]+\.$/);
});

test('an empty value is refused as if it were missing', () => {
  expect(parseArguments(['--headless', '--pool', 'x', '--user', ' '])).toMatchObject({ do: 'wrong' });
  expect(parseArguments(['--headless', '--practice', '--data', ''])).toMatchObject({ do: 'wrong' });
});
