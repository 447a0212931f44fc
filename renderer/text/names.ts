/** Names of things as a person calls them. Those that Hearth itself gave are said in the language of the page. */
import type { DeviceSnapshot, Snapshot, SourceSnapshot } from '../../core/contract.ts';
import { t } from './words.svelte.ts';

/** What Hearth has called practice, in every language and in the terminal; any other name is a person's own. */
export const practiceNames: readonly string[] = [
  '',
  'Practice',
  'Practice pool',
  'Übungspool',
  'Pool de práctica',
  'Pool d’entraînement',
  'Pool de prática',
  'Учебный пул',
  '练习矿池',
  'مجمّع التدريب',
];
/** The model that the processor says it is. */
const PROCESSOR = 'This computer';

/** The snapshot with the names that Hearth gave in words of the page's language; what a person named stays. */
export function inWords(snapshot: Snapshot): Snapshot {
  return { ...snapshot, sources: snapshot.sources.map(sourceInWords), devices: snapshot.devices.map(deviceInWords) };
}

function sourceInWords(source: SourceSnapshot): SourceSnapshot {
  if (source.kind !== 'practice') return source;
  return { ...source, name: practiceName(source.name), endpoint: t('route.thisComputer') };
}

function deviceInWords(device: DeviceSnapshot): DeviceSnapshot {
  return device.kind === 'processor' && device.model === PROCESSOR ? { ...device, model: t('devices.thisComputer') } : device;
}

export function practiceName(name: string): string {
  return practiceNames.includes(name) ? t('practice.pool') : name;
}

export function deviceName(device: Pick<DeviceSnapshot, 'name' | 'model' | 'settings'>): string {
  return device.settings.name || device.name || device.model;
}

export function deviceNameOf(id: string | undefined, snapshot: Snapshot): string {
  const device = snapshot.devices.find((one) => one.id === id);
  return device ? deviceName(device) : (id ?? t('word.unknown'));
}

export function sourceNameOf(id: string | undefined, snapshot: Snapshot): string {
  const known = snapshot.sources.find((one) => one.id === id);
  return known?.name ?? (id === 'practice' ? t('practice.pool') : id) ?? t('word.unknown');
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
