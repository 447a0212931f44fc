/**
 * Other people's processor miners, measured by what they say of themselves: the reference V2 miner measures its hashrate before
 * it opens a channel, so a pool that only answers SetupConnection is enough; minerd has a benchmark of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../core/io/clock.ts';
import { systemRandom } from '../../core/io/random.ts';
import { tcpListeners } from '../../core/io/tcp.ts';
import type { ByteStream } from '../../core/ports.ts';
import { practiceIdentity } from '../../core/practice/practice-identity.ts';
import { miningServerCodec } from '../../core/sv2/codec.ts';
import { DEFAULT_MINING_POLICY, miningSetup } from '../../core/sv2/mining-policy.ts';
import { ServerConnection } from '../../core/sv2/server-connection.ts';
import { processorSeconds } from './processor-time.ts';

/** The reference measures for five seconds; a busy machine adds some. */
const PEER_LIMIT_MS = 30_000;
const REFERENCE_MEASURES_S = 5;
const MINERD_REPORTS = 2;
/** Where `npm run interop` installs the reference's, unless HEARTH_PEERS names another folder with a `bin/`. */
const folder = process.env['HEARTH_PEERS'] ?? fileURLToPath(new URL('../../.cache/peers', import.meta.url));
const identity = practiceIdentity({ clock: systemClock, random: systemRandom });

export type Peer = 'mining_device' | 'minerd';

/** Hashes per second of processor time of one thread; a sentence when it cannot be measured. */
export async function measurePeer(peer: Peer): Promise<number | string> {
  const path = `${folder}/bin/${peer}`;
  if (!existsSync(path)) return `no ${peer} in ${process.env['HEARTH_PEERS'] === undefined ? '.cache/peers' : '$HEARTH_PEERS'}/bin`;
  return peer === 'minerd' ? measureMinerd(path) : measureReference(path);
}

async function measureReference(path: string): Promise<number | string> {
  let nominal: (hashesPerSecond: number) => void = () => {};
  const opened = new Promise<number>((resolve) => {
    nominal = resolve;
  });
  const listener = await tcpListeners.listen({ host: '127.0.0.1', port: 0 }, (stream) => answerSetup(stream, nominal));
  const child = spawn(path, ['--address-pool', `127.0.0.1:${listener.endpoint.port}`, '--cores', '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let before: number | undefined;
    let after: number | undefined;
    onLines(child, (line) => {
      if (line.includes('Measuring CPU hashrate')) before = processorSeconds(child.pid as number);
      if (line.includes('Measured CPU hashrate')) after = processorSeconds(child.pid as number);
    });
    const hashesPerSecond = await within(opened, child);
    if (typeof hashesPerSecond === 'string') return hashesPerSecond;
    const usedS = before === undefined || after === undefined ? REFERENCE_MEASURES_S : after - before;
    return (hashesPerSecond * REFERENCE_MEASURES_S) / usedS;
  } finally {
    child.kill('SIGKILL');
    await listener.close();
  }
}

/** A pool as far as the reference goes before it mines. */
function answerSetup(stream: ByteStream, onNominal: (hashesPerSecond: number) => void): void {
  const connection = new ServerConnection({
    codec: miningServerCodec,
    random: systemRandom,
    staticKeyPair: identity.staticKeyPair,
    certificate: identity.certificate({ certificateDates: 'now', wrongKey: false }),
    setup: miningSetup(DEFAULT_MINING_POLICY),
    extensions: DEFAULT_MINING_POLICY.extensions,
    now: systemClock.monotonic(),
  });
  stream.listen({
    onBytes: (bytes) => {
      for (const event of connection.receive(bytes, systemClock.monotonic(), Math.floor(systemClock.now() / 1000))) {
        if (event.type === 'message' && event.message.name === 'OpenStandardMiningChannel') onNominal(event.message.nominalHashRate);
      }
      stream.write(connection.outgoing());
    },
    onEnd: () => {},
  });
}

async function measureMinerd(path: string): Promise<number | string> {
  const child = spawn(path, ['-a', 'sha256d', '--benchmark', '-t', '1'], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const measured = new Promise<number>((resolve) => {
      let hashes = 0;
      let reports = 0;
      onLines(child, (line) => {
        const report = /thread 0: (\d+) hashes, ([\d.]+) khash/.exec(line);
        if (report === null) return;
        hashes += Number(report[1]);
        reports += 1;
        if (reports === MINERD_REPORTS) resolve(hashes / (processorSeconds(child.pid as number) ?? hashes / (Number(report[2]) * 1000)));
      });
    });
    return await within(measured, child);
  } finally {
    child.kill('SIGKILL');
  }
}

function onLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  (child.stdout ?? child.stderr)?.on('data', (bytes: Uint8Array) => {
    const lines = (rest + String(bytes)).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) onLine(line);
  });
}

/** The result, or why there is none: the program ended, could not start, or took too long. */
function within<T>(result: Promise<T>, child: ChildProcess): Promise<T | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`no result within ${PEER_LIMIT_MS / 1000} s`), PEER_LIMIT_MS);
    const settle = (value: T | string) => {
      clearTimeout(timer);
      resolve(value);
    };
    void result.then(settle);
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code) => settle(`ended with code ${code}`));
  });
}
