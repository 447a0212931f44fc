/** Every fault of a board's trial, one after the other: the right code told, nothing else, and it hashes again. */
import type { EventEntry } from '../../../core/contract.ts';
import type { Check } from '../bench.ts';
import type { BoardFault } from '../emulators/board.ts';
import { type BoardTrial, codesOf, showFaults } from './board-trial.ts';
import { type FaultTrial, FRAMES } from './fault-trials.ts';
import type { House } from './practice-house.ts';

const MOST_ATTEMPTS = 4;

/** What was so in the moment in which the app told the first fault. */
interface Moment {
  readonly hashesPerSecond: number;
  /** Since the fault was injected. */
  readonly commands: number;
}

export async function tryFaults(board: BoardTrial, house: House): Promise<void> {
  for (const fault of board.trial.faults) await tryUntilSteady(board, fault, house);
}

/** What went wrong while this machine stood still proves nothing: it is tried again. */
async function tryUntilSteady(board: BoardTrial, fault: FaultTrial, house: House): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now();
    const claims = await tryFault(board, fault, house);
    const stalledMs = house.hearth.stalls.worstSince(startedAt);
    if (claims.every(({ isTrue }) => isTrue) || stalledMs === 0 || attempt === MOST_ATTEMPTS) {
      for (const { claim, isTrue, detail } of claims) board.check(`${fault.name}: ${claim}`, isTrue, detail);
      return;
    }
    const wrong = claims.filter(({ isTrue }) => !isTrue).map(({ claim, detail }) => `${claim}: ${detail}`);
    console.log(`again ${board.trial.board}: ${fault.name}: the machine stood still for ${stalledMs} ms; ${wrong.join('; ')}`);
    await board.touch();
    await board.until(() => board.device?.state === 'hashing');
  }
}

async function tryFault(board: BoardTrial, fault: FaultTrial, { hearth, bench }: House): Promise<readonly Check[]> {
  if (fault.cutsPower) await board.steady();
  const from = hearth.events.length;
  const errorsBefore = board.device?.hardwareErrors ?? 0;
  const moment = momentOfTelling(board, hearth.listeners, bench.now());
  for (const each of fault.faults(board.board)) await inject(board, each);
  await board.until(() => fault.codes.every((code) => board.faults(from).some((told) => told.code === code)));
  for (const each of fault.relief ?? []) board.inject(each);
  if (fault.isTouched) await board.touch();
  const { nonces } = board;
  const isUp = await board.until(() => hearth.hasRecovered(board.device?.id ?? '', from) && board.nonces >= nonces + board.goodNonces);
  const told = board.faults(from);
  const isRight = codesOf(told) === fault.codes.join(' ');
  const errors = (board.device?.hardwareErrors ?? 0) - errorsBefore;
  const most = fault.mostErrors ?? 0;
  const seen = moment();
  if (fault.codes.length > 0 && !fault.isTouched) await board.touch();
  return [
    { claim: fault.codes.join(', ') || 'nobody is troubled', isTrue: isRight, detail: isRight ? '' : showFaults(told) || 'nothing told' },
    { claim: 'it hashes on', isTrue: isUp, detail: `${board.device?.state} ${board.device?.detail ?? ''}` },
    { claim: `${most === 0 ? 'no' : `at most ${most}`} hardware errors`, isTrue: errors <= most, detail: `${errors}` },
    ...(fault.cutsPower ? [cutBefore(seen)] : []),
  ];
}

/** Looks at the emulated board in the very moment in which a fault of it is told. */
function momentOfTelling(board: BoardTrial, listeners: Set<(event: EventEntry) => void>, injectedAt: number): () => Moment | undefined {
  let moment: Moment | undefined;
  const listener = (event: EventEntry) => {
    if (event.type !== 'fault' || event.fault.about !== board.device?.id) return;
    const { heard, stats } = board.board.chain;
    const commands = heard.filter(({ at, verdict }) => at >= injectedAt && verdict === 'command').length;
    moment ??= { commands, hashesPerSecond: stats.hashesPerSecond };
  };
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    return moment;
  };
}

function cutBefore(moment: Moment | undefined): Check {
  const isTrue = moment?.hashesPerSecond === 0 && moment.commands === 0;
  const detail = moment === undefined ? 'nothing told' : `${moment.hashesPerSecond} hashes a second, ${moment.commands} commands before`;
  return { claim: 'power is gone before the chips or anybody hear of it', isTrue, detail };
}

/** Wire faults wait for frames: the next fault comes when these have passed. */
async function inject(board: BoardTrial, fault: BoardFault): Promise<void> {
  const { noncesSent } = board.board.chain.stats;
  board.inject(fault);
  if ('frames' in fault) await board.until(() => board.board.chain.stats.noncesSent >= noncesSent + FRAMES);
}
