/** Solo mining on a real full node (regtest): blocks that it accepts, tips it changes, restarts it makes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeAddress } from '../../core/bitcoin/address.ts';
import { scriptOf } from '../../core/bitcoin/script.ts';
import { showHash } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { systemClock } from '../../core/io/clock.ts';
import { diskFiles } from '../../core/io/files.ts';
import { nodeHttp } from '../../core/io/http.ts';
import { TIP_LOOK_MS } from '../../core/pool/node-visit.ts';
import type { Http } from '../../core/ports.ts';
import { gbtRequest } from '../../core/templates/from-gbt.ts';
import { Bitcoind, until } from './bitcoind.ts';
import type { SoloMiner } from './solo-miner.ts';
import { coinAt, spendWithWitness, split } from './spend.ts';
import { describeWithNode } from './with-node.ts';
import { ADDRESS, soloOn } from './world.ts';

interface NodeBlock {
  readonly nTx: number;
  readonly confirmations: number;
  readonly tx: readonly {
    readonly txid: string;
    readonly vout: readonly { value: number; scriptPubKey: { hex: string; address?: string } }[];
  }[];
}

/** Deep enough that early coinbases can be spent. */
const START_HEIGHT = 110;
const HASH20 = Uint8Array.from({ length: 20 }, (_, index) => index + 1);
const HASH32 = Uint8Array.from({ length: 32 }, (_, index) => index + 1);

