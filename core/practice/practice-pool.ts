/**
 * The practice pool: an embedded Stratum V2 pool on the practice chain, marked PRACTICE in every coinbase. Serves any
 * byte stream; keeps a ledger of accepted shares; misbehaves on command. Nothing here is worth anything.
 */
import { decodeAddress } from '../bitcoin/address.ts';
import { withWitness } from '../bitcoin/coinbase.ts';
import { describe } from '../errors.ts';
import type { ByteStream, Clock, Log, Random } from '../ports.ts';
import { DEFAULT_MINING_POLICY, type MiningPolicy } from '../sv2/mining-policy.ts';
import { MiningServer } from '../sv2/mining-server.ts';
import type { Admission, ChannelRequest, FoundBlock, MiningServerEvent } from '../sv2/mining-server-events.ts';
import { printable } from '../sv2/printable.ts';
import type { ServerChannel } from '../sv2/server-channel.ts';
import { type MiningServerCommons, miningServerCommons } from '../sv2/server-channels.ts';
import { drawUnit } from './draw.ts';
import { type PoolTemplate, poolTemplate } from './pool-template.ts';
import type { PracticeBlock, PracticeChain } from './practice-chain.ts';
import { lockOf } from './practice-coin.ts';
import { noFaults, type PracticeFaults, practiceFaults } from './practice-faults.ts';
import type { PracticeIdentity } from './practice-identity.ts';
import { type LedgerShare, PracticeLedger, type PracticeStats } from './practice-ledger.ts';
import { ServedStream } from './served-stream.ts';

export type PracticePoolEvent =
  | { readonly type: 'channel'; readonly channelId: number; readonly request: ChannelRequest }
  | { readonly type: 'share'; readonly share: LedgerShare }
  | { readonly type: 'refused'; readonly channelId: number; readonly sequence: number; readonly errorCode: string }
  | { readonly type: 'block'; readonly block: PracticeBlock }
  | { readonly type: 'block-refused'; readonly errorCode: string; readonly user: string };

export interface PracticePoolOptions {
  readonly chain: PracticeChain;
  readonly identity: PracticeIdentity;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly policy?: Partial<MiningPolicy>;
  /** One in so many good shares is refused on purpose, to show what that looks like; 0 = none. */
  readonly refuseOneIn?: number;
  /** More connections than these are closed at once (256: more than a house has miners). */
  readonly maxConnections?: number;
  readonly onEvent?: (event: PracticePoolEvent) => void;
}

/** How often jobs follow the mempool. */
const JOB_REFRESH_MS = 30_000;
/** Room in the block for the payout and commitment outputs. */
const OUTPUT_BYTES = 100;
const MAX_CONNECTIONS = 256;
/** Whom the coinbase pays when the user is no address, and when it is meant to pay somebody else. */
const POOL_SCRIPT = lockOf(Uint8Array.of(1, 0, 0, 0)).script;
const STRANGER_SCRIPT = lockOf(Uint8Array.of(2, 0, 0, 0)).script;

interface Served {
  readonly server: MiningServer;
  readonly stream: ServedStream<MiningServerEvent>;
  cutNext: boolean;
}

export class PracticePool {
  readonly faults: PracticeFaults;
  readonly #options: PracticePoolOptions;
  readonly #commons: MiningServerCommons;
  readonly #ledger = new PracticeLedger();
  readonly #served = new Set<Served>();
  readonly #faultState = noFaults();
  readonly #initialPolicy: MiningPolicy;
  /** One object for all connections: they read it again each time it matters. */
  readonly #policy: { -readonly [K in keyof MiningPolicy]: MiningPolicy[K] };
  readonly #unsubscribe: () => void;
  #cancelRefresh: () => void;
  #template: PoolTemplate;
  #stopped = false;

  constructor(options: PracticePoolOptions) {
    this.#options = options;
    this.#commons = miningServerCommons(options.random);
    this.#initialPolicy = { ...DEFAULT_MINING_POLICY, ...options.policy };
    this.#policy = { ...this.#initialPolicy };
    this.#template = poolTemplate(options.chain.template(OUTPUT_BYTES));
    this.#unsubscribe = options.chain.onTip(() => this.#refresh());
    this.#cancelRefresh = this.#scheduleRefresh();
    this.faults = this.#makeFaults();
  }

  get stats(): PracticeStats {
    return this.#ledger;
  }

  /** Open connections. */
  get connections(): number {
    return this.#served.size;
  }

