/** Names of things as a person calls them. */
import type { DeviceSnapshot, Snapshot } from '../../core/contract.ts';
import { t } from './words.svelte.ts';

export function deviceName(device: Pick<DeviceSnapshot, 'name' | 'model' | 'settings'>): string {
  return device.settings.name || device.name || device.model;
}

export function deviceNameOf(id: string | undefined, snapshot: Snapshot): string {
  const device = snapshot.devices.find((one) => one.id === id);
  return device ? deviceName(device) : (id ?? t('word.unknown'));
}

export function sourceNameOf(id: string | undefined, snapshot: Snapshot): string {
  return (
    snapshot.sources.find((one) => one.id === id)?.name ??
    snapshot.settings.sources.find((one) => one.id === id)?.name ??
    id ??
    t('word.unknown')
  );
}

/** What a fault is about: a pool, a device, or Hearth itself. */
export function aboutName(about: string, snapshot: Snapshot): string {
  if (snapshot.devices.some(({ id }) => id === about)) return deviceNameOf(about, snapshot);
  if (snapshot.sources.some(({ id }) => id === about)) return sourceNameOf(about, snapshot);
  return about === 'app' ? t('app.name') : about;
}

/** First and last characters of a key or address, the part people compare. */
export function ends(key: string, head = 6, tail = 6): string {
  return key.length <= head + tail + 1 ? key : `${key.slice(0, head)}…${key.slice(-tail)}`;
}
