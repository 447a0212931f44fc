/**
 * The practice chain served as a Template Distribution server: any byte stream, one client each. A new tip is told at
 * once; more fees on the same tip are told when they rose enough and not too often, as Bitcoin Core's provider does.
 */
import { coinbaseTxid, WITNESS_RESERVED_VALUE } from '../bitcoin/coinbase.ts';
import { encodeHeader } from '../bitcoin/header.ts';
import { foldMerklePath } from '../bitcoin/merkle.ts';
import { parseTransaction, serialiseOutputs, serialiseWithoutWitness } from '../bitcoin/transaction.ts';
import { describe, faultOf } from '../errors.ts';
import type { ByteStream, Clock, Log, Random } from '../ports.ts';
import { printable } from '../sv2/printable.ts';
import { TemplateServer } from '../sv2/template-server.ts';
import type { ServedTemplate, Solution, TemplateServerEvent } from '../sv2/template-server-events.ts';
import type { PracticeBlock, PracticeChain } from './practice-chain.ts';
import type { PracticeIdentity } from './practice-identity.ts';
import type { PracticeTemplate } from './practice-template.ts';
import { ServedStream } from './served-stream.ts';

export type PracticeTemplateEvent =
  | { readonly type: 'block'; readonly block: PracticeBlock }
  | { readonly type: 'block-refused'; readonly errorCode: string };

export interface PracticeTemplateServerOptions {
  readonly chain: PracticeChain;
  readonly identity: PracticeIdentity;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Fees are looked at this often … */
  readonly feeCheckMs?: number;
  /** … and are news once they rose by this many satoshi. */
  readonly feeDelta?: bigint;
  /** Each holds templates with their transactions (16). */
  readonly maxClients?: number;
  readonly onEvent?: (event: PracticeTemplateEvent) => void;
}

const FEE_CHECK_MS = 5_000;
const FEE_DELTA = 1_000n;
const MAX_CLIENTS = 16;
/** Who found a block that came in as a solution. */
const FINDER = 'template client';
const RIGHT = { certificateDates: 'now', wrongKey: false } as const;

interface Client {
  readonly server: TemplateServer;
  readonly stream: ServedStream<TemplateServerEvent>;
}

export class PracticeTemplateServer {
  readonly #options: PracticeTemplateServerOptions;
  readonly #clients = new Set<Client>();
  readonly #unsubscribe: () => void;
  #cancelFeeCheck: () => void;
  #stopped = false;

  constructor(options: PracticeTemplateServerOptions) {
    this.#options = options;
    this.#unsubscribe = options.chain.onTip(() => this.#refresh(() => true));
    this.#cancelFeeCheck = this.#scheduleFeeCheck();
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Serves one connection. */
  accept(stream: ByteStream): void {
    const { chain, identity, clock, random, log } = this.#options;
    if (this.#stopped || this.#clients.size >= (this.#options.maxClients ?? MAX_CLIENTS)) return stream.close();
    const server = new TemplateServer({
      template: ({ outputBytes }) => servedTemplate(chain.template(outputBytes)),
      random,
      staticKeyPair: identity.staticKeyPair,
      certificate: identity.certificate(RIGHT),
      now: clock.monotonic(),
    });
    const onEvent = (event: TemplateServerEvent): void => this.#onEvent(client, event);
    const onEnd = (): void => void this.#clients.delete(client);
    const client: Client = {
      server,
      stream: new ServedStream({ stream, machine: server, clock, log, gate: () => 'pass', onEvent, onEnd }),
    };
    this.#clients.add(client);
  }

  /** Ends all connections. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancelFeeCheck();
    this.#unsubscribe();
    for (const { stream } of [...this.#clients]) stream.close();
  }

  #scheduleFeeCheck(): () => void {
    return this.#options.clock.after(this.#options.feeCheckMs ?? FEE_CHECK_MS, () => {
      this.#refresh(({ server }) => this.#feesRose(server));
      this.#cancelFeeCheck = this.#scheduleFeeCheck();
    });
  }

  #refresh(wanted: (client: Client) => boolean): void {
    for (const client of [...this.#clients]) {
      if (!wanted(client)) continue;
      client.stream.act((now) => {
        client.server.refresh(now);
        return [];
      });
    }
  }

  #feesRose({ newest }: TemplateServer): boolean {
    if (newest === undefined) return false;
    return this.#options.chain.template().coinbase.value >= newest.coinbaseValue + (this.#options.feeDelta ?? FEE_DELTA);
  }

  #onEvent({ stream }: Client, event: TemplateServerEvent): void {
    const { log } = this.#options;
    if (event.type === 'setup') log.write('info', 'practice-template-setup', { peer: stream.name, vendor: printable(event.setup.vendor) });
    else if (event.type === 'ended') log.write('info', 'practice-template-ended', { peer: stream.name, fault: describe(event.fault) });
    else this.#onSolution(event.solution);
  }

  #onSolution(solution: Solution): void {
    const { chain, onEvent, log } = this.#options;
    const header = headerOf(solution);
    if (header === undefined) return log.write('warn', 'practice-solution-malformed');
    const submission = chain.submit(header, [solution.coinbase, ...solution.template.transactions], FINDER);
    onEvent?.(submission.ok ? { type: 'block', block: submission.block } : { type: 'block-refused', errorCode: submission.code });
  }
}

function servedTemplate(template: PracticeTemplate): ServedTemplate {
  const { coinbase } = template;
  return {
    id: template.id,
    version: template.version,
    prevHash: template.prevHash,
    ntime: template.ntime,
    nbits: template.nbits,
    target: template.target,
    coinbaseVersion: coinbase.version,
    coinbasePrefix: coinbase.scriptPrefix,
    coinbaseSequence: coinbase.sequence,
    coinbaseValue: coinbase.value,
    coinbaseOutputsCount: 1,
    coinbaseOutputs: serialiseOutputs([coinbase.commitment]).subarray(1), // TYP-9: without the count
    coinbaseLockTime: coinbase.lockTime,
    merklePath: template.merklePath,
    transactions: template.transactions.map(({ bytes }) => bytes),
    excessData: WITNESS_RESERVED_VALUE,
  };
}

/** Undefined when the coinbase is no transaction. */
function headerOf({ template, version, ntime, nonce, coinbase }: Solution): Uint8Array | undefined {
  try {
    const txid = coinbaseTxid(serialiseWithoutWitness(parseTransaction(coinbase)));
    const { prevHash, nbits } = template;
    return encodeHeader({ version, prevHash, merkleRoot: foldMerklePath(txid, template.merklePath), ntime, nbits, nonce });
  } catch (error) {
    if (faultOf(error).code === 'transaction-malformed') return undefined;
    throw error;
  }
}