  /** Serves one connection. */
  accept(stream: ByteStream): void {
    const { clock, random, log, identity } = this.#options;
    if (this.#stopped || this.#served.size >= (this.#options.maxConnections ?? MAX_CONNECTIONS)) return stream.close();
    const server = new MiningServer({
      commons: this.#commons,
      policy: this.#policy,
      template: this.#template,
      random,
      staticKeyPair: identity.staticKeyPair,
      certificate: identity.certificate(this.#faultState),
      admit: (request) => this.#admit(request),
      veto: () => this.#veto(),
      now: clock.monotonic(),
    });
    const onEvent = (event: MiningServerEvent): void => this.#onEvent(served, event);
    const onEnd = (): void => void this.#served.delete(served);
    const gate = (bytes: Uint8Array) => this.#gate(served, bytes);
    const served: Served = {
      server,
      stream: new ServedStream({ stream, machine: server, clock, log, gate, onEvent, onEnd }),
      cutNext: false,
    };
    this.#served.add(served);
  }

  /** Ends all connections. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRefresh();
    this.#unsubscribe();
    for (const { stream } of [...this.#served]) stream.close();
  }

  #scheduleRefresh(): () => void {
    return this.#options.clock.after(JOB_REFRESH_MS, () => {
      this.#refresh();
      this.#cancelRefresh = this.#scheduleRefresh();
    });
  }

  /** New work for everybody, if there is any. */
  #refresh(how: 'if-changed' | 'anyway' = 'if-changed'): void {
    const template = this.#options.chain.template(OUTPUT_BYTES);
    if (template.id === this.#template.id && how === 'if-changed') return;
    this.#template = poolTemplate(template, this.#faultState.payElsewhere ? STRANGER_SCRIPT : undefined);
    this.#each(({ server }) => server.setTemplate(this.#template));
  }

  #each(step: (served: Served, now: number) => void): void {
    for (const served of [...this.#served]) {
      served.stream.act((now) => {
        step(served, now);
        return [];
      });
    }
  }

  #admit({ userIdentity }: ChannelRequest): Admission {
    const errorCode = this.#faultState.channelRefusal ?? this.#faultState.refusedUsers.get(userIdentity);
    if (errorCode !== undefined) return { ok: false, errorCode };
    // As solo pools have it: an address, then perhaps a point and a worker's name.
    const address = decodeAddress(userIdentity.split('.')[0] ?? '');
    return { ok: true, payoutScript: address.ok ? address.address.script : POOL_SCRIPT };
  }

  #veto(): string | undefined {
    const { refusals } = this.#faultState;
    if (refusals.left > 0) {
      refusals.left -= 1;
      return refusals.errorCode;
    }
    const oneIn = this.#options.refuseOneIn ?? 0;
    return oneIn > 0 && drawUnit(this.#options.random) < 1 / oneIn ? 'practice-refused-on-purpose' : undefined;
  }

  #gate(served: Served, bytes: Uint8Array): 'pass' | 'hold' | { cut: Uint8Array } {
    if (this.#faultState.stalled) return 'hold';
    if (!served.cutNext) return 'pass';
    return { cut: bytes.subarray(0, Math.floor(bytes.length / 2)) };
  }

  #onEvent({ server, stream }: Served, event: MiningServerEvent): void {
    const { log, clock } = this.#options;
    switch (event.type) {
      case 'setup':
        return log.write('info', 'practice-setup', { peer: stream.name, vendor: printable(event.setup.vendor), flags: event.setup.flags });
      case 'channel-opened':
        return this.#tell({ type: 'channel', channelId: event.channelId, request: event.request });
      case 'channel-refused':
        return log.write('info', 'practice-channel-refused', { peer: stream.name, errorCode: event.errorCode });
      case 'channel-closed':
        return log.write('info', 'practice-channel-closed', { peer: stream.name, channelId: event.channelId });
      case 'share-accepted':
        return this.#tell({ type: 'share', share: this.#ledger.accept(event.share, clock.now()) });
      case 'share-refused': {
        const { channelId, sequenceNumber: sequence, errorCode } = event.refused;
        this.#ledger.refuse(channelId, server.channels.get(channelId)?.userIdentity, errorCode);
        return this.#tell({ type: 'refused', channelId, sequence, errorCode });
      }
      case 'block':
        return this.#onBlock(event.block);
      case 'ended':
        return log.write('info', 'practice-connection-ended', { peer: stream.name, fault: describe(event.fault) });
      default:
        return event satisfies never;
    }
  }

  #onBlock({ template, header, coinbase, userIdentity }: FoundBlock): void {
    const { transactions } = (template as PoolTemplate).practice;
    const submission = this.#options.chain.submit(header, [withWitness(coinbase), ...transactions.map(({ bytes }) => bytes)], userIdentity);
    if (submission.ok) this.#tell({ type: 'block', block: submission.block });
    else this.#tell({ type: 'block-refused', errorCode: submission.code, user: userIdentity });
  }

  #tell(event: PracticePoolEvent): void {
    this.#options.onEvent?.(event);
  }

  #makeFaults(): PracticeFaults {
    const channels = (step: (served: Served, channel: ServerChannel) => void) =>
      this.#each((served) => {
        for (const channel of served.server.channels) step(served, channel);
      });
    return practiceFaults({
      state: this.#faultState,
      initialPolicy: this.#initialPolicy,
      setPolicy: (change) => void Object.assign(this.#policy, change),
      flush: () => this.#each(() => {}),
      cut: () => {
        for (const served of this.#served) served.cutNext = true;
      },
      regroup: () => this.#each(({ server }) => server.channels.regroup()),
      retarget: () => channels(({ server }, channel) => server.channels.retarget(channel)),
      changePrefix: () => channels(({ server }, channel) => server.channels.changePrefix(channel)),
      reconnect: (host, port) => this.#each(({ server }) => server.reconnect(host, port)),
      closeChannels: (reasonCode) =>
        this.#each((served, now) => {
          const closed = [...served.server.channels].flatMap(({ id }) => served.server.closeChannel(id, reasonCode, now));
          for (const event of closed) this.#onEvent(served, event);
        }),
      closeConnections: () => {
        for (const { stream } of [...this.#served]) stream.close();
      },
      refresh: () => this.#refresh('anyway'),
    });
  }
}
