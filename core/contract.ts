/**
 * All that a user interface can see or ask: a `Snapshot` (at most four a second), `Command`s (each parsed by its schema
 * at the door) and `HearthEvent`s (things that happened once: a share landed, a block was found).
 * Every number says where it comes from in its name or comment; secrets never appear here.
 */
import * as z from 'zod';
import type { FaultCode } from './faults.ts';
import type { UsbRuleOutcome } from './ports.ts';

/** At most this many snapshots a second reach a watcher. */
export const MAX_SNAPSHOTS_PER_SECOND = 4;
const MAX_TEXT = 512; // longest thing a person types or pastes into one field (URLs, addresses)
const MAX_BACKUP_BYTES = 1 << 20; // a settings backup is a few kilobytes

// ── Settings (the file; `miner/settings.ts` reads, migrates and writes it) ─────────────────────────────────────────

export const networks = ['main', 'testnet3', 'testnet4', 'signet', 'regtest'] as const;
export type Network = (typeof networks)[number];

const text = z.string().max(MAX_TEXT);
const id = z.string().min(1).max(80);

/** Where work comes from. Pools and nodes are listed in order of preference. */
export const sourceSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('practice'), id, name: text }),
  z.strictObject({
    kind: z.literal('pool'),
    id,
    name: text,
    /** `stratum2+tcp://host:port/KEY`. */
    url: text,
    /** Sent as user_identity: an address, an account, a token; as the pool wants it. */
    user: text,
    channel: z.enum(['extended', 'standard']).default('extended'),
    /** Solo through a pool: every job's coinbase has to pay the address in `user`, or it is not mined. */
    paysUser: z.boolean().optional(),
    presetId: z.string().max(80).optional(),
  }),
  z.strictObject({
    kind: z.literal('solo'),
    id,
    name: text,
    /** `http://host:port` of the node's JSON-RPC. */
    url: text,
    address: text,
    /** Cookie file; or `rpcUser` with the password kept by the secret store under this source's id. */
    cookiePath: text.optional(),
    rpcUser: text.optional(),
  }),
]);
export type SourceSettings = z.infer<typeof sourceSettings>;

export const deviceSettings = z.strictObject({
  paused: z.boolean().default(false),
  name: text.optional(),
  threads: z.int().min(1).max(256).optional(),
  dutyCycle: z.number().min(0.05).max(1).optional(),
  frequencyMhz: z.number().min(1).max(2000).optional(),
  profile: z.enum(['eco', 'stock', 'performance']).optional(),
  /** A person agreed that an experimental device gets power. */
  allowExperimental: z.boolean().optional(),
});
export type DeviceSettingsEntry = z.infer<typeof deviceSettings>;

export const notificationEvents = ['block', 'best-share', 'stalled', 'pool-switched', 'device-fault', 'payout-mismatch'] as const;

const preferenceFields = {
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'more']),
  language: z.enum(['system', 'en', 'de', 'es', 'fr', 'pt-BR', 'ru', 'zh', 'ar']),
  startAtLogin: z.boolean(),
  closeToTray: z.boolean(),
  notify: z.record(z.enum(notificationEvents), z.boolean()),
  /** Minutes after local midnight; equal = no quiet hours. */
  quietFrom: z.int().min(0).max(1439),
  quietUntil: z.int().min(0).max(1439),
};

/** What a file does not say is as on the first day. */
export const preferences = z.strictObject({
  theme: preferenceFields.theme.default('system'),
  contrast: preferenceFields.contrast.default('system'),
  language: preferenceFields.language.default('system'),
  startAtLogin: preferenceFields.startAtLogin.default(false),
  closeToTray: preferenceFields.closeToTray.default(true),
  notify: preferenceFields.notify.default({
    block: true,
    'best-share': false,
    stalled: true,
    'pool-switched': false,
    'device-fault': true,
    'payout-mismatch': true,
  }),
  quietFrom: preferenceFields.quietFrom.default(0),
  quietUntil: preferenceFields.quietUntil.default(0),
});
/** Only what changed: without defaults, or one changed field would reset the others. */
const preferenceChanges = z.strictObject(preferenceFields).partial();
export type Preferences = z.infer<typeof preferences>;

