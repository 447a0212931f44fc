/** A device in words: its state, what it is, what it says. */
import type { DeviceSnapshot, SightSnapshot } from '../../core/contract.ts';
import type { Tone } from '../parts/tone.ts';
import { isSlowed, profileOf, wantedMhz } from '../state/device-speed.ts';
import { fmt, t } from './words.svelte.ts';

/** State as tone and word. */
export function deviceMark(device: DeviceSnapshot): { readonly tone: Tone; readonly word: string } {
  if (device.state === 'gone') return { tone: 'gone', word: t('devices.st.gone') };
  // Paused says that it has no power.
  if (device.settings.paused && device.fault?.code !== 'device-stays-on') return { tone: 'rest', word: t('devices.st.paused') };
  // The reason to rest that is the person's to lift goes before what else there may be.
  if (device.state === 'resting' && device.detail === 'experimental') return { tone: 'caution', word: t('dev.st.consent') };
  if (device.fault && device.detail !== 'too-hot' && device.fault.code !== 'device-throttled')
    return { tone: 'fault', word: t('devices.st.fault') };
  if (device.state === 'resting')
    return device.detail === 'too-hot'
      ? { tone: 'caution', word: t('devices.st.tooHot') }
      : { tone: 'rest', word: t('devices.st.resting') };
  if (isSlowed(device) || device.fault?.code === 'device-throttled') return { tone: 'caution', word: t('dev.st.slower') };
  const tones = { hashing: 'live', idle: 'wait', preparing: 'run' } as const;
  return { tone: tones[device.state], word: t(`devices.st.${device.state}`) };
}

/** What it is and how it runs: `USB · 2 chips · 300 MHz`. */
export function deviceSub(device: DeviceSnapshot): string {
  const parts = [device.kind === 'processor' ? t('route.kind.processor') : t(`route.kind.${device.kind}`)];
  if (device.kind === 'processor' && device.settings.threads !== undefined) parts.push(t('route.threads', { n: device.settings.threads }));
  if (device.kind === 'usb' && device.chips > 1) parts.push(t('devices.chips', { n: device.chips }));
  const { frequencyMhz } = device;
  const wanted = wantedMhz(device);
  if (isSlowed(device) && frequencyMhz !== undefined && wanted !== undefined)
    parts.push(t('dev.slower', { now: fmt().number(frequencyMhz), wanted: fmt().number(wanted) }));
  else if (frequencyMhz !== undefined && device.state !== 'gone') parts.push(t('dev.mhz', { mhz: fmt().number(frequencyMhz) }));
  if (device.frequency) {
    const profile = profileOf(device);
    parts.push(profile === undefined ? t('dev.own') : t(`devices.profile.${profile}`));
  }
  return parts.join(' · ');
}

/** It rests until a person agrees to power it. */
export function waitsForConsent(device: DeviceSnapshot): boolean {
  return device.state === 'resting' && device.detail === 'experimental' && !device.settings.paused;
}

/** It needs somebody: a fault, or a word. */
export function needsSomeone(device: DeviceSnapshot): boolean {
  return device.state !== 'gone' && ((device.fault !== undefined && device.fault.code !== 'device-throttled') || waitsForConsent(device));
}

/** Share of wrong answers in the last minutes; undefined before there were any. */
export function errorRate({ answers }: DeviceSnapshot): number | undefined {
  return answers && answers.wrong / (answers.right + answers.wrong);
}

/** What it did in all runs: `5,210 shares since 3 May 2026`. */
export function recordText({ record }: DeviceSnapshot): string {
  return record ? t('dev.record', { n: record.shares, date: fmt().date(record.firstAt) }) : t('dev.recordNone');
}

/** A board by its name, anything else by what it says of itself. */
export function sightName({ model, says, kind }: SightSnapshot): string {
  if (model !== undefined) return model;
  return kind === 'stock-firmware' ? t('dev.perhaps') : (says ?? t('dev.nameless'));
}

/** Where it is, and how other programs call it: `usb 1-4 · 0403:6015 · FTDI FT230X`. */
export function sightSub({ location, ids, says, model, kind }: SightSnapshot): string {
  const named = model !== undefined || kind === 'stock-firmware';
  return [location, ids, ...(named && says !== undefined ? [says] : [])].join(' · ');
}
