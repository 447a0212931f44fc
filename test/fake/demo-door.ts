/**
 * A scripted door for screenshots and tests of the pages: every state the window can show, as data. Only for tests.
 * It answers every command of the contract, checks its arguments by their schema, and moves like the real one.
 */
import {
  type ChartPoint,
  type CommandArgs,
  type CommandName,
  type CommandReplies,
  type CommandResult,
  commandArgs,
  type Door,
  type EventEntry,
  type FaultSnapshot,
  type Settings,
  type Snapshot,
  type SourceSettings,
  type SourceTest,
} from '../../core/contract.ts';
import type { FaultCode } from '../../core/faults.ts';
import { type SceneName, scenes } from './demo-scenes.ts';

type Watcher = { readonly onSnapshot: (snapshot: Snapshot) => void; readonly onEvent: (event: EventEntry) => void };
type Handlers = { readonly [N in CommandName]: (args: never) => unknown };

const TEST_STEP_MS = 60;
const BEAT_MS = 500;
const steps = ['name', 'address', 'tcp', 'noise', 'certificate', 'clock', 'setup', 'channel', 'job'] as const;

export class DemoDoor implements Door {
  snapshot: Snapshot;
  /** Names of the commands that came, in order. */
  readonly asked: CommandName[] = [];
  /** The step at which the next test fails, and how. */
  failTestAt: { readonly step: string; readonly code: FaultCode } | undefined;
  /** The next command is refused with it. */
  failNext: FaultCode | undefined;
  /** Tests stop before this step and stay there, to be looked at. */
  holdTestAt: string | undefined;
  /** What the system says to the wish for the rule. */
  ruleOutcome: CommandReplies['usb.installRule'] = { done: 'installed' };
  /** No history yet. */
  emptyHistory = false;
  readonly #now: () => number;
  readonly #watchers = new Set<Watcher>();
  #testId = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  /** `now`: the time that the miner tells; Unix milliseconds. */
  constructor(scene: SceneName = 'mining', now: () => number = Date.now) {
    this.#now = now;
    this.snapshot = scenes[scene](now());
  }

  /** Changes to another state at once. */
  show(scene: SceneName): void {
    this.stop();
    const { preferences } = this.snapshot.settings;
    const next = scenes[scene](this.#now());
    this.snapshot = { ...next, settings: { ...next.settings, preferences } };
    this.#publish();
  }

  async command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> {
    this.asked.push(name);
    const parsed = commandArgs[name].safeParse(args);
    if (!parsed.success) return { ok: false, fault: fault('bad-arguments', 'app') };
    const refusal = this.failNext;
    this.failNext = undefined;
    if (refusal !== undefined) return { ok: false, fault: fault(refusal, 'app') };
    const reply = this.#handlers[name](parsed.data as never);
    if (reply instanceof Refusal) return { ok: false, fault: reply.fault };
    return { ok: true, reply } as CommandResult<N>;
  }

  watch(onSnapshot: (snapshot: Snapshot) => void, onEvent: (event: EventEntry) => void): () => void {
    const watcher = { onSnapshot, onEvent };
    this.#watchers.add(watcher);
    onSnapshot({ ...this.snapshot, now: this.#now() });
    const beat = setInterval(() => this.#beat(), BEAT_MS);
    return () => {
      clearInterval(beat);
      this.#watchers.delete(watcher);
    };
  }

  /** Lets something happen once. */
  happen(event: EventEntry): void {
    for (const { onEvent } of this.#watchers) onEvent(event);
  }
  change(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    this.#publish();
  }
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /** A snapshot as from a miner at work: bytes pass, time too. */
  #beat(): void {
    const flows = this.snapshot.mining.at === 'mining';
    const sources = this.snapshot.sources.map((one) =>
      one.active && flows ? { ...one, bytesIn: one.bytesIn + 20, bytesOut: one.bytesOut + 62 } : one,
    );
    this.change({ sources });
  }

  #publish(): void {
    const snapshot = { ...this.snapshot, now: this.#now() };
    for (const { onSnapshot } of this.#watchers) onSnapshot(snapshot);
  }

  #settings(change: Partial<Settings>): undefined {
    this.change({ settings: { ...this.snapshot.settings, ...change } });
  }

  #save(source: SourceSettings): undefined {
    const rest = this.snapshot.settings.sources.filter(({ id }) => id !== source.id);
    this.#settings({ sources: [source, ...rest] });
  }

  #finish(source: SourceSettings): undefined {
    const { preferences } = this.snapshot.settings;
    this.show(source.kind === 'practice' ? 'practice' : 'mining');
    this.#settings({ preferences });
    this.#save(source);
  }

  #test(): { testId: number } {
    const id = ++this.#testId;
    const lines = steps.map((step) => ({ step, state: 'waiting' as const }));
    this.change({ test: { id, done: false, ok: false, lines } });
    this.#timers.push(setTimeout(() => this.#walk(id, 0), TEST_STEP_MS));
    return { testId: id };
  }

  #walk(id: number, at: number): void {
    const test = this.snapshot.test;
    const step = steps[at];
    if (test?.id !== id) return;
    const failing = step !== undefined && this.failTestAt?.step === step ? this.failTestAt.code : undefined;
    const held = step !== undefined && this.holdTestAt === step;
    this.change({ test: walked(test, at, failing, held) });
    if (failing || held || step === undefined) return;
    this.#timers.push(setTimeout(() => this.#walk(id, at + 1), TEST_STEP_MS));
  }

