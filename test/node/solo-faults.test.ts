/** What can be wrong with a node or with what was typed, each named by its code, on a real node. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { NodeAuth } from '../../core/pool/node-rpc.ts';
import { gbtRequest } from '../../core/templates/from-gbt.ts';
import { Bitcoind, cookieFiles, freePort } from './bitcoind.ts';
import type { SoloMiner } from './solo-miner.ts';
import { describeWithNode } from './with-node.ts';
import { soloOn } from './world.ts';

const MAIN_ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const TEST_ADDRESS = 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx';

await describeWithNode('faults of a real node', (root) => {
  let node: Bitcoind;
  let miners: SoloMiner[] = [];
  const nodes: Bitcoind[] = [];
  const mineOn = (on: Bitcoind, change: Parameters<typeof soloOn>[1] = {}): SoloMiner => {
    const miner = soloOn(on, change);
    miners.push(miner);
    return miner;
  };

  beforeAll(async () => {
    node = await Bitcoind.start({ root });
  });
  afterEach(async () => {
    await Promise.all(miners.map(({ source }) => source.stop(0)));
    miners = [];
    await Promise.all(nodes.splice(0).map((other) => other.remove()));
  });
  afterAll(() => node?.remove());

  test.each<[string, NodeAuth, string]>([
    ['a wrong password', { kind: 'password', user: 'me', password: 'wrong' }, 'password'],
    ['no password at all', { kind: 'nothing' }, 'nothing'],
  ])('%s is named, and not tried again', async (_, auth, by) => {
    const miner = mineOn(node, { auth });
    expect(await miner.stateIs('refused')).toMatchObject({ step: 'setup', fault: { code: 'node-unauthorised', status: 401, by } });
    expect(JSON.stringify(miner.events)).not.toContain('wrong');
  });

  test('a cookie file that is not there is named with its path', async () => {
    const path = `${node.cookiePath}-nowhere`;
    const miner = mineOn(node, { auth: { kind: 'cookie', path } });
    expect(await miner.stateIs('waiting')).toMatchObject({ fault: { code: 'cookie-not-readable', path, text: 'file-not-found' } });
  });

  test('an old cookie is named, and the new one is taken as soon as it is there', async () => {
    let cookie = '__cookie__:0000000000000000000000000000000000000000000000000000000000000000';
    const miner = mineOn(node, { files: cookieFiles(() => cookie) });
    expect(await miner.stateIs('waiting')).toMatchObject({ fault: { code: 'node-unauthorised', status: 401, by: 'cookie' } });
    cookie = readFileSync(node.cookiePath, 'utf8');
    await miner.stateIs('open');
  });

  test.each([MAIN_ADDRESS, TEST_ADDRESS])('an address of another network is refused before any work: %s', async (address) => {
    const miner = mineOn(node, { address });
    expect(await miner.stateIs('refused')).toMatchObject({ fault: { code: 'node-other-network', network: 'regtest' } });
    expect(miner.job).toBeUndefined();
  });

  test('a mistyped address is refused before any work', async () => {
    const miner = mineOn(node, { address: MAIN_ADDRESS.replace('w508', 'w509') });
    expect(await miner.stateIs('refused')).toMatchObject({ fault: { code: 'address-checksum' } });
  });

  test('nothing at the port is a refused connection at the tcp step', async () => {
    const port = await freePort();
    const miner = mineOn(node, { url: `http://127.0.0.1:${port}` });
    expect(await miner.stateIs('waiting')).toMatchObject({ step: 'tcp', fault: { code: 'connection-refused', port } });
  });

  test('a main-net node without its chain is still syncing', async () => {
    const main = await Bitcoind.start({ root, chain: 'main' });
    nodes.push(main);
    const miner = mineOn(main, { address: MAIN_ADDRESS });
    expect(await miner.stateIs('waiting')).toMatchObject({ fault: { code: 'node-syncing', blocks: 0, percent: '0.0' } });
  });

  test('the public signet takes only signed blocks, and is named', async () => {
    const signet = await Bitcoind.start({ root, chain: 'signet' });
    nodes.push(signet);
    const miner = mineOn(signet, { address: TEST_ADDRESS });
    expect(await miner.stateIs('refused')).toMatchObject({ step: 'job', fault: { code: 'node-signet-signed' } });
  });

  test('a signet of one’s own gives work from its first block on', async () => {
    const signet = await Bitcoind.start({ root, chain: 'signet', conf: ['[signet]', 'signetchallenge=51'] });
    nodes.push(signet);
    const miner = mineOn(signet, { address: TEST_ADDRESS });
    const job = await miner.jobAt(1);
    expect(job.nbits).toBe(Number.parseInt((await signet.rpc<{ bits: string }>('getblocktemplate', gbtRequest)).bits, 16));
  });

  test('a user that may not ask for everything still mines', async () => {
    const careful = await Bitcoind.start({
      root,
      args: ['-rpcwhitelist=__cookie__:getblockchaininfo,getblocktemplate,getbestblockhash,submitblock,getblockheader,getblockcount,stop'],
    });
    nodes.push(careful);
    const miner = mineOn(careful);
    const found = miner.mine(await miner.jobAt(1));
    expect(await miner.verdict(found.shareId)).toMatchObject({ accepted: true });
  });
});
