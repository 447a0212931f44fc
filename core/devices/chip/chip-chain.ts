/**
 * A chain of chips, without I/O: takes bytes and the time, gives back bytes to write, changes of the host's rate and
 * events, in order. From reset: `discover` → `discovered` → `init` → `ready` → works. A board resets the chips, decides
 * frequencies and judges health; the chain only speaks with the chips.
 */
import { chipDifficultyOf, DIFFICULTY_ONE } from '../../bitcoin/chip-difficulty.ts';
import { EMPTY } from '../../bytes.ts';
import type { Work } from '../device.ts';
import type { ChainCommand, ChainEvent } from './chain-events.ts';
import { ChipCounts } from './chip-counts.ts';
import type { ChipFamily, InitSettings, NonceReply } from './chip-family.ts';
import { JobRing, type RingAnswer } from './job-ring.ts';
import type { Plan, PlanStep } from './plan.ts';
import { PlanRunner } from './plan-runner.ts';
import { ResponseReader } from './response-reader.ts';
import { TicketCheck } from './ticket-check.ts';
import { versionsOf } from './versions.ts';

/** More than any board has; a chain that answers more often is answering nonsense. */
export const MAX_CHIPS = 128;

type ChainState =
  | { readonly at: 'idle' }
  | { readonly at: 'discovering'; readonly runner: PlanRunner; readonly idWords: number[] }
  | { readonly at: 'discovered'; readonly chips: number }
  | { readonly at: 'starting'; readonly runner: PlanRunner; readonly mining: Mining }
  | { readonly at: 'ready'; readonly mining: Mining }
  | { readonly at: 'retuning'; readonly runner: PlanRunner; readonly mining: Mining }
  | { readonly at: 'stopping'; readonly runner: PlanRunner };

interface Mining {
  readonly chips: number;
  readonly ring: JobRing;
  readonly counts: ChipCounts;
  mhz: number;
  ticketDifficulty: number;
  /** Whether they took it. */
  ticketCheck: TicketCheck;
  /** What the chips were last told to roll. */
  versionMask: number;
}

export interface ChainOptions {
  readonly family: ChipFamily;
  /** Fewer are a failure. */
  readonly expectedChips: number;
  /** Hashes behind a nonce of difficulty 1; default: the network's. */
  readonly difficultyOne?: number;
}

export class ChipChain {
  readonly family: ChipFamily;
  readonly #expectedChips: number;
  readonly #difficultyOne: number;
  readonly #reader: ResponseReader;
  #state: ChainState = { at: 'idle' };
  #toldGarbage = 0;

  constructor({ family, expectedChips, difficultyOne = DIFFICULTY_ONE }: ChainOptions) {
    this.family = family;
    this.#expectedChips = expectedChips;
    this.#difficultyOne = difficultyOne;
    this.#reader = new ResponseReader(family.replies, (frame) => this.#proof(frame));
  }

  /** True when a `work` goes out at once. False before `ready` and while the frequency changes. */
  get takesWork(): boolean {
    return this.#state.at === 'ready';
  }

