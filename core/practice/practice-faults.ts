/**
 * Things that go wrong with pools, on command: so that people can see what the app does about them, and tests can prove
 * it. Each stands until it is taken back or `clear` is called, unless it says that it happens once.
 */
import type { MiningPolicy } from '../sv2/mining-policy.ts';
import type { AckPolicy } from '../sv2/share-acks.ts';
import type { CertificateDates } from './practice-identity.ts';

export interface PracticeFaults {
  /** Nothing leaves the pool; with false what was held back goes out. */
  stall(on?: boolean): void;
  /** Once: the next bytes to each connection are cut in the middle, and the connection with them. */
  cutMidFrame(): void;
  /** Certificates of later connections are signed by somebody else. */
  wrongKey(on?: boolean): void;
  /** Dates of the certificates of later connections. */
  certificate(dates: CertificateDates): void;
  refuseSetup(errorCode?: string): void;
  refuseChannels(errorCode?: string): void;
  refuseUser(userIdentity: string, errorCode?: string): void;
  /** Good shares (but no blocks) are refused, `count` of them. */
  refuseShares(count?: number, errorCode?: string): void;
  /** Late or batched acknowledgement. */
  acks(policy: AckPolicy): void;
  /** Jobs go to groups instead of channels. */
  groupJobs(on?: boolean): void;
  /** Once: every group gets another id. */
  regroup(): void;
  /** Once: SetTarget and a job, so many times to every channel. */
  targetStorm(times?: number): void;
  /** Once: another extranonce prefix for every channel. */
  changePrefix(): void;
  /** Once: Reconnect to every connection; '' and 0 mean the same host and port. */
  reconnect(host?: string, port?: number): void;
  /** Once: CloseChannel for every channel. */
  closeChannels(reasonCode?: string): void;
  /** Once: every connection ends. */
  closeConnections(): void;
  /** Later connections may not roll versions. */
  fixedVersion(on?: boolean): void;
  /** Later connections may open extended channels only. */
  extendedOnly(on?: boolean): void;
  /** Later connections must negotiate these extensions. */
  requireExtensions(ids: readonly number[]): void;
  /** Coinbases from the next job on pay somebody else than the user. */
  payElsewhere(on?: boolean): void;
  /** All standing faults end. */
  clear(): void;
}

/** The standing faults, as the pool reads them. */
export interface FaultState {
  stalled: boolean;
  certificateDates: CertificateDates;
  wrongKey: boolean;
  payElsewhere: boolean;
  channelRefusal: string | undefined;
  refusedUsers: Map<string, string>;
  refusals: { left: number; errorCode: string };
}

/** What the pool lets faults do. */
export interface FaultTarget {
  readonly state: FaultState;
  readonly initialPolicy: MiningPolicy;
  setPolicy(change: Partial<MiningPolicy>): void;
  flush(): void;
  cut(): void;
  regroup(): void;
  retarget(): void;
  changePrefix(): void;
  reconnect(host: string, port: number): void;
  closeChannels(reasonCode: string): void;
  closeConnections(): void;
  refresh(): void;
}

/** Users that can be refused by name at once. */
const MAX_REFUSED_USERS = 100;
/** More would only be a burst of frames, which is another attack. */
const MAX_STORM = 1_000;
const STORM = 50;

export function noFaults(): FaultState {
  return {
    stalled: false,
    certificateDates: 'now',
    wrongKey: false,
    payElsewhere: false,
    channelRefusal: undefined,
    refusedUsers: new Map(),
    refusals: { left: 0, errorCode: '' },
  };
}

export function practiceFaults(target: FaultTarget): PracticeFaults {
  const { state } = target;
  const change = (policy: Partial<MiningPolicy>): void => target.setPolicy(policy);
  return {
    stall(on = true) {
      state.stalled = on;
      target.flush();
    },
    cutMidFrame: () => target.cut(),
    wrongKey(on = true) {
      state.wrongKey = on;
    },
    certificate(dates) {
      state.certificateDates = dates;
    },
    refuseSetup: (errorCode = 'practice-setup-refused') => change({ setupRefusal: errorCode }),
    refuseChannels(errorCode = 'practice-channel-refused') {
      state.channelRefusal = errorCode;
    },
    refuseUser(userIdentity, errorCode = 'practice-unknown-user') {
      if (state.refusedUsers.size < MAX_REFUSED_USERS) state.refusedUsers.set(userIdentity, errorCode);
    },
    refuseShares(count = Number.POSITIVE_INFINITY, errorCode = 'practice-refused-on-purpose') {
      state.refusals = { left: count, errorCode };
    },
    acks: (acks) => change({ acks }),
    groupJobs: (on = true) => change({ addressing: on ? 'group' : 'channel' }),
    regroup: () => target.regroup(),
    targetStorm(times = STORM) {
      for (let sent = 0; sent < Math.min(times, MAX_STORM); sent += 1) target.retarget();
    },
    changePrefix: () => target.changePrefix(),
    reconnect: (host = '', port = 0) => target.reconnect(host, port),
    closeChannels: (reasonCode = 'practice-channel-closed') => target.closeChannels(reasonCode),
    closeConnections: () => target.closeConnections(),
    fixedVersion: (on = true) => change({ fixedVersion: on }),
    extendedOnly: (on = true) => change({ extendedOnly: on }),
    requireExtensions: (ids) => change({ extensions: { supported: [...ids], required: [...ids] } }),
    payElsewhere(on = true) {
      state.payElsewhere = on;
      target.refresh();
    },
    clear() {
      Object.assign(state, noFaults());
      change(target.initialPolicy);
      target.flush();
      target.refresh();
    },
  };
}
