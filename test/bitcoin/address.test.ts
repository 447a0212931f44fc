import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressResult, decodeAddress, decodeAddressFor, encodeAddress } from '../../core/bitcoin/address.ts';
import { networks } from '../../core/bitcoin/network.ts';
import { scriptOf, witnessPayee } from '../../core/bitcoin/script.ts';
import { fromHex, toHex } from '../../core/bytes.ts';

const script = (result: AddressResult): string => (result.ok ? toHex(result.address.script) : result.fault.code);
const fault = (text: string) => {
  const result = decodeAddress(text);
  return result.ok ? undefined : result.fault;
};

/** BIP 173, as corrected by BIP 350: valid addresses and their scripts. */
test.each([
  ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'p2wpkh', 'main', '0014751e76e8199196d454941c45d1b3a323f1433bd6'],
  [
    'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
    'p2wsh',
    'testnet3',
    '00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262',
  ],
  [
    'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
    'witness-future',
    'main',
    '5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6',
  ],
  ['BC1SW50QGDZ25J', 'witness-future', 'main', '6002751e'],
  ['bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs', 'witness-future', 'main', '5210751e76e8199196d454941c45d1b3a323'],
  [
    'tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy',
    'p2wsh',
    'testnet4',
    '0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433',
  ],
  [
    'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c',
    'p2tr',
    'signet',
    '5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433',
  ],
  [
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    'p2tr',
    'main',
    '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
  ],
] as const)('BIP 350 %s is a %s of %s', (text, kind, network, expected) => {
  const result = decodeAddressFor(text, network);
  expect(result).toMatchObject({ ok: true, address: { kind } });
  expect(script(result)).toBe(expected);
  expect(encodeAddress(fromHex(expected), network)).toBe(text.toLowerCase());
});

/** The coinbase of the first block, and what a regtest node says of its own addresses. */
test.each([
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'p2pkh', 'main', '76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac'],
  ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'p2sh', 'main', 'a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87'],
  ['mz7JYXRdiUQyCjBzefNYVJVPrNP4pwJAHK', 'p2pkh', 'regtest', '76a914cbf14f6c3d5abbb576090247c9027d7b8b09983788ac'],
  ['2N2HmSrWP46SAhzgiysjaeqvBBqp9VieDkZ', 'p2sh', 'testnet4', 'a9146334395098293b057207ad80c4ee1ebc959f430287'],
  ['bcrt1q2pc5fay0k79jd43t9n56cchptk8ycvk9ltat7y', 'p2wpkh', 'regtest', '0014507144f48fb78b26d62b2ce9ac62e15d8e4c32c5'],
  [
    'bcrt1pxxfsvtry0hydqu2873cr4ng7hspcqhr95mn5d7pav2wrj4xgqq4qpp207l',
    'p2tr',
    'regtest',
    '51203193062c647dc8d07147f4703acd1ebc03805c65a6e746f83d629c3954c8002a',
  ],
  ['bc1pfeessrawgf', 'witness-future', 'main', '51024e73'],
] as const)('%s is a %s of %s', (text, kind, network, expected) => {
  expect(decodeAddressFor(text, network)).toMatchObject({ ok: true, address: { kind } });
  expect(script(decodeAddress(text))).toBe(expected);
  expect(encodeAddress(fromHex(expected), network)).toBe(text);
});

