/** What the system shows for Hearth outside its window: tray and notifications, in the languages that are complete. */
import { app } from 'electron';
import type { MiningState, Preferences } from '../core/contract.ts';

export interface Words {
  readonly state: Readonly<Record<MiningState['at'], string>>;
  readonly practice: string;
  readonly open: string;
  readonly pause: string;
  readonly resume: string;
  readonly quit: string;
  readonly block: string;
  readonly bestShare: string;
  readonly difficulty: string;
  readonly switched: string;
  readonly stalled: readonly [title: string, body: string];
  readonly deviceFault: readonly [title: string, body: string];
  readonly payoutMismatch: readonly [title: string, body: string];
}

const en: Words = {
  state: {
    stopped: 'not mining',
    starting: 'starting',
    mining: 'mining',
    waiting: 'waiting for work',
    paused: 'paused',
    stopping: 'stopping',
  },
  practice: 'PRACTICE',
  open: 'Open Hearth',
  pause: 'Pause',
  resume: 'Resume',
  quit: 'Quit',
  block: 'A block was found here',
  bestShare: 'Best share so far',
  difficulty: 'Difficulty',
  switched: 'Mining elsewhere now',
  stalled: ['Mining has stalled', 'Hearth keeps trying. Open it to see why.'],
  deviceFault: ['A device has a fault', 'Open Hearth to see which, and what to do.'],
  payoutMismatch: ['This work would not pay you', 'Hearth has stopped here. Open it before you go on.'],
};

const de: Words = {
  state: {
    stopped: 'mint nicht',
    starting: 'startet',
    mining: 'mint',
    waiting: 'wartet auf Arbeit',
    paused: 'pausiert',
    stopping: 'hält an',
  },
  practice: 'ÜBUNG',
  open: 'Hearth öffnen',
  pause: 'Pause',
  resume: 'Weiter',
  quit: 'Beenden',
  block: 'Hier wurde ein Block gefunden',
  bestShare: 'Bester Share bisher',
  difficulty: 'Schwierigkeit',
  switched: 'Mint jetzt anderswo',
  stalled: ['Das Minen stockt', 'Hearth versucht es weiter. Öffne es, um zu sehen, warum.'],
  deviceFault: ['Ein Gerät hat einen Fehler', 'Öffne Hearth, um zu sehen, welches, und was zu tun ist.'],
  payoutMismatch: ['Diese Arbeit würde dich nicht bezahlen', 'Hearth hat hier angehalten. Öffne es, bevor du weitermachst.'],
};

/** English where the language is not complete. */
export function wordsFor({ language }: Pick<Preferences, 'language'>): Words {
  const wanted = language === 'system' ? app.getLocale() : language;
  return wanted.startsWith('de') ? de : en;
}
