/**
 * Hearth against other people's published software, all on this machine: `npm run interop`.
 *   1. The reference miner mines on our practice pool.
 *   2. The reference pool runs on our practice chain through our Template Distribution server; Hearth mines there over an
 *      extended and over a standard channel; a block found reaches the practice chain through that pool.
 *   3. On that pool, from the window: first run in a real browser, the pool's address pasted.
 *   4. On that pool, in a guest with a real Linux kernel: Hearth with an emulated CompacF on USB.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNoGuest } from '../usb-bench/guest/availability.ts';
import { jsonOf, Program } from './process.ts';
import { installPrograms, programPath } from './programs.ts';
import { mineWithStick } from './stick.ts';
import { mineFromWindow, noBrowser } from './window.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The published example pair of the reference pool: its secret half is public, so it is good for tests only. */
const POOL_KEY = '9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72';
const POOL_SECRET = 'mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n';
const SHARES_ON_POOL = 50;
const SHARES_OF_MINER = 20;
const START_LIMIT_MS = 30_000;
const MINING_LIMIT_MS = 240_000; // 50 shares at 60 a minute, with room for difficulty to settle

const results: { name: string; ok: boolean; text: string }[] = [];
let skipped = 0;

try {
  await installPrograms();
} catch (error) {
  console.log(`interop cannot run here: ${(error as Error).message}`);
  console.log('0 passed, 0 failed, 6 skipped');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'hearth-interop-'));
await check('the reference miner mines on the practice pool', referenceMinerOnPracticePool);
await hearthOnReferencePool();
rmSync(folder, { recursive: true, force: true });
for (const { name, ok, text } of results) console.log(`${ok ? 'passed' : 'FAILED'}  ${name}: ${text}`);
const failed = results.filter(({ ok }) => !ok).length;
console.log(`${results.length - failed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

async function check(name: string, run: () => Promise<string>): Promise<void> {
  const startedAt = performance.now();
  try {
    const text = await run();
    results.push({ name, ok: true, text: `${text} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s` });
  } catch (error) {
    results.push({ name, ok: false, text: (error as Error).message });
  }
  console.log(results.at(-1)?.ok ? `  ok    ${name}` : `  FAIL  ${name}`);
}

async function referenceMinerOnPracticePool(): Promise<string> {
  const practice = servePractice(['--least-hashes', '1000000', '--shares-per-minute', '60']);
  try {
    const { url } = await address(practice);
    const [, endpoint, key] = /^stratum2\+tcp:\/\/([^/]+)\/(.+)$/.exec(url) as unknown as [string, string, string];
    const args = ['--address-pool', endpoint, '--pubkey-pool', key, '--id-user', 'reference.1', '--cores', '1'];
    const miner = new Program('mining_device', programPath('mining_device'), args);
    try {
      const accepted = await count(practice, SHARES_OF_MINER, (line) => jsonOf(line)?.['type'] === 'share');
      return `${accepted} shares accepted`;
    } finally {
      await miner.stop();
    }
  } finally {
    await practice.stop();
  }
}

/** The first chain is so hard that no block falls into the shares' way: a share sent as the tip moves is rightly stale. */
async function hearthOnReferencePool(): Promise<void> {
  await withReferencePool(['--difficulty', '1000', '--elsewhere-seconds', '0'], async (_practice, port) => {
    for (const channel of ['extended', 'standard'] as const) {
      await check(`Hearth mines on the reference pool over ${channel} channels`, () => mineShares(port, channel));
    }
    const url = `stratum2+tcp://127.0.0.1:${port}/${POOL_KEY}`;
    const window = 'a newcomer mines on the reference pool from the window, by one paste';
    await checkUnless(noBrowser, window, () => mineFromWindow(url));
    const stick = 'an emulated CompacF on a real kernel mines on the reference pool';
    await checkUnless(whyNoGuest(), stick, () => mineWithStick(url));
  });
  await withReferencePool(['--difficulty', '0.05', '--elsewhere-seconds', '20'], async (practice, port) => {
    await check('a block found on the reference pool reaches the practice chain', () => mineBlock(practice, port));
  });
}

/** A part that cannot run on this machine is skipped, with the reason. */
async function checkUnless(reason: string | undefined, name: string, run: () => Promise<string>): Promise<void> {
  if (reason === undefined) return check(name, run);
  console.log(`  skip  ${name}: ${reason}`);
  skipped += 1;
}