/** BIP 350: invalid addresses, with the reason the BIP gives. */
test.each([
  ['tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut', 'human-readable part', 'address-other-network'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd', 'bech32 in place of bech32m', 'address-checksum'],
  ['tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf', 'bech32 in place of bech32m', 'address-checksum'],
  ['BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL', 'bech32 in place of bech32m', 'address-checksum'],
  ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh', 'bech32m in place of bech32', 'address-checksum'],
  ['tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47', 'bech32m in place of bech32', 'address-checksum'],
  ['bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4', 'character in checksum', 'address-malformed'],
  ['BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R', 'witness version', 'address-malformed'],
  ['bc1pw5dgrnzv', 'program of 1 byte', 'address-malformed'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav', 'program of 41 bytes', 'address-malformed'],
  ['BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P', 'program length of version 0', 'address-malformed'],
  ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq', 'mixed case', 'address-malformed'],
  ['bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf', 'padding of more than 4 bits', 'address-malformed'],
  ['tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j', 'padding that is not zero', 'address-malformed'],
  ['bc1gmk9yu', 'empty data', 'address-malformed'],
])('BIP 350 %s is refused: %s', (text, _, code) => {
  expect(fault(text)).toMatchObject({ code });
});

test.each([
  ['', { code: 'address-malformed' }],
  ['not an address', { code: 'address-malformed', position: 3 }],
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0', { code: 'address-malformed', position: 33 }],
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', { code: 'address-checksum' }],
  ['1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf', { code: 'address-malformed' }],
  ['LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9', { code: 'address-other-network', networks: [] }],
  ['ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9', { code: 'address-other-network', networks: [] }],
  ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3tb', { code: 'address-malformed', position: 41 }],
  ['bc1qw508d6qejxtdg4y1r3zarvary0c5xw7kv8f3t4', { code: 'address-malformed', position: 19 }],
  ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', { code: 'address-checksum', position: 41 }],
  ['x'.repeat(91), { code: 'address-malformed' }],
] as const)('%j fails with its reason', (text, expected) => {
  expect(fault(text)).toEqual(expected);
});

test('white space around a pasted address does not matter', () => {
  expect(decodeAddress('  1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n').ok).toBe(true);
});

test('an address of another network names the networks it is for', () => {
  const result = decodeAddressFor('tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx', 'main');
  expect(result).toEqual({ ok: false, fault: { code: 'address-other-network', networks: ['testnet3', 'testnet4', 'signet'] } });
});

test('prefixes that networks share are told as several networks', () => {
  const base58 = decodeAddress('mz7JYXRdiUQyCjBzefNYVJVPrNP4pwJAHK');
  expect(base58.ok && base58.address.networks).toEqual(['testnet3', 'testnet4', 'signet', 'regtest']);
});

const payees = fc.oneof(
  fc
    .record({ kind: fc.constantFrom('p2pkh' as const, 'p2sh' as const), hash: fc.uint8Array({ minLength: 20, maxLength: 20 }) })
    .map(scriptOf),
  fc
    .tuple(fc.integer({ min: 0, max: 16 }), fc.uint8Array({ minLength: 2, maxLength: 40 }))
    .map(([version, program]) => witnessPayee(version, program))
    .filter((payee) => payee !== undefined)
    .map(scriptOf),
);

test('every payable script has an address on every network that leads back to it', () => {
  fc.assert(
    fc.property(payees, fc.constantFrom(...networks), (expected, network) => {
      expect(script(decodeAddressFor(encodeAddress(expected, network) as string, network))).toBe(toHex(expected));
    }),
  );
});

test('one wrong character of a bech32 address is always found', () => {
  const charset = [...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'];
  fc.assert(
    fc.property(payees, fc.nat(), fc.constantFrom(...charset), (expected, nat, wrong) => {
      const address = encodeAddress(expected, 'main') as string;
      fc.pre(address.startsWith('bc1'));
      const position = 4 + (nat % (address.length - 4));
      fc.pre(address[position] !== wrong);
      expect(fault(address.slice(0, position) + wrong + address.slice(position + 1))).toEqual({ code: 'address-checksum', position });
    }),
  );
});

test('scripts without an address have none', () => {
  for (const hex of ['', '6a00', '51', `0015${'00'.repeat(21)}`, '5101ff', `76a914${'00'.repeat(20)}88ad`, `41${'04'.repeat(65)}ac`]) {
    expect(encodeAddress(fromHex(hex), 'main')).toBeUndefined();
  }
});

test('no text at all makes decoding throw', () => {
  fc.assert(fc.property(fc.string({ maxLength: 120 }), (text) => typeof decodeAddress(text).ok === 'boolean'));
  for (const text of ['bc1\u{1f4a9}qqqqqqq', '\u0000', 'BC1\u0130', '\ud800', '1'.repeat(90)]) expect(decodeAddress(text).ok).toBe(false);
});
