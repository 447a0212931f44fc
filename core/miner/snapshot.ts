/** Reduces the miner's state to the `Snapshot` of core/contract.ts. Reads only; secrets are nowhere near. */
import { difficultyOf } from '../bitcoin/target.ts';
import type { PayoutOutput, Snapshot, SourceSettings, SourceSnapshot, SourceTest } from '../contract.ts';
import { FAILOVER_LIMITS } from '../pool/failover.ts';
import type { SourceProof, SourceState } from '../pool/source.ts';
import { expectedSecondsPerShare } from '../work/hashrate.ts';
import type { Miner } from './miner.ts';
import { proofBefore } from './source-facts.ts';

export interface Tests {
  readonly current: SourceTest | undefined;
  lastOf(sourceId: string): { readonly at: number; readonly ok: boolean } | undefined;
}

export function snapshotOf(miner: Miner, tests: Tests): Snapshot {
  const { options, ledger, fleet, settings, practice } = miner;
  const bestEver = ledger.bestEver(practice);
  const poolEstimate = ledger.estimate();
  const watts = fleet.watts();
  return {
    version: options.version,
    now: options.clock.now(),
    startedAt: miner.startedAt,
    mining: { at: miner.control.state },
    ...(miner.control.since !== undefined && { miningSince: miner.control.since }),
    practice,
    welcomed: settings.current.welcomed,
    devices: fleet.snapshots(practice),
    usb: miner.usb.snapshot(),
    sources: settings.current.sources.map((source) => sourceSnapshot(miner, tests, source)),
    ...failover(miner),
    failoverRules: rules(miner),
    hashesPerSecond: fleet.hashesPerSecond(),
    expectedHashesPerSecond: fleet.expectedHashesPerSecond(),
    ...(poolEstimate !== undefined && { poolEstimate }),
    accepted: ledger.accepted,
    refused: ledger.refused,
    pending: ledger.pending,
    unanswered: ledger.unanswered,
    ...(ledger.lastAcceptedAt !== undefined && { lastAcceptedAt: ledger.lastAcceptedAt }),
    ...secondsPerShare(miner),
    ...(ledger.bestSession !== undefined && { bestSession: ledger.bestSession }),
    ...(bestEver !== undefined && { bestEver }),
    blocks: ledger.blocks(practice),
    ...(watts !== undefined && { watts }),
    faults: miner.faults.list(),
    events: miner.events.entries,
    ...(tests.current !== undefined && { test: tests.current }),
    settings: settings.current,
    dataPath: options.dataPath,
  };
}

function failover({ sources, options }: Miner): Pick<Snapshot, 'failover'> {
  const { preferredId, returnsAtMs } = sources.plan;
  if (preferredId === undefined) return {};
  return { failover: { preferredId, ...(returnsAtMs !== undefined && { returnsAt: toUnix(options, returnsAtMs) }) } };
}

function rules({ options }: Miner): Snapshot['failoverRules'] {
  const { graceMs, stableMs } = options.failover ?? FAILOVER_LIMITS;
  return { graceMs, stableMs };
}

function secondsPerShare({ job, fleet }: Miner): Pick<Snapshot, 'secondsPerShare'> {
  if (!job) return {};
  const seconds = expectedSecondsPerShare(job.shareTarget, fleet.hashesPerSecond() || fleet.expectedHashesPerSecond());
  return Number.isFinite(seconds) ? { secondsPerShare: seconds } : {};
}

function sourceSnapshot(miner: Miner, tests: Tests, settings: SourceSettings): SourceSnapshot {
  const { sources, ledger, faults, lastJobAt, options } = miner;
  const { id, kind, name } = settings;
  const state = sources.stateOf(id);
  const proof = sources.proofOf(id) ?? proofBefore(settings);
  const job = sources.jobOf(id);
  const { accepted, refused, lastRefusal } = ledger.countsOf(id);
  const fault = faults.about(id);
  const lastTest = tests.lastOf(id);
  const jobAt = lastJobAt.get(id);
  return {
    id,
    kind,
    name,
    ...(kind === 'pool' && { user: settings.user }),
    ...(kind === 'solo' && { user: settings.address }),
    active: sources.activeId === id,
    ...stateParts(state, (monotonicMs) => toUnix(options, monotonicMs)),
    ...(fault !== undefined && { fault }),
    ...proofParts(proof),
    accepted,
    refused,
    ...(lastRefusal !== undefined && { lastRefusal }),
    ...(job && { shareDifficulty: difficultyOf(job.shareTarget) }),
    ...(job?.height !== undefined && { height: job.height }),
    ...(jobAt !== undefined && { lastJobAt: jobAt }),
    ...(lastTest !== undefined && { lastTest }),
  };
}

function stateParts(state: SourceState, unix: (monotonicMs: number) => number): Pick<SourceSnapshot, 'state' | 'step' | 'retryAt'> {
  return {
    state: state.at,
    ...('step' in state && { step: state.step }),
    ...(state.at === 'waiting' && { retryAt: unix(state.retryAtMs) }),
  };
}

type ProofParts = Pick<
  SourceSnapshot,
  | 'protocol'
  | 'endpoint'
  | 'privacy'
  | 'authorityKey'
  | 'certificateFrom'
  | 'certificateUntil'
  | 'cipher'
  | 'channel'
  | 'bytesIn'
  | 'bytesOut'
  | 'v1BytesIn'
  | 'v1BytesOut'
  | 'roundTripMs'
  | 'payout'
>;

/** Evidence as the contract shows it; what the proof does not say stays absent. */
function proofParts(proof: SourceProof): ProofParts {
  const { payout, clockOffsetSeconds: _, extensions: __, ...same } = proof;
  if (payout?.kind !== 'outputs') return same;
  const outputs: PayoutOutput[] = payout.outputs.map(({ satoshi, ...output }) => ({ ...output, satoshi: satoshi.toString() }));
  return { ...same, payout: outputs };
}

function toUnix({ clock }: Miner['options'], monotonicMs: number): number {
  return Math.round(clock.now() + monotonicMs - clock.monotonic());
}
