/** The real world for sources under test: loopback sockets, real files, the system's clock. */
import { systemClock } from '../../core/io/clock.ts';
import { diskFiles } from '../../core/io/files.ts';
import { nodeHttp } from '../../core/io/http.ts';
import { systemRandom } from '../../core/io/random.ts';
import { tcpDialer } from '../../core/io/tcp.ts';
import { type SoloOptions, SoloSource } from '../../core/pool/solo.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import type { Bitcoind } from './bitcoind.ts';
import { SoloMiner } from './solo-miner.ts';

/** BIP 173's example key hash, on regtest. */
export const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** A solo source on this node by its cookie file, with a miner behind it; `change` overrides any part. */
export function soloOn(node: Bitcoind, change: Partial<SoloOptions> = {}): SoloMiner {
  return new SoloMiner(
    new SoloSource({
      id: 'solo',
      url: node.url,
      auth: { kind: 'cookie', path: node.cookiePath },
      address: ADDRESS,
      http: nodeHttp,
      files: diskFiles(),
      dialer: tcpDialer,
      clock: systemClock,
      random: systemRandom,
      log: new QuietLog(),
      ...change,
    }),
  );
}
