/** A device in words: its state, what it is, what it says. */
import type { DeviceSnapshot } from '../../core/contract.ts';
import type { Tone } from '../parts/tone.ts';
import { fmt, t } from './words.svelte.ts';

/** State as tone and word. */
export function deviceMark(device: DeviceSnapshot): { readonly tone: Tone; readonly word: string } {
  if (device.state === 'gone') return { tone: 'gone', word: t('devices.st.gone') };
  if (device.settings.paused) return { tone: 'rest', word: t('devices.st.paused') };
  if (device.fault) return { tone: 'fault', word: t('devices.st.fault') };
  if (device.state === 'resting')
    return device.detail === 'too-hot'
      ? { tone: 'caution', word: t('devices.st.tooHot') }
      : { tone: 'rest', word: t('devices.st.resting') };
  const tones = { hashing: 'live', idle: 'wait', preparing: 'run' } as const;
  return { tone: tones[device.state], word: t(`devices.st.${device.state}`) };
}

/** What it is and how it runs: `USB · 2 chips · 300 MHz`. */
export function deviceSub(device: DeviceSnapshot): string {
  const parts = [device.kind === 'processor' ? t('route.kind.processor') : t(`route.kind.${device.kind}`)];
  if (device.kind === 'processor' && device.settings.threads !== undefined) parts.push(t('route.threads', { n: device.settings.threads }));
  if (device.kind === 'usb' && device.chips > 0) parts.push(t('devices.chips', { n: device.chips }));
  if (device.frequencyMhz !== undefined) parts.push(`${fmt().number(device.frequencyMhz)} MHz`);
  if (device.settings.profile) parts.push(t(`devices.profile.${device.settings.profile}`));
  return parts.join(' · ');
}