  readonly #handlers: Handlers = {
    'mining.start': () => this.change({ mining: { at: 'mining' }, miningSince: this.#now() }),
    'mining.pause': () => this.change({ mining: { at: 'paused' }, hashesPerSecond: 0 }),
    'mining.stop': () => this.change({ mining: { at: 'stopped' }, hashesPerSecond: 0 }),
    'welcome.finish': ({ source }: { source: SourceSettings }) => this.#finish(source),
    'source.save': ({ source }: { source: SourceSettings }) => this.#save(source),
    'source.remove': ({ id }: { id: string }) => this.change({ sources: this.snapshot.sources.filter((one) => one.id !== id) }),
    'source.order': ({ ids }: { ids: string[] }) =>
      this.change({ sources: ids.flatMap((id) => this.snapshot.sources.filter((one) => one.id === id)) }),
    'source.use': ({ id }: { id: string }) =>
      this.change({
        sources: this.snapshot.sources.map((one) => ({
          ...one,
          active: one.id === id,
          state: one.id === id ? ('open' as const) : ('idle' as const),
        })),
      }),
    'source.test': () => this.#test(),
    'source.cancelTest': () => {
      this.stop();
      const { test: _gone, ...rest } = this.snapshot;
      this.snapshot = rest;
      this.#publish();
    },
    'device.configure': ({ id, settings }: CommandArgs<'device.configure'>) =>
      this.change({
        devices: this.snapshot.devices.map((one) =>
          one.id === id
            ? {
                ...one,
                settings: { paused: false, ...settings } as (typeof one)['settings'],
                ...configured(one, settings),
              }
            : one,
        ),
      }),
    'usb.installRule': () => this.ruleOutcome,
    'device.identify': () => ({ shown: true }),
    'device.forget': ({ id }: { id: string }) => this.change({ devices: this.snapshot.devices.filter((one) => one.id !== id) }),
    'preferences.set': ({ preferences }: { preferences: object }) =>
      this.#settings({ preferences: { ...this.snapshot.settings.preferences, ...preferences } }),
    'check.address': ({ text }: { text: string }) => checkAddress(text),
    'check.url': ({ text }: { text: string }) => checkUrl(text),
    'history.chart': ({ range }: { range: '1h' | '24h' | '7d' | '1y' }) =>
      this.emptyHistory ? [] : chart(range, this.snapshot.expectedHashesPerSecond),
    'history.shares': () => (this.emptyHistory ? [] : shares(this.snapshot, 100)),
    'history.best': () => (this.emptyHistory ? [] : shares(this.snapshot, 12).sort((a, b) => b.difficulty - a.difficulty)),
    'history.blocks': () => (this.emptyHistory ? [] : blocks(this.snapshot)),
    'history.outages': () => (this.emptyHistory ? [] : outages(this.snapshot)),
    'history.csv': () => ({ csv: 'at,hashes_per_second\r\n1790000000,2260000000000\r\n' }),
    'settings.backup': () => ({ text: JSON.stringify(this.snapshot.settings) }),
    'settings.restore': ({ text }: { text: string }) => (text.startsWith('{') ? undefined : new Refusal(fault('settings-broken', 'app'))),
    diagnostics: () => ({ text: `Hearth ${this.snapshot.version}` }),
  };
}

/** As a device of this kind answers: it rests while it is paused or waits for a word. */
function configured(
  { experimental }: Snapshot['devices'][number],
  { paused, allowExperimental }: CommandArgs<'device.configure'>['settings'],
): Pick<Snapshot['devices'][number], 'state' | 'detail'> {
  if (paused) return { state: 'resting', detail: 'paused' };
  return experimental && !allowExperimental ? { state: 'resting', detail: 'experimental' } : { state: 'hashing', detail: '' };
}

class Refusal {
  readonly fault: FaultSnapshot;
  constructor(refused: FaultSnapshot) {
    this.fault = refused;
  }
}

function fault(code: FaultCode, about: string): FaultSnapshot {
  return { code, about, facts: {}, since: Date.now() };
}

const said: Readonly<Record<string, string>> = {
  name: 'pool.example, and the key in the address is whole',
  address: 'found at 203.0.113.40',
  tcp: 'port 3333 is open',
  noise: 'encrypted: ChaCha20-Poly1305',
  certificate: 'the key is the one in the address; valid for 54 min more',
  clock: 'this computer is within the certificate’s dates',
  setup: 'version 2',
  channel: 'extended channel open',
  job: 'work for block 968,412',
};

function walked(test: SourceTest, at: number, failing: FaultCode | undefined, held: boolean): SourceTest {
  const lines = test.lines.map((line, index) => {
    if (index < at) return { step: line.step, state: 'passed' as const, text: said[line.step] ?? '' };
    if (index > at) return line;
    if (failing)
      return {
        step: line.step,
        state: 'failed' as const,
        fault: { ...fault(failing, 'test'), facts: { host: 'pool.example', port: 3333 } },
      };
    return { step: line.step, state: 'running' as const };
  });
  const done = failing !== undefined || (at >= steps.length && !held);
  return { ...test, lines, done, ok: done && failing === undefined };
}

/** Good enough to show every kind of answer; the real check is the miner's. */
function checkAddress(text: string): unknown {
  if (/^bc1q[a-z0-9]{20,}$/.test(text)) return { ok: true, network: ['main'], type: 'P2WPKH' };
  if (/^tb1q[a-z0-9]{20,}$/.test(text)) return { ok: true, network: ['testnet3', 'testnet4', 'signet'], type: 'P2WPKH' };
  return { ok: false, code: /^(bc1|tb1|1|3)/.test(text) ? 'address-checksum' : 'address-malformed', position: 9 };
}
function checkUrl(text: string): unknown {
  const v2 = /^stratum2\+tcp:\/\/([^:/]+):(\d+)\/(9\w{40,})$/.exec(text);
  if (v2) return { ok: true, protocol: 'stratum-v2', host: v2[1], port: Number(v2[2]), keyPublished: text.includes('9auq'), url: text };
  const v1 = /^stratum\+tcp:\/\/([^:/]+):(\d+)$/.exec(text);
  if (v1) return { ok: true, protocol: 'stratum-v1', host: v1[1], port: Number(v1[2]), keyPublished: false, url: text };
  const node = /^http:\/\/([^:/]+):(\d+)\/?$/.exec(text);
  if (node) return { ok: true, protocol: 'node-rpc', host: node[1], port: Number(node[2]), keyPublished: false, url: text };
  return { ok: false, code: text.includes(':') ? 'url-key-missing' : 'url-malformed' };
}

const ranges = { '1h': [60, 60], '24h': [288, 300], '7d': [336, 1800], '1y': [365, 86_400] } as const;

function chart(range: keyof typeof ranges, expected: number): ChartPoint[] {
  const [count, seconds] = ranges[range];
  const end = Math.floor(Date.now() / 1000 / seconds) * seconds;
  return Array.from({ length: count }, (_, index) => {
    const wave = Math.sin(index / 7) * 0.012 + Math.sin(index * 1.7) * 0.014 + Math.sin(index / 31) * 0.01;
    const dip = index === Math.floor(count / 3) ? 0.6 : 0;
    return { at: end - (count - 1 - index) * seconds, hashesPerSecond: expected * (0.975 + wave - dip), accepted: 4, refused: 0 };
  });
}

function hash(seed: number): string {
  let state = seed * 2654435761;
  const digit = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 28).toString(16);
  };
  return `000000000000${Array.from({ length: 52 }, digit).join('')}`;
}

