/**
 * One board, tried with the app: found, hashing at the emulated clock's rate; unplugged, and back with its settings. Waits are
 * generous and never claims: rates are compared with what the emulated clock itself counts.
 */
import type { DeviceSnapshot, FaultSnapshot } from '../../../core/contract.ts';
import type { Board, BoardFault } from '../emulators/board.ts';
import { type House, SHIFT } from './practice-house.ts';
import type { Trial } from './trials.ts';

/** For whatever has to happen at all; a slow machine takes long. */
export const LIMIT_MS = 180_000;
/** A slow board beside a fast one finds a share a minute: none in ten by chance once in twenty thousand. */
const SHARE_LIMIT_MS = 600_000;
/** Nonces that make a rate, and for how long they are waited for. */
const NONCES = 100;
const RATE_LIMIT_MS = 45_000;
/** The app's estimate from n nonces is off by 1/√n; 3.5 of that come by chance once in two thousand, and 0.1 is its own. */
const SIGMAS = 3.5;
const RATE_BIAS = 0.1;
/** So many show that chips, wires and driver are well. */
const GOOD_NONCES = 5;
const SLOW_NONCES = 2;
/** Of the time of a slow stick: an answer ends its job, and the next one is a round trip of a slow guest away. */
const MOST_STARVED = 0.1;
/** PLLs make steps. */
const MHZ_BAND = 0.015;
/** The frequency goes up step by step, one a second, and not at all in the first ten seconds: a clock that rests so long where it should be has arrived. */
const STEADY_MS = 2_000;

interface Start {
  readonly hashes: number;
  readonly starvedHashes: number;
  readonly at: number;
  readonly nonces: number;
}

/** What a run tells of a board at its end. */
export interface BoardResult {
  readonly model: string;
  readonly chips: number;
  /** The app's rate, and that of the emulated clock. */
  readonly rate: string;
  readonly shares: number;
  readonly seconds: number;
}

export class BoardTrial {
  readonly trial: Trial;
  readonly #house: House;
  readonly #serial: string;
  #busid = '';
  #start: Start = { hashes: 0, starvedHashes: 0, at: 0, nonces: 0 };
  #isTouched = false;
  #rate = '';
  #spentMs = 0;
  #startedAt = 0;

  constructor(house: House, trial: Trial) {
    this.#house = house;
    this.trial = trial;
    this.#serial = `EMU-${trial.board}`;
  }

  get device(): DeviceSnapshot | undefined {
    return this.#house.hearth.device(this.#serial);
  }

  get board(): Board {
    return this.#house.bench.board(this.#busid);
  }

