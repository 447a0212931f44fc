/** System notifications for what a person asked to hear of, never in quiet hours. A block is told even then, silently. */
import { Notification } from 'electron';
import type { Door, EventEntry, Preferences, Snapshot } from '../core/contract.ts';
import { type Words, wordsFor } from './words.ts';

/** Failover takes seconds; without work for this long, somebody should look. */
const STALLED_AFTER_MS = 5 * 60_000;
/** Of one kind, so often at most: nobody reads more. Real blocks are always told. */
const MIN_GAP_MS = 60_000;
/** Their objects have to live for a click to arrive; the oldest goes. */
const MAX_SHOWN = 20;

type Wish = keyof Preferences['notify'];
export interface Message {
  readonly wish: Wish;
  readonly title: string;
  readonly body: string;
}

export function notify(door: Door, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const toldAt = new Map<Wish, number>();
  const shown: Notification[] = [];
  let latest: Snapshot | undefined;
  let stalling: NodeJS.Timeout | undefined;

  const tell = ({ wish, title, body }: Message, at: number) => {
    if (!latest?.settings.preferences.notify[wish]) return;
    const silent = isQuiet(latest.settings.preferences, new Date(at));
    const isBlock = wish === 'block' && !latest.practice;
    const isSoon = at - (toldAt.get(wish) ?? Number.NEGATIVE_INFINITY) < MIN_GAP_MS;
    if (!isBlock && (silent || isSoon)) return;
    toldAt.set(wish, at);
    const notification = new Notification({ title, body, silent });
    notification.on('click', onClick);
    notification.show();
    if (shown.push(notification) > MAX_SHOWN) shown.shift();
  };
  const stalled = () => {
    if (!latest) return;
    const [title, body] = wordsFor(latest.settings.preferences).stalled;
    tell({ wish: 'stalled', title, body }, Date.now());
  };
  const watchWork = (isWaiting: boolean) => {
    if (isWaiting) stalling ??= setTimeout(stalled, STALLED_AFTER_MS);
    else {
      clearTimeout(stalling);
      stalling = undefined;
    }
  };
  door.watch(
    (snapshot) => {
      latest = snapshot;
      watchWork(snapshot.mining.at === 'waiting');
    },
    (event) => {
      const message = latest && messageOf(event, latest, wordsFor(latest.settings.preferences));
      if (message) tell(message, event.at);
    },
  );
}

/** Undefined for events nobody is told of. */
export function messageOf(
  event: EventEntry,
  { practice, sources }: Pick<Snapshot, 'practice' | 'sources'>,
  words: Words,
): Message | undefined {
  const mark = practice ? `${words.practice}: ` : '';
  switch (event.type) {
    case 'block-found':
      return { wish: 'block', title: `${mark}${words.block}`, body: event.hash };
    case 'best-share':
      return practice
        ? undefined
        : { wish: 'best-share', title: words.bestShare, body: `${words.difficulty} ${Math.round(event.difficulty)}` };
    case 'source-switched':
      return {
        wish: 'pool-switched',
        title: `${mark}${words.switched}`,
        body: sources.find(({ id }) => id === event.toId)?.name ?? event.toId,
      };
    case 'fault':
      return faultMessage(event.fault.code, words);
    default:
      return undefined;
  }
}

function faultMessage(code: string, words: Words): Message | undefined {
  const isDevice = code.startsWith('device-') || code === 'hardware-errors';
  if (code !== 'payout-mismatch' && !isDevice) return undefined;
  const [title, body] = isDevice ? words.deviceFault : words.payoutMismatch;
  return { wish: isDevice ? 'device-fault' : 'payout-mismatch', title, body };
}

/** Minutes after local midnight; a span may pass midnight; equal ends mean no quiet hours. */
export function isQuiet({ quietFrom, quietUntil }: Pick<Preferences, 'quietFrom' | 'quietUntil'>, at: Date): boolean {
  const minute = at.getHours() * 60 + at.getMinutes();
  return quietFrom <= quietUntil ? minute >= quietFrom && minute < quietUntil : minute >= quietFrom || minute < quietUntil;
}