  /** Undefined before `init`. */
  get counts(): ChipCounts | undefined {
    return miningOf(this.#state)?.counts;
  }

  /** MHz that the chips run at; undefined before `init`. */
  get mhz(): number | undefined {
    return miningOf(this.#state)?.mhz;
  }

  /** When to call `tick` at the latest; undefined when nothing is under way. */
  get deadline(): number | undefined {
    const plan = 'runner' in this.#state ? this.#state.runner.deadline : undefined;
    const reader = this.#reader.deadline;
    if (plan === undefined || reader === undefined) return plan ?? reader;
    return Math.min(plan, reader);
  }

  send(command: ChainCommand, nowMs: number): ChainEvent[] {
    switch (command.type) {
      case 'discover':
        this.#reader.clear();
        return this.#begin({ at: 'discovering', runner: new PlanRunner(this.family.discovery(), nowMs), idWords: [] }, nowMs);
      case 'init':
        return this.#init(command, nowMs);
      case 'frequency':
        return this.#retune(command.mhz, nowMs);
      case 'ticket':
        return this.#setTicket(command.difficulty);
      case 'work':
        return this.#sendWork(command.work);
      case 'void':
        miningOf(this.#state)?.ring.voidAll();
        return [];
      case 'raw':
        return this.#state.at === 'ready' ? [{ type: 'write', bytes: command.bytes }] : [];
      case 'shutdown':
        return this.#shutDown(nowMs);
    }
  }

  receive(bytes: Uint8Array, nowMs: number): ChainEvent[] {
    const events = this.#reader.receive(bytes, nowMs).flatMap((frame) => this.#heard(frame, nowMs));
    return [...events, ...this.#garbage(), ...this.#play(nowMs)];
  }

  tick(nowMs: number): ChainEvent[] {
    const events = this.#reader.settle(nowMs).flatMap((frame) => this.#heard(frame, nowMs));
    return [...events, ...this.#garbage(), ...this.#play(nowMs)];
  }

  #init(settings: Omit<InitSettings, 'chips'>, nowMs: number): ChainEvent[] {
    if (this.#state.at !== 'discovered') return [];
    const { chips } = this.#state;
    const mining: Mining = {
      chips,
      ring: new JobRing(this.family.jobIds, this.#difficultyOne),
      counts: new ChipCounts(chips),
      mhz: this.family.pll(settings.mhz).mhz,
      ticketDifficulty: settings.ticketDifficulty,
      ticketCheck: new TicketCheck(settings.ticketDifficulty),
      versionMask: this.family.versionMask,
    };
    return this.#begin({ at: 'starting', runner: new PlanRunner(this.family.init({ ...settings, chips }), nowMs), mining }, nowMs);
  }

  #retune(mhz: number, nowMs: number): ChainEvent[] {
    if (this.#state.at !== 'ready') return [];
    const { mining } = this.#state;
    mining.mhz = this.family.pll(mhz).mhz;
    return this.#begin({ at: 'retuning', runner: new PlanRunner(this.family.setFrequency(mhz, mining.chips), nowMs), mining }, nowMs);
  }

  #setTicket(difficulty: number): ChainEvent[] {
    if (this.#state.at !== 'ready') return [];
    Object.assign(this.#state.mining, { ticketDifficulty: difficulty, ticketCheck: new TicketCheck(difficulty) });
    return this.#ticket(difficulty);
  }

  #ticket(difficulty: number): ChainEvent[] {
    const bytes = this.family.setTicket?.(difficulty);
    return bytes === undefined ? [] : [{ type: 'write', bytes }];
  }

  #shutDown(nowMs: number): ChainEvent[] {
    const mining = miningOf(this.#state);
    const plan: Plan = mining === undefined ? [] : this.family.shutdown(mining);
    this.#reader.clear();
    return this.#begin({ at: 'stopping', runner: new PlanRunner(plan, nowMs) }, nowMs);
  }

  #sendWork(work: Work): ChainEvent[] {
    if (this.#state.at !== 'ready') return [];
    const { mining } = this.#state;
    const events: ChainEvent[] = [];
    const narrowed = this.family.setVersionMask;
    if (narrowed !== undefined && work.versionMask !== mining.versionMask) {
      // A chip that rolls bits which the pool keeps makes shares that the pool refuses.
      events.push({ type: 'write', bytes: narrowed(work.versionMask) });
      mining.versionMask = work.versionMask;
    }
    const versions = versionsOf(work, this.family.midstateCounts);
    const jobId = mining.ring.add(work, versions);
    mining.ticketCheck.work();
    const { chips, ticketDifficulty } = mining;
    events.push({ type: 'write', bytes: this.family.encodeJob({ jobId, header: work.header, versions, chips, ticketDifficulty }) });
    return events;
  }

  #begin(state: ChainState, nowMs: number): ChainEvent[] {
    this.#state = state;
    return this.#play(nowMs);
  }

  /** Plays whatever steps are due, and goes on when their plan is over. */
  #play(nowMs: number): ChainEvent[] {
    const events: ChainEvent[] = [];
    while ('runner' in this.#state) {
      const step = this.#state.runner.due(nowMs);
      if (step !== undefined) events.push(...written(step));
      else if (this.#state.runner.isOver) return [...events, ...this.#planIsOver(this.#state)];
      else break;
    }
    return events;
  }

  #planIsOver(state: Extract<ChainState, { runner: PlanRunner }>): ChainEvent[] {
    switch (state.at) {
      case 'discovering':
        return this.#countChips(state.idWords);
      case 'starting':
        this.#state = { at: 'ready', mining: state.mining };
        return [{ type: 'ready', mhz: state.mining.mhz }];
      case 'retuning':
        this.#state = { at: 'ready', mining: state.mining };
        return [{ type: 'frequency', mhz: state.mining.mhz }];
      case 'stopping':
        this.#state = { at: 'idle' };
        return [{ type: 'stopped' }];
    }
  }

  #countChips(idWords: readonly number[]): ChainEvent[] {
    this.#state = { at: 'idle' };
    const found = idWords.length;
    const stranger = idWords.find((idWord) => !this.family.idWords.includes(idWord));
    if (stranger !== undefined) return [{ type: 'failed', fault: { code: 'chip-unexpected', idWord: stranger } }];
    if (found < this.#expectedChips) return [{ type: 'failed', fault: { code: 'chips-missing', found, expected: this.#expectedChips } }];
    if (found > MAX_CHIPS) return [{ type: 'failed', fault: { code: 'chips-too-many', found, limit: MAX_CHIPS } }];
    this.#state = { at: 'discovered', chips: found };
    return [{ type: 'discovered', chips: found, idWord: idWords[0] ?? 0 }];
  }

  /** What is no nonce has only its form; so has a nonce before there are jobs. */
  #proof(frame: Uint8Array): boolean | undefined {
    const reply = this.family.decode(frame);
    return reply.kind === 'nonce' ? miningOf(this.#state)?.ring.isReal(reply) : undefined;
  }

  #heard(frame: Uint8Array, nowMs: number): ChainEvent[] {
    const reply = this.family.decode(frame);
    switch (reply.kind) {
      case 'chip-id':
        this.#heardChip(reply.idWord, nowMs);
        return [];
      case 'healthy-core':
        return this.#heardHealthyCore();
      case 'register':
        return [{ ...reply, type: 'register', ...withMhz(this.family.pllOf(reply.value, reply.register)) }];
      case 'nonce':
        return this.#heardNonce(reply, nowMs);
    }
  }

  /** Ids count only while they are asked for; what comes earlier answers an attempt from before. */
  #heardChip(idWord: number, nowMs: number): void {
    if (this.#state.at !== 'discovering') return;
    const { runner, idWords } = this.#state;
    if (runner.expects?.reply !== 'chip-ids' || idWords.length > MAX_CHIPS) return;
    idWords.push(idWord);
    runner.heardChip(nowMs);
  }

  #heardHealthyCore(): ChainEvent[] {
    const mining = miningOf(this.#state);
    if (mining !== undefined) mining.counts.healthyCores += 1;
    return [{ type: 'healthy-core' }];
  }

  #heardNonce(reply: NonceReply, nowMs: number): ChainEvent[] {
    const mining = miningOf(this.#state);
    // What comes before the first job belongs to another life of the chips.
    if (mining === undefined || this.#state.at === 'starting') return [];
    const { counts } = mining;
    const chip = this.family.chipOf(reply, mining.chips);
    const answer = mining.ring.resolve(reply);
    counts.heard(reply.nonce);
    switch (answer.kind) {
      case 'found':
        counts.good(chip, nowMs);
        if (answer.recovered) counts.recovered += 1;
        return this.#goodNonce(answer, chip, mining);
      case 'stale':
        counts.stale += 1;
        return [{ type: 'stale', found: answer.found, chip }];
      case 'duplicate':
        counts.repeated(chip);
        return [{ type: 'duplicate', chip }];
      case 'wrong':
        counts.hardwareErrors += 1;
        return [{ type: 'hardware-error', reason: answer.reason, chip }];
    }
  }

  #goodNonce({ found, hash, recovered }: Extract<RingAnswer, { kind: 'found' }>, chip: number, mining: Mining): ChainEvent[] {
    const difficulty = chipDifficultyOf(hash, this.#difficultyOne);
    const again = mining.ticketCheck.nonce(difficulty) === 'send-again' ? this.#ticket(mining.ticketDifficulty) : [];
    return [{ type: 'nonce', found, chip, difficulty, recovered }, ...again];
  }

  #garbage(): ChainEvent[] {
    const bytes = this.#reader.garbageBytes - this.#toldGarbage;
    this.#toldGarbage = this.#reader.garbageBytes;
    return bytes === 0 ? [] : [{ type: 'garbage', bytes }];
  }
}

function miningOf(state: ChainState): Mining | undefined {
  return 'mining' in state ? state.mining : undefined;
}

function written(step: PlanStep): ChainEvent[] {
  const events: ChainEvent[] = [];
  if (step.hostBaud !== undefined) events.push({ type: 'host-baud', baud: step.hostBaud });
  if (step.bytes !== EMPTY && step.bytes.length > 0) events.push({ type: 'write', bytes: step.bytes });
  return events;
}

function withMhz(mhz: number | undefined): { readonly mhz?: number } {
  return mhz === undefined ? {} : { mhz };
}
