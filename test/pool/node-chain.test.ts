/** Whether one may mine on what a node says of its chain. */
import { expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { bestHashOf, chainOf, headerOfNode, networkOf, submitAnswerOf, whyNotYet } from '../../core/pool/node-chain.ts';

const said = {
  chain: 'main',
  blocks: 100,
  headers: 900_000,
  bestblockhash: '00'.repeat(32),
  verificationprogress: 0.1234,
  initialblockdownload: true,
};

test.each([
  ['main', 'main'],
  ['test', 'testnet3'],
  ['testnet4', 'testnet4'],
  ['signet', 'signet'],
  ['regtest', 'regtest'],
  ['liquidv1', undefined],
  ['constructor', undefined],
])('chain %s is network %s', (chain, network) => {
  expect(networkOf(chainOf({ ...said, chain }))).toBe(network);
});

test('a node that catches up is waited for, with its progress', () => {
  expect(whyNotYet(chainOf(said), 'main')).toEqual({
    code: 'node-syncing',
    text: 'block 100 of 900000',
    blocks: 100,
    headers: 900_000,
    percent: '12.3',
  });
});

test.each([
  ['a node that has caught up', { initialblockdownload: false }, 'main', false],
  ['a fresh regtest chain', { blocks: 0, headers: 0 }, 'regtest', false],
  ['a signet that stands still', { blocks: 5, headers: 5 }, 'signet', false],
  ['a signet that is behind', { blocks: 5, headers: 9 }, 'signet', true],
  ['a test network that stands still', { blocks: 5, headers: 5 }, 'testnet4', true],
] as const)('%s', (_, change, network, waits) => {
  expect(whyNotYet(chainOf({ ...said, ...change }), network) !== undefined).toBe(waits);
});

test.each([
  ['getblockchaininfo', () => chainOf({ ...said, blocks: -1 })],
  ['getblockchaininfo', () => chainOf('main')],
  ['getbestblockhash', () => bestHashOf('xyz')],
  ['getblockheader', () => headerOfNode({ confirmations: -2, height: 1 })],
  ['submitblock', () => submitAnswerOf({})],
])('nonsense from %s is a bad answer', (method, read) => {
  const fault = (() => {
    try {
      return read();
    } catch (error) {
      return faultOf(error);
    }
  })() as { code: string; text: string };
  expect(fault.code).toBe('node-answer-bad');
  expect(fault.text.startsWith(method)).toBe(true);
});