export const settingsSchema = z.strictObject({
  version: z.literal(1),
  sources: z.array(sourceSettings).max(20),
  /** By device id. */
  devices: z.record(z.string().max(200), deviceSettings),
  preferences,
  /** Was mining when it last ran: resumes after a crash or restart. */
  mining: z.boolean(),
  /** First run is over. */
  welcomed: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

// ── Snapshot ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A fault that stands now, or an event that told of one. `facts` are evidence, safe to show and copy. */
export interface FaultSnapshot {
  readonly code: FaultCode;
  /** What it concerns: a source id, a device id, or `app`. */
  readonly about: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** Unix milliseconds. */
  readonly since: number;
}

export type MiningState =
  | { readonly at: 'stopped' }
  | { readonly at: 'starting' }
  | { readonly at: 'mining' }
  /** No work to be had: every source waits or refused. */
  | { readonly at: 'waiting' }
  | { readonly at: 'paused' }
  | { readonly at: 'stopping' };

export interface DeviceSnapshot {
  readonly id: string;
  readonly kind: 'processor' | 'usb' | 'lan';
  readonly model: string;
  readonly name?: string;
  readonly location: string;
  readonly serial?: string;
  readonly chips: number;
  readonly state: 'preparing' | 'hashing' | 'idle' | 'resting' | 'gone';
  /** Preparing: the step; resting: the reason. */
  readonly detail?: string;
  /** Measured here: from counted hashes (processor) or checked nonces. */
  readonly hashesPerSecond: number;
  readonly expectedHashesPerSecond: number;
  /** Checked nonces that met a share target since start. */
  readonly shares: number;
  readonly hardwareErrors: number;
  /** Its answers of the last minutes as checked here: right and wrong ones. Absent: none yet, or it is gone. */
  readonly answers?: DeviceAnswers;
  /** All that it did in every run, kept while it is unplugged; practice and real mining apart. */
  readonly record?: DeviceRecordSnapshot;
  readonly lastShareAt?: number;
  readonly since: number;
  /** Said by the device. */
  readonly tempC?: number;
  readonly fanRpm?: number;
  readonly fanPercent?: number;
  readonly watts?: number;
  readonly frequencyMhz?: number;
  /** Share of the time with work to be had in which its chips had none that was fresh; since it was plugged in. */
  readonly starved?: number;
  readonly settings: DeviceSettingsEntry;
  readonly canIdentify: boolean;
  readonly maxThreads?: number;
  /** Absent: its clock cannot be set. MHz. */
  readonly frequency?: {
    readonly range: readonly [min: number, max: number];
    readonly profiles: { readonly eco: number; readonly stock: number; readonly performance: number };
  };
  /** Gets no power until `settings.allowExperimental`. */
  readonly experimental?: boolean;
  readonly fault?: FaultSnapshot;
}

export interface DeviceAnswers {
  readonly right: number;
  readonly wrong: number;
  /** Length of the window, milliseconds. */
  readonly overMs: number;
}

export interface DeviceRecordSnapshot {
  readonly shares: number;
  /** Highest difficulty of a share. */
  readonly best: number;
  /** Unix milliseconds of the first and the last share. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** USB as the doctor shows it. */
export interface UsbSnapshot {
  /** `off`: Hearth was started without it. `unavailable`: this computer has no bus that Hearth can use. */
  readonly state: 'on' | 'off' | 'unavailable';
  readonly system: 'linux' | 'windows' | 'mac' | 'other';
  /** All that is plugged in and may be a miner, in the order of ports; at most 40. */
  readonly sights: readonly SightSnapshot[];
}

/** Something on USB: what it says, what it is, and what is in its way. */
export interface SightSnapshot {
  /** From plug to unplug. */
  readonly key: string;
  readonly location: string;
  /** As they are printed: `0403:6015`. */
  readonly ids: string;
  /** What it says of itself, at most 128 characters; it may say anything. */
  readonly says?: string;
  readonly serial?: string;
  /** A board by the name people call it. */
  readonly model?: string;
  /** `board`: Hearth drives it once nothing is in the way. `stock-firmware`: perhaps a Bitaxe, which mines over the network. */
  readonly kind: 'board' | 'unsupported' | 'stock-firmware' | 'other';
  /** A board: the device that it is in the list, once it was offered. */
  readonly deviceId?: string;
  /** Why it cannot be used now. */
  readonly fault?: FaultSnapshot;
  /** Worth knowing, and not in the way. */
  readonly notices: readonly FaultSnapshot[];
}

export interface PayoutOutput {
  readonly address?: string;
  readonly script: string;
  /** Decimal text: satoshi can exceed what JSON numbers are used for. */
  readonly satoshi: string;
  readonly mine: boolean;
}

export interface SourceSnapshot {
  readonly id: string;
  readonly kind: 'practice' | 'pool' | 'solo';
  readonly name: string;
  /** Host and port; never a user, key or password. */
  readonly endpoint: string;
  readonly user?: string;
  readonly active: boolean;
  readonly state: 'idle' | 'connecting' | 'open' | 'waiting' | 'refused' | 'stopped';
  readonly step?: string;
  /** Unix milliseconds of the next try. */
  readonly retryAt?: number;
  readonly fault?: FaultSnapshot;
  readonly protocol: 'stratum-v2' | 'stratum-v1' | 'node-rpc';
  readonly privacy: 'authenticated' | 'encrypted' | 'plain' | 'local';
  readonly authorityKey?: string;
  /** Unix seconds, as in the certificate. */
  readonly certificateFrom?: number;
  /** Unix seconds. */
  readonly certificateUntil?: number;
  readonly cipher?: string;
  readonly channel?: 'standard' | 'extended';
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly v1BytesIn?: number;
  readonly v1BytesOut?: number;
  readonly roundTripMs?: number;
  /** Present when the job shows its coinbase. */
  readonly payout?: readonly PayoutOutput[];
  readonly accepted: number;
  readonly refused: number;
  readonly lastRefusal?: { readonly code: string; readonly at: number };
  /** Difficulty the pool asks for now. */
  readonly shareDifficulty?: number;
  readonly height?: number;
  readonly lastJobAt?: number;
  readonly lastTest?: { readonly at: number; readonly ok: boolean };
}

export interface TestLine {
  readonly step: string;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'skipped';
  readonly text?: string;
  readonly fault?: FaultSnapshot;
}

/** Test before save, one at a time. */
export interface SourceTest {
  readonly id: number;
  readonly done: boolean;
  readonly ok: boolean;
  readonly lines: readonly TestLine[];
}

export interface Snapshot {
  readonly version: string;
  readonly now: number;
  readonly startedAt: number;
  readonly mining: MiningState;
  readonly miningSince?: number;
  readonly practice: boolean;
  readonly welcomed: boolean;
  readonly devices: readonly DeviceSnapshot[];
  readonly usb: UsbSnapshot;
  readonly sources: readonly SourceSnapshot[];
  /** Words for what failover will do next. */
  readonly failover?: { readonly preferredId: string; readonly returnsAt?: number };
  /** The rules of failover in numbers: without work for `graceMs` the next one is taken, working for `stableMs` a better one is taken back. */
  readonly failoverRules: { readonly graceMs: number; readonly stableMs: number };
  readonly hashesPerSecond: number;
  readonly expectedHashesPerSecond: number;
  /** From accepted shares over ten minutes: estimate and its one-sigma relative error 1/√n. */
  readonly poolEstimate?: { readonly hashesPerSecond: number; readonly relativeError: number; readonly shares: number };
  readonly accepted: number;
  readonly refused: number;
  readonly pending: number;
  readonly unanswered: number;
  readonly lastAcceptedAt?: number;
  /** Expected seconds between shares at this rate and difficulty. */
  readonly secondsPerShare?: number;
  readonly bestSession?: number;
  readonly bestEver?: { readonly difficulty: number; readonly at: number };
  readonly blocks: number;
  readonly watts?: number;
  readonly faults: readonly FaultSnapshot[];
  /** Newest first, at most 50. */
  readonly events: readonly EventEntry[];
  readonly test?: SourceTest;
  readonly settings: Settings;
  /** Where settings and history are kept. */
  readonly dataPath: string;
}

/** Things that happened once. `HearthEvent`s are also kept in the snapshot's `events`. */
export type HearthEvent =
  | { readonly type: 'share-found'; readonly deviceId: string; readonly difficulty: number }
  | { readonly type: 'share-accepted'; readonly count: number; readonly sourceId: string; readonly total: number }
  | { readonly type: 'share-refused'; readonly reason: string; readonly sourceId: string; readonly deviceId?: string }
  | { readonly type: 'job'; readonly sourceId: string; readonly clean: boolean; readonly height?: number }
  | {
      readonly type: 'block-found';
      readonly hash: string;
      readonly sourceId: string;
      readonly height?: number;
      readonly accepted?: boolean;
    }
  | { readonly type: 'best-share'; readonly difficulty: number }
  | { readonly type: 'source-state'; readonly sourceId: string; readonly state: string; readonly step?: string }
  | { readonly type: 'source-switched'; readonly fromId?: string; readonly toId: string; readonly reason: string }
  | { readonly type: 'device-state'; readonly deviceId: string; readonly state: string }
  | { readonly type: 'mining-state'; readonly state: MiningState['at'] }
  | { readonly type: 'fault'; readonly fault: FaultSnapshot }
  | { readonly type: 'fault-cleared'; readonly code: FaultCode; readonly about: string };
export type EventEntry = HearthEvent & { readonly at: number };

// ── History ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ChartPoint {
  /** Unix seconds at the start of the bucket. */
  readonly at: number;
  /** Measured here, mean over the bucket. */
  readonly hashesPerSecond: number;
  readonly accepted: number;
  readonly refused: number;
}
export interface ShareRow {
  readonly at: number;
  readonly sourceId: string;
  readonly deviceId: string;
  readonly difficulty: number;
  readonly shareDifficulty: number;
  readonly hash: string;
  readonly outcome: 'pending' | 'accepted' | 'refused' | 'unanswered';
  readonly reason?: string;
}
export interface BlockRow {
  readonly at: number;
  readonly hash: string;
  readonly height?: number;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly practice: boolean;
  readonly outcome: 'pending' | 'accepted' | 'refused';
}
export interface OutageRow {
  readonly from: number;
  readonly until?: number;
  readonly about: string;
  readonly code: FaultCode;
}

// ── Commands ───────────────────────────────────────────────────────────────────────────────────────────────────────

const nothing = z.strictObject({});
const page = z.strictObject({ before: z.number().optional(), limit: z.int().min(1).max(500).default(100) });

/** A secret that travels once, from the form to the secret store, and never back. */
const secret = z.string().max(MAX_TEXT);

/** Every command's arguments. Replies are in `CommandReplies`; both lists must name the same commands. */
export const commandArgs = {
  'mining.start': nothing,
  'mining.pause': nothing,
  'mining.stop': nothing,
  /** Ends first run: stores the source (in first place), marks welcomed, starts mining. */
  'welcome.finish': z.strictObject({ source: sourceSettings, secret: secret.optional() }),
  'source.save': z.strictObject({ source: sourceSettings, secret: secret.optional() }),
  'source.remove': z.strictObject({ id }),
  /** New order of all source ids. */
  'source.order': z.strictObject({ ids: z.array(id).max(20) }),
  /** Use this one now; the order stays. */
  'source.use': z.strictObject({ id }),
  'source.test': z.strictObject({ source: sourceSettings, secret: secret.optional() }),
  'source.cancelTest': nothing,
  'device.configure': z.strictObject({ id: z.string().max(200), settings: deviceSettings }),
  'device.identify': z.strictObject({ id: z.string().max(200) }),
  'device.forget': z.strictObject({ id: z.string().max(200) }),
  /** Linux: lets whoever sits at this computer use USB miners. The system asks for the password; Hearth never sees it. */
  'usb.installRule': nothing,
  'preferences.set': z.strictObject({ preferences: preferenceChanges }),
  /** As one types: network and kind of address, or what is wrong with it. */
  'check.address': z.strictObject({ text }),
  'check.url': z.strictObject({ text }),
  'history.chart': z.strictObject({ range: z.enum(['1h', '24h', '7d', '1y']) }),
  'history.shares': page,
  'history.best': nothing,
  'history.blocks': nothing,
  'history.outages': page,
  'history.csv': z.strictObject({ what: z.enum(['shares', 'blocks', 'outages', 'hashrate']) }),
  'settings.backup': nothing,
  'settings.restore': z.strictObject({ text: z.string().max(MAX_BACKUP_BYTES) }),
  diagnostics: nothing,
} as const satisfies Record<string, z.ZodType>;

export type CommandName = keyof typeof commandArgs;
export type CommandArgs<N extends CommandName> = z.input<(typeof commandArgs)[N]>;
export type ParsedArgs<N extends CommandName> = z.output<(typeof commandArgs)[N]>;

export type AddressCheck =
  | { readonly ok: true; readonly network: readonly Network[]; readonly type: string }
  | { readonly ok: false; readonly code: FaultCode; readonly position?: number };
export type UrlCheck =
  | {
      readonly ok: true;
      readonly protocol: 'stratum-v2' | 'stratum-v1' | 'node-rpc';
      readonly host: string;
      readonly port: number;
      readonly keyPublished: boolean;
      readonly url: string;
    }
  | { readonly ok: false; readonly code: FaultCode };

export interface CommandReplies {
  'mining.start': undefined;
  'mining.pause': undefined;
  'mining.stop': undefined;
  'welcome.finish': undefined;
  'source.save': undefined;
  'source.remove': undefined;
  'source.order': undefined;
  'source.use': undefined;
  'source.test': { readonly testId: number };
  'source.cancelTest': undefined;
  'device.configure': undefined;
  'device.identify': { readonly shown: boolean };
  'device.forget': undefined;
  'usb.installRule': UsbRuleOutcome;
  'preferences.set': undefined;
  'check.address': AddressCheck;
  'check.url': UrlCheck;
  'history.chart': readonly ChartPoint[];
  'history.shares': readonly ShareRow[];
  'history.best': readonly ShareRow[];
  'history.blocks': readonly BlockRow[];
  'history.outages': readonly OutageRow[];
  'history.csv': { readonly csv: string };
  'settings.backup': { readonly text: string };
  'settings.restore': undefined;
  diagnostics: { readonly text: string };
}

/** What a command gives back: its reply, or a fault by code. Nothing else crosses the door. */
export type CommandResult<N extends CommandName> =
  | { readonly ok: true; readonly reply: CommandReplies[N] }
  | { readonly ok: false; readonly fault: FaultSnapshot };

/** The whole door: the miner implements it once; IPC and the local web page carry it. */
export interface Door {
  command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>>;
  /** Calls with the present snapshot at once, then on change. Returns the unsubscribe. */
  watch(onSnapshot: (snapshot: Snapshot) => void, onEvent: (event: EventEntry) => void): () => void;
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Fails to compile when a command has arguments but no reply, or the reverse. */
export const everyCommandHasAReply: Same<CommandName, keyof CommandReplies> = true;
