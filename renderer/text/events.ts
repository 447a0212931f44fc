/** Events as lines of a list. Runs of the same small thing become one line, so that the rare ones stay in view. */
import type { EventEntry, Snapshot } from '../../core/contract.ts';
import { faults } from '../../core/faults.ts';
import { deviceNameOf, sourceNameOf } from './names.ts';
import { harmless, refusalWords } from './refusals.ts';
import { faultText, fmt, t } from './words.svelte.ts';

export interface Line {
  readonly key: string;
  readonly at: number;
  readonly icon: string;
  readonly tone: '' | 'ok' | 'ember' | 'fault' | 'caution' | 'mute';
  readonly text: string;
  readonly strong: boolean;
  /** What was said, word for word, where the text is a translation of it. */
  readonly verbatim?: string;
}

type Told = Omit<Line, 'key' | 'at'>;

/** Newest first, at most `most`. */
export function linesOf(snapshot: Snapshot, most: number): readonly Line[] {
  const lines: Line[] = [];
  const events = merged(snapshot.events);
  const keys = keysOf(events);
  for (const [index, event] of events.entries()) {
    const told = tell(event, snapshot);
    if (told) lines.push({ ...told, at: event.at, key: keys[index] as string });
    if (lines.length >= most) break;
  }
  return lines;
}

/** A line keeps its key while newer ones come: what happened in the same moment is numbered from the oldest on. */
function keysOf(events: readonly EventEntry[]): readonly string[] {
  const seen = new Map<string, number>();
  const key = ({ at, type }: EventEntry) => {
    const moment = `${at}-${type}`;
    const n = seen.get(moment) ?? 0;
    seen.set(moment, n + 1);
    return `${moment}-${n}`;
  };
  return events.toReversed().map(key).toReversed();
}

/** Accepted shares in a row are counted together; a share that was found and soon accepted is told once. */
function merged(events: readonly EventEntry[]): readonly EventEntry[] {
  const kept: EventEntry[] = [];
  for (const event of events) {
    if (event.type === 'share-found') continue;
    const last = kept.at(-1);
    if (event.type === 'share-accepted' && last?.type === 'share-accepted' && last.sourceId === event.sourceId) {
      kept[kept.length - 1] = { ...last, count: last.count + event.count };
    } else if (!(event.type === 'job' && last?.type === 'job' && !event.clean)) kept.push(event);
  }
  return kept;
}

function tell(event: EventEntry, snapshot: Snapshot): Told | undefined {
  switch (event.type) {
    case 'share-found':
      return plain(
        's-share',
        'ember',
        t('event.share-found', { device: deviceNameOf(event.deviceId, snapshot), difficulty: fmt().difficulty(event.difficulty) }),
      );
    case 'share-accepted':
      return plain('s-share', 'ember', t('event.share-accepted', { n: event.count, pool: sourceNameOf(event.sourceId, snapshot) }));
    case 'share-refused':
      return refusalLine(event, snapshot);
    case 'job':
      return event.clean ? plain('s-note', 'mute', jobText(event, snapshot)) : undefined;
    case 'block-found':
      return { icon: 's-live', tone: 'ember', text: blockText(event, snapshot), strong: true };
    case 'best-share':
      return plain('s-share', 'ember', t('event.best-share', { difficulty: fmt().difficulty(event.difficulty) }));
    case 'source-state':
      return sourceLine(event, snapshot);
    case 'source-switched':
      return plain('s-caution', 'caution', switchText(event, snapshot));
    case 'device-state':
      return deviceLine(event, snapshot);
    case 'mining-state':
      return plain(
        event.state === 'mining' ? 's-live' : 's-rest',
        event.state === 'mining' ? 'ember' : 'mute',
        t(`event.mining-${event.state}`),
      );
    case 'fault':
      return plain(...faultMark(event.fault.code), faultText(event.fault.code).what);
    case 'fault-cleared':
      return plain('s-ok', 'ok', t('event.faultCleared', { what: faultText(event.code).what }));
  }
}

function plain(icon: string, tone: Line['tone'], text: string): Told {
  return { icon, tone, text, strong: false };
}

function refusalLine({ sourceId, reason }: Extract<EventEntry, { type: 'share-refused' }>, snapshot: Snapshot): Told {
  const text = t('event.share-refused', { pool: sourceNameOf(sourceId, snapshot), reason: refusalWords(reason) });
  return { ...plain('s-caution', 'caution', text), verbatim: harmless(reason) };
}

function jobText(event: Extract<EventEntry, { type: 'job' }>, snapshot: Snapshot): string {
  const pool = sourceNameOf(event.sourceId, snapshot);
  return event.height === undefined ? t('event.jobPlain', { pool }) : t('event.job', { height: fmt().number(event.height), pool });
}

function blockText(event: Extract<EventEntry, { type: 'block-found' }>, snapshot: Snapshot): string {
  const practice = snapshot.sources.find(({ id }) => id === event.sourceId)?.kind === 'practice';
  const height = event.height === undefined ? undefined : fmt().number(event.height);
  const found = height === undefined ? t('event.blockFoundPlain') : t(practice ? 'event.practiceBlock' : 'event.block-found', { height });
  if (event.accepted === undefined) return found;
  return `${found} ${t(event.accepted ? 'event.blockAccepted' : 'event.blockRefused', { pool: sourceNameOf(event.sourceId, snapshot) })}`;
}

const reasons = ['started', 'unavailable', 'returned', 'chosen', 'removed', 'distrusted'] as const;

function switchText(event: Extract<EventEntry, { type: 'source-switched' }>, snapshot: Snapshot): string {
  const to = sourceNameOf(event.toId, snapshot);
  if (event.fromId === undefined) return t('event.source-chosen', { to });
  const known = reasons.find((one) => one === event.reason);
  return t('event.source-switched', { from: sourceNameOf(event.fromId, snapshot), to, reason: known ? t(`why.${known}`) : event.reason });
}

const sourceMarks = {
  open: ['s-ok', 'ok'],
  connecting: ['s-note', 'mute'],
  waiting: ['s-caution', 'caution'],
  refused: ['s-fault', 'fault'],
  stopped: ['s-note', 'mute'],
} as const;

function sourceLine(event: Extract<EventEntry, { type: 'source-state' }>, snapshot: Snapshot): Told | undefined {
  const state = Object.keys(sourceMarks).find((one) => one === event.state) as keyof typeof sourceMarks | undefined;
  if (state === undefined || (state === 'connecting' && event.step !== undefined)) return undefined;
  return plain(sourceMarks[state][0], sourceMarks[state][1], t(`event.source-${state}`, { pool: sourceNameOf(event.sourceId, snapshot) }));
}

const deviceMarks = {
  hashing: ['s-live', 'ember'],
  idle: ['s-wait', 'mute'],
  resting: ['s-rest', 'mute'],
  preparing: ['s-note', 'mute'],
  gone: ['s-gone', 'mute'],
} as const;

function deviceLine(event: Extract<EventEntry, { type: 'device-state' }>, snapshot: Snapshot): Told | undefined {
  const state = Object.keys(deviceMarks).find((one) => one === event.state) as keyof typeof deviceMarks | undefined;
  return (
    state &&
    plain(deviceMarks[state][0], deviceMarks[state][1], t(`event.device-${state}`, { device: deviceNameOf(event.deviceId, snapshot) }))
  );
}

function faultMark(code: keyof typeof faults): [string, Line['tone']] {
  const { severity } = faults[code];
  return severity === 'info' ? ['s-note', 'mute'] : [`s-${severity}`, severity];
}
