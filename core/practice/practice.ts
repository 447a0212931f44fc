/**
 * Practice: a simulated chain, a pool on it and, if asked for, a template distribution server, all on this machine.
 * Speaks real Stratum V2 over whatever listens; nothing on it is worth anything.
 */
import { nbitsOfTarget } from '../bitcoin/nbits.ts';
import { targetOfDifficulty } from '../bitcoin/target.ts';
import { authorityOf } from '../noise/authority-key.ts';
import type { Clock, Endpoint, Listener, Listeners, Log, Random } from '../ports.ts';
import type { MiningPolicy } from '../sv2/mining-policy.ts';
import { DEFAULT_VARDIFF, type VardiffOptions } from '../sv2/vardiff.ts';
import { PracticeChain } from './practice-chain.ts';
import type { PracticeFaults } from './practice-faults.ts';
import { practiceIdentity } from './practice-identity.ts';
import type { PracticeStats } from './practice-ledger.ts';
import { PracticePool, type PracticePoolEvent } from './practice-pool.ts';
import { type PracticeTemplateEvent, PracticeTemplateServer } from './template-server.ts';

export type PracticeEvent = PracticePoolEvent | PracticeTemplateEvent;

export interface PracticeOptions {
  /** Of the chain, 1 by default: a slow processor finds a block in ten to twenty minutes. May be a fraction. */
  readonly difficulty?: number;
  readonly height?: number;
  /** Mean time between blocks from elsewhere (4 minutes); 0 = there are none. */
  readonly elsewhereEveryMs?: number;
  /** Mean time between new transactions (1.5 s); 0 = there are none. */
  readonly transactionEveryMs?: number;
  /** Where the pool's difficulty settles (6). */
  readonly sharesPerMinute?: number;
  /** Never fewer hashes behind a share, however slow a miner seems (65536). */
  readonly leastHashesPerShare?: number;
  /** How the pool treats its miners; its `vardiff` goes before the two above. */
  readonly policy?: Partial<MiningPolicy>;
  /** One in so many good shares is refused on purpose; 0 = none (the default). */
  readonly refuseOneIn?: number;
  /** Fees that make a new template for template clients, satoshi (1000). */
  readonly feeDelta?: bigint;
  /** 32 bytes; the authority is generated at each start unless given. Never logged. */
  readonly authoritySecret?: Uint8Array;
  readonly onEvent?: (event: PracticeEvent) => void;
}

export interface PracticeWorld {
  readonly listeners: Listeners;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Loopback unless somebody asks for more. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Templates are served when it is given; 0 takes a free one. */
  readonly templatePort?: number;
  readonly options?: PracticeOptions;
}

export interface Practice {
  /** `stratum2+tcp://127.0.0.1:PORT/KEY`, for a miner. */
  readonly url: string;
  /** The same for a template client. */
  readonly templateUrl?: string;
  /** Authority key of both servers. */
  readonly templateKey: string;
  readonly chain: PracticeChain;
  readonly faults: PracticeFaults;
  readonly stats: PracticeStats;
  /** Ends everything and frees the ports. Idempotent. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** @throws AppError<ListenFailure> */
export async function startPractice(world: PracticeWorld): Promise<Practice> {
  const { listeners, clock, random, log, host = LOOPBACK, port = 0, templatePort, options = {} } = world;
  const nbits = nbitsOfTarget(targetOfDifficulty(options.difficulty ?? 1));
  const chain = new PracticeChain({ clock, random, ...options, nbits });
  const identity = practiceIdentity({ clock, random }, options.authoritySecret && authorityOf(options.authoritySecret));
  const common = { chain, identity, clock, random, log, ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }) };
  const pool = new PracticePool({ ...options, ...common, policy: { vardiff: vardiffOf(options), ...options.policy } });
  const templates = templatePort === undefined ? undefined : new PracticeTemplateServer({ ...options, ...common });
  const open: Listener[] = [];
  const stop = async (): Promise<void> => {
    chain.stop();
    pool.stop();
    templates?.stop();
    await Promise.all(open.splice(0).map((listener) => listener.close()));
  };
  const serve = async (at: number, accept: Parameters<Listeners['listen']>[1]): Promise<string> => {
    const listener = await listeners.listen({ host, port: at }, accept);
    open.push(listener);
    return urlOf(listener.endpoint, identity.key);
  };
  try {
    const url = await serve(port, (stream) => pool.accept(stream));
    const templateUrl = templates && (await serve(templatePort ?? 0, (stream) => templates.accept(stream)));
    chain.start();
    const told = { url, ...(templateUrl === undefined ? {} : { templateUrl }), templateKey: identity.key };
    return { ...told, chain, faults: pool.faults, stats: pool.stats, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function vardiffOf({ sharesPerMinute, leastHashesPerShare }: PracticeOptions): VardiffOptions {
  return {
    ...DEFAULT_VARDIFF,
    ...(sharesPerMinute === undefined
      ? {}
      : { sharesPerMinute, firstIntervalMs: Math.min(DEFAULT_VARDIFF.firstIntervalMs, 60_000 / sharesPerMinute) }),
    ...(leastHashesPerShare === undefined ? {} : { leastHashesPerShare }),
  };
}

function urlOf({ host, port }: Endpoint, key: string): string {
  return `stratum2+tcp://${host.includes(':') ? `[${host}]` : host}:${port}/${key}`;
}
