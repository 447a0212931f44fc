/** How fast a device is set to run, and what another speed would mean. */
import { describe, expect, test } from 'vitest';
import type { DeviceSnapshot } from '../../core/contract.ts';
import { isAboveStock, isSlowed, profileOf, wantedMhz, wattsAt, withSpeed } from '../../renderer/state/device-speed.ts';
import { compacA2, demoDevice } from '../fake/demo-devices.ts';

const stick = (part: Partial<DeviceSnapshot> = {}) => compacA2(0, part);

test('without a word it is stock; a frequency of one’s own goes before a profile', () => {
  expect(wantedMhz(stick())).toBe(300);
  expect(wantedMhz(stick({ settings: { paused: false, profile: 'eco' } }))).toBe(200);
  expect(wantedMhz(stick({ settings: { paused: false, profile: 'eco', frequencyMhz: 333 } }))).toBe(333);
  expect(wantedMhz(demoDevice({ id: 'lan', model: 'x' }))).toBeUndefined();
  expect(profileOf(stick({ settings: { paused: false, frequencyMhz: 333 } }))).toBeUndefined();
  expect(profileOf(stick())).toBe('stock');
});

test('a profile takes the place of a frequency, and a frequency that of a profile; the rest stays', () => {
  const before = stick({ settings: { paused: true, name: 'Shelf', frequencyMhz: 333 } });
  expect(withSpeed(before, 'eco')).toEqual({ paused: true, name: 'Shelf', profile: 'eco' });
  const eco = stick({ settings: { paused: false, profile: 'eco' } });
  expect(withSpeed(eco, 320)).toEqual({ paused: false, frequencyMhz: 320 });
});

test('only what is above stock asks first', () => {
  expect([300, 301].map((mhz) => isAboveStock(stick(), mhz))).toEqual([false, true]);
  expect(isAboveStock(demoDevice({ id: 'lan', model: 'x' }), 999)).toBe(false);
});

describe('slowed down', () => {
  test.each([
    [300, 'hashing', false],
    [292, 'hashing', false],
    [290, 'hashing', true],
    [100, 'preparing', false],
  ] as const)('%d of 300 MHz while %s: %s', (frequencyMhz, state, slowed) => {
    expect(isSlowed(stick({ frequencyMhz, state }))).toBe(slowed);
  });
});

test('power is estimated in proportion to the frequency, and not at all where it is not known', () => {
  expect(wattsAt(stick({ watts: 12, frequencyMhz: 300 }), 400)).toBe(16);
  const { watts: _none, ...silent } = stick();
  expect(wattsAt(silent, 400)).toBeUndefined();
  expect(wattsAt(stick({ state: 'resting' }), 400)).toBeUndefined();
});