function shares(snapshot: Snapshot, count: number) {
  const source = snapshot.sources[0];
  const outcomes = ['accepted', 'accepted', 'accepted', 'refused', 'accepted', 'pending'] as const;
  return Array.from({ length: count }, (_, index) => {
    const outcome = index === 0 ? 'pending' : (outcomes[(index * 7) % 5] ?? 'accepted');
    const row = {
      at: Date.now() - index * 38_000,
      sourceId: source?.id ?? '',
      deviceId: snapshot.devices[index % Math.max(1, snapshot.devices.length)]?.id ?? '',
      difficulty: 38_204 * (1 + ((index * 13) % 40)) ** 2,
      shareDifficulty: 38_204,
      hash: hash(index + 1),
      outcome,
    };
    return outcome === 'refused' ? { ...row, reason: 'stale-share' } : row;
  });
}

function blocks(snapshot: Snapshot) {
  const practice = snapshot.practice;
  return Array.from({ length: snapshot.blocks }, (_, index) => ({
    at: Date.now() - (index + 1) * 260_000,
    hash: hash(index + 90),
    height: practice ? 214 - index * 3 : 968_012,
    sourceId: snapshot.sources[0]?.id ?? '',
    sourceName: snapshot.sources[0]?.name ?? '',
    practice,
    outcome: 'accepted' as const,
  }));
}

function outages(snapshot: Snapshot) {
  const about = snapshot.sources[0]?.id ?? 'app';
  const now = Date.now();
  return [
    { from: now - 60_000 * 47, until: now - 60_000 * 46, about, code: 'stream-lost' as const },
    { from: now - 3600_000 * 30, until: now - 3600_000 * 29.6, about, code: 'certificate-not-yet-valid' as const },
    { from: now - 3600_000 * 80, until: now - 3600_000 * 79, about, code: 'name-not-found' as const },
  ];
}
