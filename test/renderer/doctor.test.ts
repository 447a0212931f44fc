/** What the doctor shows of USB, in which order, and which step it offers. */
import { expect, test } from 'vitest';
import { factOf, findingsOf, nextStep } from '../../renderer/state/doctor.ts';
import { compacA2, demoFault, demoUsb, troubledUsb } from '../fake/demo-devices.ts';

test('troubles come first, then what is worth knowing, then what is left alone', () => {
  const found = findingsOf({ usb: troubledUsb(0), devices: [] });
  expect(found.map(({ kind, sight }) => [kind, sight.location])).toEqual([
    ['trouble', 'usb 1-1'],
    ['trouble', 'usb 1-4.2'],
    ['notice', 'usb 1-6'],
    ['foreign', 'usb 1-9'],
    ['foreign', 'usb 1-10'],
  ]);
  expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
});

test('a board that works is no finding; what is worth knowing of it is', () => {
  const board = { key: 'k', location: 'usb 1-1', ids: '0403:6015', kind: 'board' as const, notices: [] };
  expect(findingsOf({ usb: demoUsb([board]), devices: [] })).toEqual([]);
  const weak = { ...board, notices: [demoFault('usb-hub-weak', 'k', 0), demoFault('usb-cable-loose', 'k', 0)] };
  expect(findingsOf({ usb: demoUsb([weak]), devices: [] }).map(({ kind, fault }) => [kind, fault?.code])).toEqual([
    ['notice', 'usb-hub-weak'],
    ['notice', 'usb-cable-loose'],
  ]);
});

test('a fault that its row in the list shows is not shown twice', () => {
  const fault = demoFault('usb-busy', 'compac-a2-10D4', 0);
  const board = { key: 'k', location: 'usb 1-1', ids: '10c4:ea70', kind: 'board' as const, notices: [], deviceId: 'compac-a2-10D4', fault };
  expect(findingsOf({ usb: demoUsb([board]), devices: [compacA2(0, { fault })] })).toEqual([]);
  expect(findingsOf({ usb: demoUsb([board]), devices: [compacA2(0)] })).toHaveLength(1);
  expect(findingsOf({ usb: demoUsb([board]), devices: [compacA2(0, { fault, state: 'gone' })] })).toHaveLength(1);
});

test.each([
  ['usb-no-permission', 'board', 'linux', 'allow'],
  ['usb-no-permission', 'board', 'mac', 'read'],
  ['usb-no-driver', 'board', 'windows', 'windows'],
  ['usb-no-driver', 'board', 'linux', 'read'],
  ['usb-driver-holds', 'board', 'mac', 'read'],
  ['usb-busy', 'board', 'windows', 'close'],
  ['usb-stock-firmware', 'stock-firmware', 'linux', 'lan'],
  [undefined, 'stock-firmware', 'mac', 'lan'],
  ['usb-hub-weak', 'board', 'linux', 'read'],
  [undefined, 'unsupported', 'linux', 'read'],
] as const)('%s of a %s on %s: %s', (code, kind, system, step) => {
  expect(nextStep(code, kind, system)).toBe(step);
});

test('the program that holds a device is named where the system tells', () => {
  expect(factOf(demoFault('usb-busy', 'k', 0, { program: 'cgminer' }), 'program')).toBe('cgminer');
  expect(factOf(demoFault('usb-busy', 'k', 0, { program: '' }), 'program')).toBeUndefined();
  expect(factOf(undefined, 'program')).toBeUndefined();
});