  get result(): BoardResult {
    const { model = '', chips = 0 } = this.device ?? {};
    return { model, chips, rate: this.#rate, shares: this.shares, seconds: Math.round(this.#spentMs / 1000) };
  }

  /** Enough to show that it hashes. */
  get goodNonces(): number {
    return this.trial.isSlow ? SLOW_NONCES : GOOD_NONCES;
  }

  /** What grows while it mines, soon enough to be waited for. */
  get progress(): number {
    return this.trial.isSlow ? this.board.chain.stats.jobs : this.nonces;
  }

  /** Work that is counted as its own time. */
  async spend<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#spentMs += performance.now() - startedAt;
    }
  }

  get shares(): number {
    return this.device?.shares ?? 0;
  }

  /** Good nonces that its driver gave so far. */
  get nonces(): number {
    return this.#house.hearth.snapshot?.nonces[this.device?.id ?? ''] ?? 0;
  }

  check(claim: string, isTrue: boolean, detail = ''): void {
    this.#house.bench.check(`${this.trial.board}: ${claim}`, isTrue, detail);
  }

  /** For what only a machine that did not stand still since `from` can be held to. */
  checkSteady(claim: string, isTrue: boolean, from: number, detail = ''): void {
    const stalledMs = this.#house.hearth.stalls.worstSince(from);
    if (isTrue || stalledMs === 0) return this.check(claim, isTrue, detail);
    console.log(`skip ${this.trial.board}: ${claim}: the machine stood still for ${stalledMs} ms: ${detail}`);
  }

  inject(fault: BoardFault): void {
    this.#house.bench.inject(this.#busid, fault);
  }

  /** Until it is so; false when it is not within the limit. */
  async until(isSo: () => boolean, limitMs = LIMIT_MS): Promise<boolean> {
    return (await this.#house.bench.until(() => (isSo() ? true : undefined), limitMs)) ?? false;
  }

  /** The faults told of it since `from`, an index into the app's events. */
  faults(from: number): readonly FaultSnapshot[] {
    return this.device === undefined ? [] : this.#house.hearth.faultsOf(this.device.id, from);
  }

  async plugIn(): Promise<void> {
    this.#startedAt = performance.now();
    this.#busid = await this.#house.bench.plugIn(this.trial.board, { shift: SHIFT, serial: this.#serial });
    await this.until(() => this.device !== undefined);
    if (this.trial.isAsked) await this.until(() => this.device?.experimental === true);
    if (this.device?.experimental) await this.#agree();
    await this.until(() => this.device?.state === 'hashing');
    const { device } = this;
    const isKnown = device?.model === this.trial.model && device.serial === this.#serial;
    this.check('is identified by name and serial number', isKnown, `${device?.model} ${device?.serial}`);
    const isUp = device?.state === 'hashing' && device.chips === this.trial.chips;
    this.check('hashes, all its chips found', isUp, `${device?.state}, ${device?.chips} chips`);
    this.checkSteady('starts without a fault', this.faults(0).length === 0, this.#startedAt, showFaults(this.faults(0)));
    const { hashes, starvedHashes, noncesSent: nonces } = this.board.chain.stats;
    this.#start = { hashes, starvedHashes, nonces, at: this.#house.bench.now() };
    if (this.trial.mhz !== undefined) await this.#configure({ frequencyMhz: this.trial.mhz });
  }

  /** The app's rate over that of the emulated clock. */
  async rate(): Promise<void> {
    const nonces = () => this.board.chain.stats.noncesSent - this.#start.nonces;
    await this.until(() => nonces() >= NONCES, RATE_LIMIT_MS);
    const { hashes, lostHashes, jobs } = this.board.chain.stats;
    const real = ((hashes - this.#start.hashes) * 1000) / (this.#house.bench.now() - this.#start.at);
    const told = (this.device?.hashesPerSecond ?? 0) * 2 ** SHIFT;
    const band = RATE_BIAS + SIGMAS / Math.sqrt(Math.max(1, nonces()));
    // Where nonces are too few to make a rate: it has work, and work is what makes the rate.
    const starved = `without work ${(100 * this.#starved).toFixed(1)} % of the time`;
    this.#rate = `${giga(told)} of ${giga(real)} GH/s = ${(told / real).toFixed(2)}`;
    const figures = `${this.#rate} (1 ± ${band.toFixed(2)}), ${nonces()} nonces`;
    if (this.trial.isSlow) this.checkSteady('is kept busy', this.#starved <= MOST_STARVED, this.#startedAt, starved);
    else this.check('has the rate of the emulated clock', Math.abs(told / real - 1) <= band, `${figures}, ${starved}`);
    const lost = lostHashes > 0 ? `; this machine had no time for ${((100 * lostHashes) / (hashes + lostHashes)).toFixed(1)} %` : '';
    this.check('makes no hardware errors', this.device?.hardwareErrors === 0, `${this.device?.hardwareErrors} errors${lost}`);
    const complaints = [...this.board.chain.complaints];
    this.check('tells its chips only what they understand', complaints.length === 0, `${jobs} jobs ${complaints.join('; ')}`);
  }

  /** Share of the time since the start in which its chips had no work; all of it when they did none. */
  get #starved(): number {
    const { hashes, starvedHashes } = this.board.chain.stats;
    const [done, missed] = [hashes - this.#start.hashes, starvedHashes - this.#start.starvedHashes];
    return done > 0 ? missed / (done + missed) : 1;
  }

  async unplug(): Promise<void> {
    const { bench, hearth } = this.#house;
    const from = hearth.events.length;
    await bench.unplug(this.#busid);
    await this.until(() => this.device?.state === 'gone');
    const isRight = this.device?.state === 'gone' && codesOf(this.faults(from)) === 'device-gone';
    this.check('unplugged, it is gone', isRight, showFaults(this.faults(from)));
  }

  /** After everything that went wrong. */
  async earns(): Promise<void> {
    const { shares } = this;
    this.check('after all that it finds shares', await this.until(() => this.shares > shares, SHARE_LIMIT_MS), `${this.shares - shares}`);
  }

  /** Out for good; the app has ended. */
  async leave(): Promise<void> {
    await this.#house.bench.unplug(this.#busid);
  }

  async replug(): Promise<void> {
    const { nonces } = this;
    await this.#house.bench.replug(this.#busid);
    await this.until(() => this.device !== undefined && this.device.state !== 'gone');
    const isUp = await this.until(() => this.device?.state === 'hashing' && this.nonces >= nonces + this.goodNonces);
    this.check('put back, it hashes again', isUp, `${this.device?.state} ${this.device?.detail ?? ''}`);
  }

  async keeps(): Promise<void> {
    const { mhz } = this.trial;
    if (mhz === undefined) return;
    const isSo = () => this.#isAtItsClock() && this.device?.settings.frequencyMhz === mhz;
    this.check('put back, it has its settings', await this.until(isSo), `${this.board.chain.stats.megahertz} MHz for ${mhz}`);
  }

  /** Until its clock rests at what was asked for. */
  async steady(): Promise<void> {
    let since: number | undefined;
    await this.until(() => {
      const now = this.#house.bench.now();
      since = this.#isAtItsClock() ? (since ?? now) : undefined;
      return since !== undefined && now - since >= STEADY_MS;
    });
  }

  /** A person touches its settings: what failed before is forgotten, and a board that waits is tried at once. */
  async touch(): Promise<void> {
    const { mhz } = this.trial;
    this.#isTouched = !this.#isTouched;
    // Beside a frequency the profile says nothing: the chips go on as they are.
    if (mhz !== undefined) return this.#configure({ frequencyMhz: mhz, profile: this.#isTouched ? 'eco' : 'stock' });
    await this.#configure({ paused: true });
    await this.#configure({ paused: false });
  }

  #isAtItsClock(): boolean {
    const { mhz = 0 } = this.trial;
    return Math.abs(this.board.chain.stats.megahertz / mhz - 1) <= MHZ_BAND;
  }

  /** Until then its chips must not have been spoken to; where they had to be asked who they are, they must not have hashed. */
  async #agree(): Promise<void> {
    await this.until(() => this.device?.detail === 'experimental');
    const { heard, stats } = this.board.chain;
    const isLeftAlone = this.trial.isAsked ? stats.jobs === 0 && stats.hashes === 0 : heard.length === 0 && stats.hashesPerSecond === 0;
    this.check('does not hash until a person agrees', isLeftAlone, `${heard.length} frames heard, ${stats.jobs} jobs`);
    await this.#configure({ allowExperimental: false });
    await this.#configure({ allowExperimental: true });
  }

  async #configure(change: Partial<DeviceSnapshot['settings']>): Promise<void> {
    if (this.device === undefined) return;
    const { id, settings } = this.device;
    const agreed = settings.allowExperimental === undefined ? {} : { allowExperimental: settings.allowExperimental };
    await this.#house.hearth.command('device.configure', { id, settings: { paused: false, ...agreed, ...change } });
  }
}

export function codesOf(faults: readonly FaultSnapshot[]): string {
  return faults.map(({ code }) => code).join(' ');
}

/** With what is known of each. */
export function showFaults(faults: readonly FaultSnapshot[]): string {
  return faults.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`).join(' ');
}

function giga(hashesPerSecond: number): string {
  return (hashesPerSecond / 1e9).toFixed(1);
}