await describeWithNode('solo on a real node', (root) => {
  let node: Bitcoind;
  let miners: SoloMiner[] = [];
  const mineOn = (...args: Parameters<typeof soloOn> extends [Bitcoind, ...infer Rest] ? Rest : never): SoloMiner => {
    const miner = soloOn(node, ...args);
    miners.push(miner);
    return miner;
  };
  const block = (hash: string) => node.rpc<NodeBlock>('getblock', hash, 2);
  const height = () => node.rpc<number>('getblockcount');

  beforeAll(async () => {
    node = await Bitcoind.start({ root });
    await node.generate(START_HEIGHT);
  });
  afterEach(async () => {
    await Promise.all(miners.map(({ source }) => source.stop(0)));
    miners = [];
  });
  afterAll(() => node?.remove());

  test('a fresh chain, still in its initial download, gives work on regtest; the proof shows whom it pays', async () => {
    const fresh = await Bitcoind.start({ root });
    const miner = soloOn(fresh);
    const job = await miner.jobAt(1);
    const found = miner.mine(job);
    expect(await miner.verdict(found.shareId)).toEqual({ accepted: true, text: 'accepted' });
    expect(await fresh.rpc('getbestblockhash')).toBe(found.hash);
    const proof = miner.source.proof();
    expect(proof).toMatchObject({ protocol: 'node-rpc', endpoint: `127.0.0.1:${fresh.port}`, privacy: 'local' });
    expect(Math.abs(proof.clockOffsetSeconds ?? 99)).toBeLessThanOrEqual(1);
    expect(proof.bytesIn).toBeGreaterThan(500);
    expect(proof.payout?.kind === 'outputs' && proof.payout.outputs.map(({ address, mine }) => [address, mine])).toEqual([
      [ADDRESS, true],
      [undefined, false],
    ]);
    await miner.source.stop(0);
    await fresh.remove();
  });

  test.each([
    ['p2pkh', { kind: 'p2pkh', hash: HASH20 }],
    ['p2sh', { kind: 'p2sh', hash: HASH20 }],
    ['p2wpkh', { kind: 'p2wpkh', version: 0, program: HASH20 }],
    ['p2wsh', { kind: 'p2wsh', version: 0, program: HASH32 }],
    ['p2tr', { kind: 'p2tr', version: 1, program: HASH32 }],
  ] as const)('SEC-14 a block pays its whole reward to a %s address, and the node takes it', async (_, payee) => {
    const address = encodeAddress(scriptOf(payee), 'regtest') as string;
    const miner = mineOn({ address });
    const found = miner.mine(await miner.jobAt((await height()) + 1));
    expect(await miner.verdict(found.shareId)).toEqual({ accepted: true, text: 'accepted' });
    const outputs = (await block(found.hash)).tx[0]?.vout ?? [];
    // The node's own reading of the address, not ours.
    const { scriptPubKey } = await node.rpc<{ scriptPubKey: string }>('validateaddress', address);
    expect(outputs.filter(({ value }) => value > 0).map((output) => output.scriptPubKey.hex)).toEqual([scriptPubKey]);
    expect(outputs[0]?.value).toBe(50 / 2 ** Math.floor((await height()) / 150));
  });

  test('blocks follow each other: each new tip is a clean job on the block before', async () => {
    const miner = mineOn();
    const first = (await height()) + 1;
    let before = await node.rpc<string>('getbestblockhash');
    for (let at = first; at < first + 5; at += 1) {
      const job = await miner.jobAt(at);
      expect(showHash(job.prevHash)).toBe(before);
      before = miner.mine(job).hash;
    }
    await until(10_000, async () => (await node.rpc('getbestblockhash')) === before);
    expect(miner.all('job').every(({ clean }) => clean)).toBe(true);
  });

  test('the mempool’s transactions, with and without witness, are in the block; root and commitment hold', async () => {
    const coins = (await Promise.all([1, 2, 3].map((at) => coinAt(node, at).then((coin) => split(node, coin, 20))))).flat();
    const txids = await Promise.all(coins.map((coin) => spendWithWitness(node, coin)));
    // The node makes a new template of the same tip every five seconds at most.
    await until(
      15_000,
      async () => (await node.rpc<{ transactions: unknown[] }>('getblocktemplate', gbtRequest)).transactions.length === 63,
    );
    const miner = mineOn();
    const job = await miner.jobAt((await height()) + 1);
    expect(job.root.kind === 'extranonce' && job.root.merklePath.length).toBe(6); // 63 transactions
    const found = miner.mine(job);
    expect(await miner.verdict(found.shareId)).toEqual({ accepted: true, text: 'accepted' });
    const { nTx, tx } = await block(found.hash);
    expect(nTx).toBe(1 + 3 + 60);
    expect(tx.map(({ txid }) => txid)).toEqual(expect.arrayContaining(txids));
    const reward = tx[0]?.vout[0]?.value ?? 0;
    expect(reward).toBeCloseTo(50 / 2 ** Math.floor((await height()) / 150) + 63 * 0.0002, 8);
    expect(await node.rpc('getrawmempool')).toEqual([]);
  });

  test('a new tip is a new job by the long poll, without a look at the tip', async () => {
    const miner = mineOn({ clock: { ...systemClock, after: (ms, act) => (ms === TIP_LOOK_MS ? () => {} : systemClock.after(ms, act)) } });
    for (let round = 0; round < 3; round += 1) {
      await miner.jobAt((await height()) + 1);
      await node.generate(1);
    }
    await miner.jobAt((await height()) + 1);
  });

  test('a reorganisation is a clean job on the other tip, and its late answers are not believed', async () => {
    const miner = mineOn();
    const [, tip = ''] = await node.generate(2);
    const at = await height();
    await miner.jobAt(at + 1);
    await node.rpc('invalidateblock', tip);
    const job = await miner.jobAt(at);
    expect(showHash(job.prevHash)).toBe(await node.rpc('getbestblockhash'));
    expect(miner.all('job').at(-1)?.clean).toBe(true);
    await node.rpc('reconsiderblock', tip);
    await miner.jobAt(at + 1);
  });

  test('a block that lost its race is not called accepted; it is once the chain turns to it', async () => {
    const miner = mineOn();
    const at = (await height()) + 1;
    const job = await miner.jobAt(at);
    const [rival = ''] = await node.generate(1);
    await miner.jobAt(at + 1);
    const found = miner.mine(job);
    expect(miner.all('refused').at(-1)?.code).toBe('stale-share');
    await until(10_000, async () => (await node.rpc<{ hash: string }[]>('getchaintips')).some(({ hash }) => hash === found.hash));
    expect(miner.all('block')).toEqual([]);
    await node.rpc('invalidateblock', rival);
    expect(await miner.verdict(found.shareId)).toMatchObject({ accepted: true });
    await node.rpc('reconsiderblock', rival);
  });

  test('a block that lost its race for good is called refused', async () => {
    const miner = mineOn();
    const at = (await height()) + 1;
    const job = await miner.jobAt(at);
    await node.generate(1);
    await miner.jobAt(at + 1);
    const found = miner.mine(job);
    await node.generate(6);
    expect(await miner.verdict(found.shareId)).toEqual({ accepted: false, text: 'another block was faster' });
    expect(miner.all('notice').map(({ fault }) => fault.code)).toContain('block-refused');
  });

  test('a block whose answer got lost on the way is sent again and counts once', async () => {
    const sent: string[] = [];
    const forgetful: Http = {
      request(request) {
        const call = nodeHttp.request(request);
        if (!request.body?.includes('submitblock')) return call;
        sent.push(request.body);
        if (sent.length > 1) return call;
        const answer = call.answer.then(() => {
          throw new AppError({ code: 'connection-broken', text: 'lost' });
        });
        return { answer, cancel: call.cancel };
      },
    };
    const miner = mineOn({ http: forgetful });
    const found = miner.mine(await miner.jobAt((await height()) + 1));
    expect(await miner.verdict(found.shareId)).toEqual({ accepted: true, text: 'duplicate' });
    expect(sent.length).toBe(2);
    expect(miner.all('block').length).toBe(1);
  });

  test('a node that restarts is met again, with its new cookie; a block found meanwhile is not lost', async () => {
    const miner = mineOn();
    const job = await miner.jobAt((await height()) + 1);
    await node.stop();
    await miner.stateIs('waiting');
    expect(miner.all('no-work').length).toBe(1);
    const found = miner.mine(job);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(miner.all('block')).toEqual([]);
    await node.start();
    expect(await miner.verdict(found.shareId)).toMatchObject({ accepted: true });
    expect(await node.rpc('getbestblockhash')).toBe(found.hash);
    await miner.stateIs('open');
    await miner.jobAt((job.height as number) + 1);
  });

  test('a node that is killed is met again', async () => {
    const miner = mineOn();
    await miner.jobAt((await height()) + 1);
    await node.kill();
    await miner.stateIs('waiting');
    await node.start();
    await miner.stateIs('open');
    await miner.jobAt((await height()) + 1);
  });

  test('a block found while the node was away survives Hearth’s own restart too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-blocks-'));
    const blocksPath = join(folder, 'blocks.json');
    const first = mineOn({ blocksPath });
    const job = await first.jobAt((await height()) + 1);
    await node.stop();
    const found = first.mine(job);
    await until(5_000, async () =>
      (
        await diskFiles()
          .read(blocksPath)
          .catch(() => '')
      ).includes(found.hash),
    );
    await first.source.stop(0);
    await node.start();
    mineOn({ blocksPath });
    await until(20_000, async () => (await node.rpc('getbestblockhash')) === found.hash);
    await until(5_000, async () => !(await diskFiles().read(blocksPath)).includes(found.hash));
    rmSync(folder, { recursive: true });
  });

  test('stop waits for the verdict on a block under way', async () => {
    const miner = mineOn();
    const found = miner.mine(await miner.jobAt((await height()) + 1));
    await miner.source.stop(10_000);
    expect(miner.all('block')).toEqual([{ type: 'block', shareId: found.shareId, accepted: true, text: 'accepted' }]);
    expect(miner.state.at).toBe('stopped');
  });
});
