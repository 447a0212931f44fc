/**
 * What reaches the app from outside its window: a second start, a click on the dock, and `stratum2+tcp://` links. A link
 * opens the pool form filled in; it never mines, saves or sends anything by itself.
 */
import { app, type BrowserWindow } from 'electron';
import { HIDDEN_OPTION, quotedForSystem } from './identity.ts';
import { START_PAGE } from './origin.ts';
import { raise } from './window.ts';

const SCHEMES = ['stratum2+tcp', 'stratum+tcp'] as const;
const MAX_LINK = 512; // as long as a field of the form

export interface Calls {
  /** From now on calls are answered in this window; the newest that came before is answered at once. */
  answerIn(window: BrowserWindow): void;
}

/** Listens at once; keeps the newest call until there is a window. */
export function hearCalls(args: readonly string[]): Calls {
  let answer: ((link: string | undefined) => void) | undefined;
  const first = linkIn(args);
  let waiting: { readonly link: string | undefined } | undefined = first === undefined ? undefined : { link: first };
  const hear = (link: string | undefined) => {
    if (answer) answer(link);
    else waiting = { link: link ?? waiting?.link };
  };
  app.on('second-instance', (_event, others) => {
    if (!others.includes(HIDDEN_OPTION)) hear(linkIn(others));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    hear(linkIn([url]));
  });
  app.on('activate', () => hear(undefined));
  return {
    answerIn(window) {
      claimSchemes();
      answer = (link) => (link === undefined ? raise(window) : openLink(window, link));
      if (waiting) answer(waiting.link);
    },
  };
}

/** The first pool link among a process's arguments. */
export function linkIn(args: readonly string[]): string | undefined {
  return args.find((arg) => arg.length <= MAX_LINK && SCHEMES.some((scheme) => arg.startsWith(`${scheme}://`)));
}

/** Shows the form; the page reads the link from its address and checks it like anything typed. */
function openLink(window: BrowserWindow, link: string): void {
  if (window.isDestroyed()) return;
  raise(window);
  const place = `${START_PAGE}#/add?url=${encodeURIComponent(link)}`;
  // The same address once more would load the page anew, under the person's hands.
  if (window.webContents.getURL() !== place) window.loadURL(place).catch(() => undefined);
}

function claimSchemes(): void {
  for (const scheme of SCHEMES) {
    if (app.isPackaged) app.setAsDefaultProtocolClient(scheme);
    else app.setAsDefaultProtocolClient(scheme, process.execPath, quotedForSystem([app.getAppPath()]));
  }
}