async function withReferencePool(chain: readonly string[], run: (practice: Program, port: number) => Promise<void>): Promise<void> {
  const templatePort = await freePort();
  const poolPort = await freePort();
  const practice = servePractice(['--template-port', String(templatePort), '--transaction-seconds', '1', ...chain]);
  let pool: Program | undefined;
  try {
    const { templateKey } = await address(practice);
    pool = startPool(poolPort, templatePort, templateKey);
    await pool.wait('its listener', (line) => /listening|Listening|Started|downstream/i.test(line) || undefined, START_LIMIT_MS);
    await run(practice, poolPort);
  } catch (error) {
    results.push({ name: 'the reference pool runs on the practice chain', ok: false, text: (error as Error).message });
  } finally {
    await pool?.stop();
    await practice.stop();
  }
}

function blockByTemplateClient(line: string): string | undefined {
  const event = jsonOf(line);
  return event?.['type'] === 'block' && event['finder'] !== undefined ? String(event['hash']) : undefined;
}

/** Blocks of the practice chain name who found them; those from elsewhere have no finder. */
async function mineBlock(practice: Program, port: number): Promise<string> {
  const hearth = startHearth(port, 'extended', 'block', 1_000_000);
  try {
    return `block ${await practice.wait('a block by the pool', blockByTemplateClient, MINING_LIMIT_MS)}`;
  } finally {
    await hearth.stop();
  }
}

async function mineShares(port: number, channel: Channel): Promise<string> {
  const hearth = startHearth(port, channel, channel, SHARES_ON_POOL);
  const events: Record<string, unknown>[] = [];
  const code = await collect(hearth, events);
  const accepted = Math.max(0, ...events.filter((event) => event['type'] === 'share-accepted').map((event) => Number(event['total'])));
  const refused = events.filter((event) => event['type'] === 'share-refused');
  if (code !== 0 || accepted < SHARES_ON_POOL)
    throw new Error(`ended with ${code} after ${accepted} accepted shares:\n${hearth.lines.slice(-10).join('\n')}`);
  if (refused.length > 0) throw new Error(`${refused.length} shares refused: ${JSON.stringify(refused[0])}`);
  return `${accepted} shares accepted, none refused`;
}

type Channel = 'extended' | 'standard';

function startHearth(port: number, channel: Channel, data: string, shares: number): Program {
  const url = `stratum2+tcp://127.0.0.1:${port}/${POOL_KEY}`;
  const what = ['--pool', url, '--user', 'home.w1', '--channel', channel, '--shares', String(shares)];
  const how = ['--headless', '--no-usb', '--json', '--threads', '1', '--data', join(folder, data)];
  return new Program(`hearth (${data})`, process.execPath, [join(root, 'core/host/launch.cjs'), ...how, ...what]);
}

async function collect(program: Program, events: Record<string, unknown>[]): Promise<number | null> {
  const take = (line: string) => {
    const event = jsonOf(line);
    if (event) events.push(event);
    return undefined;
  };
  await program.wait('its end', take, MINING_LIMIT_MS).catch(() => program.stop());
  return program.ended;
}

function servePractice(args: readonly string[]): Program {
  return new Program('practice', process.execPath, [join(root, 'core/host/practice-server.ts'), ...args]);
}

function address(practice: Program): Promise<{ url: string; templateKey: string }> {
  const find = (line: string) => (jsonOf(line)?.['url'] === undefined ? undefined : (jsonOf(line) as { url: string; templateKey: string }));
  return practice.wait('its address', find, START_LIMIT_MS);
}

function startPool(port: number, templatePort: number, templateKey: string): Program {
  const config = join(folder, 'pool.toml');
  const lines = [
    `authority_public_key = "${POOL_KEY}"`,
    `authority_secret_key = "${POOL_SECRET}"`,
    'cert_validity_sec = 3600',
    `listen_address = "127.0.0.1:${port}"`,
    'coinbase_reward_script = "raw(51)"',
    'server_id = 1',
    'pool_signature = "interop"',
    'shares_per_minute = 60.0',
    'share_batch_size = 10',
    'supported_extensions = [0x0002]',
    '[template_provider_type.Sv2Tp]',
    `address = "127.0.0.1:${templatePort}"`,
    `public_key = "${templateKey}"`,
    '',
  ];
  writeFileSync(config, lines.join('\n'));
  return new Program('pool_sv2', programPath('pool_sv2'), ['-c', config]);
}

/** Waits until `matches` held `wanted` times. */
async function count(program: Program, wanted: number, matches: (line: string) => boolean): Promise<number> {
  let seen = 0;
  const find = (line: string) => {
    if (matches(line)) seen += 1;
    return seen >= wanted ? seen : undefined;
  };
  return program.wait(`${wanted} shares`, find, MINING_LIMIT_MS);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
