/** The tray: state at a glance, pause and resume, and the way back to the window. */
import { Menu, nativeImage, Tray } from 'electron';
import type { Door, Snapshot } from '../core/contract.ts';
import { hasTrayHost } from './tray-host.ts';
import { wordsFor } from './words.ts';

export interface TrayActions {
  readonly open: () => void;
  readonly quit: () => void;
}

/** Undefined where the desktop has no tray: the window then closes for real. */
export async function showTray(door: Door, iconPath: string, actions: TrayActions): Promise<Tray | undefined> {
  const tray = (await hasTrayHost()) ? tryTray(iconPath) : undefined;
  if (!tray) return undefined;
  let tip = '';
  let state = '';
  door.watch(
    (snapshot) => {
      const newState = describe(snapshot);
      const newTip = `${newState}${rate(snapshot)}`;
      const key = `${newState}|${snapshot.welcomed}|${snapshot.settings.preferences.language}`;
      if (newTip !== tip) tray.setToolTip(newTip);
      // Only when it differs: replacing a menu closes it under the person's hand.
      if (key !== state) tray.setContextMenu(menu(door, snapshot, actions));
      tip = newTip;
      state = key;
    },
    () => undefined,
  );
  tray.on('click', actions.open);
  return tray;
}

function tryTray(iconPath: string): Tray | undefined {
  try {
    return new Tray(nativeImage.createFromPath(iconPath));
  } catch {
    return undefined;
  }
}

function describe(snapshot: Snapshot): string {
  const words = wordsFor(snapshot.settings.preferences);
  return `Hearth: ${snapshot.practice ? `${words.practice}, ` : ''}${words.state[snapshot.mining.at]}`;
}

function rate(snapshot: Snapshot): string {
  return snapshot.mining.at === 'mining' ? `, ${formatRate(snapshot.hashesPerSecond)}` : '';
}

function menu(door: Door, snapshot: Snapshot, actions: TrayActions): Menu {
  const words = wordsFor(snapshot.settings.preferences);
  const runs = snapshot.mining.at === 'mining' || snapshot.mining.at === 'waiting' || snapshot.mining.at === 'starting';
  return Menu.buildFromTemplate([
    { label: describe(snapshot), enabled: false },
    { type: 'separator' },
    { label: words.open, click: actions.open },
    {
      label: runs ? words.pause : words.resume,
      enabled: snapshot.welcomed,
      click: () => void door.command(runs ? 'mining.pause' : 'mining.start', {}),
    },
    { type: 'separator' },
    { label: words.quit, click: actions.quit },
  ]);
}

/** `5.2 MH/s`: two significant digits below ten, so that the tooltip does not flicker. */
export function formatRate(hashesPerSecond: number): string {
  const units = ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s', 'PH/s'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, hashesPerSecond)) / 3)));
  const value = hashesPerSecond / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}
