/** States of the Devices screen as data: boards of every kind, and what the doctor has to say. Only for tests. */
import type { DeviceSnapshot, FaultSnapshot, SightSnapshot, UsbSnapshot } from '../../core/contract.ts';
import type { FaultCode } from '../../core/faults.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MHZ_A = { range: [100, 450], profiles: { eco: 200, stock: 300, performance: 400 } } as const;
const MHZ_GAMMA = { range: [400, 625], profiles: { eco: 400, stock: 525, performance: 600 } } as const;
const MHZ_F = { range: [100, 500], profiles: { eco: 150, stock: 200, performance: 400 } } as const;
const MHZ_R606 = { range: [200, 700], profiles: { eco: 450, stock: 550, performance: 650 } } as const;

type Part = Partial<DeviceSnapshot> & Pick<DeviceSnapshot, 'id' | 'model'>;

export function demoDevice(part: Part): DeviceSnapshot {
  return {
    kind: 'usb',
    location: 'usb 1-4',
    chips: 1,
    state: 'hashing',
    hashesPerSecond: 0,
    expectedHashesPerSecond: 0,
    shares: 0,
    hardwareErrors: 0,
    since: 0,
    settings: { paused: false },
    canIdentify: false,
    ...part,
  };
}

const answers = (right: number, wrong: number) => ({ right, wrong, overMs: 10 * MINUTE });

export function demoFault(code: FaultCode, about: string, since: number, facts: FaultSnapshot['facts'] = {}): FaultSnapshot {
  return { code, about, facts, since };
}

export const compacA2 = (now: number, part: Partial<DeviceSnapshot> = {}): DeviceSnapshot =>
  demoDevice({
    id: 'compac-a2-10D4',
    model: 'Compac A2',
    serial: '10D4',
    location: 'usb 1-4.1',
    hashesPerSecond: 603e9,
    expectedHashesPerSecond: 614e9,
    tempC: 58,
    watts: 11.8,
    frequencyMhz: 300,
    frequency: MHZ_A,
    shares: 5210,
    hardwareErrors: 21,
    answers: answers(2411, 9),
    record: { shares: 18_204, best: 4.81e9, firstAt: now - 61 * DAY, lastAt: now - 4 * MINUTE },
    since: now - 220 * HOUR,
    ...part,
  });

const gamma = (now: number): DeviceSnapshot =>
  demoDevice({
    id: 'bitaxe-gamma-77',
    model: 'Bitaxe Gamma',
    serial: '77',
    location: 'usb 1-2',
    hashesPerSecond: 1.041e12,
    expectedHashesPerSecond: 1.07e12,
    tempC: 56,
    fanPercent: 41,
    watts: 18.6,
    frequencyMhz: 525,
    frequency: MHZ_GAMMA,
    shares: 9101,
    hardwareErrors: 18,
    answers: answers(4188, 8),
    record: { shares: 30_119, best: 812e6, firstAt: now - 90 * DAY, lastAt: now - MINUTE },
    since: now - 220 * HOUR,
    canIdentify: true,
    starved: 0.0004,
  });

const processor = (now: number): DeviceSnapshot =>
  demoDevice({
    id: 'cpu',
    kind: 'processor',
    model: 'This computer',
    location: '4 threads',
    state: 'resting',
    detail: 'paused',
    expectedHashesPerSecond: 12e6,
    since: now - 3 * DAY,
    settings: { paused: true, threads: 4 },
    maxThreads: 8,
  });

/** Not on real hardware yet. */
export const waitingBoard = (now: number, part: Partial<DeviceSnapshot> = {}): DeviceSnapshot =>
  demoDevice({
    id: 'r606-5A',
    model: 'R606',
    serial: '5A',
    location: 'usb 1-4.3',
    chips: 12,
    state: 'resting',
    detail: 'experimental',
    experimental: true,
    frequency: MHZ_R606,
    since: now - 2 * MINUTE,
    ...part,
  });

const newPac = (now: number): DeviceSnapshot =>
  demoDevice({
    id: 'newpac-0F',
    model: 'NewPac',
    serial: '0F',
    chips: 2,
    state: 'gone',
    since: now - 52 * HOUR,
    record: { shares: 1204, best: 91.4e6, firstAt: now - 41 * DAY, lastAt: now - 53 * HOUR },
  });

export function eightDevices(now: number): readonly DeviceSnapshot[] {
  const hot = demoFault('device-too-hot', 'compac-a1-22', now - 3 * MINUTE, { sensor: 'chip', celsius: 101 });
  const silent = demoFault('device-no-chips', 'compac-f-0042', now - 14 * MINUTE, { found: 0, expected: 1, attempts: 3 });
  const slowed = demoFault('device-throttled', 'compac-a2-AA', now - 26 * MINUTE, { sensor: 'chip', celsius: 86 });
  return [
    compacA2(now, { settings: { paused: false, name: 'Shelf, left' } }),
    gamma(now),
    compacA2(now, {
      id: 'compac-a2-AA',
      serial: 'AA',
      hashesPerSecond: 489e9,
      expectedHashesPerSecond: 502e9,
      tempC: 86,
      frequencyMhz: 245,
      watts: 9.7,
      fault: slowed,
    }),
    demoDevice({
      id: 'compac-a1-22',
      model: 'Compac A1',
      serial: '22',
      state: 'resting',
      detail: 'too-hot',
      tempC: 91,
      frequency: MHZ_A,
      expectedHashesPerSecond: 400e9,
      shares: 804,
      hardwareErrors: 3,
      since: now - 3 * MINUTE,
      fault: hot,
    }),
    demoDevice({
      id: 'compac-f-0042',
      model: 'Compac F',
      serial: '0042',
      state: 'preparing',
      detail: 'chips',
      frequency: MHZ_F,
      expectedHashesPerSecond: 105e9,
      since: now - 14 * MINUTE,
      fault: silent,
    }),
    demoDevice({
      id: 'supra',
      kind: 'lan',
      model: 'Bitaxe Supra',
      location: '192.0.2.31',
      hashesPerSecond: 612e9,
      expectedHashesPerSecond: 625e9,
      tempC: 61,
      fanRpm: 4120,
      watts: 13.1,
      shares: 5495,
      hardwareErrors: 38,
      answers: answers(2240, 16),
      since: now - 59 * HOUR,
    }),
    processor(now),
    newPac(now),
  ];
}

const sight = (part: Partial<SightSnapshot> & Pick<SightSnapshot, 'key' | 'location' | 'ids'>): SightSnapshot => ({
  kind: 'board',
  notices: [],
  ...part,
});

export function demoUsb(sights: readonly SightSnapshot[], system: UsbSnapshot['system'] = 'linux'): UsbSnapshot {
  return { state: 'on', system, sights };
}

const forbidden = (now: number): SightSnapshot =>
  sight({
    key: 'a',
    location: 'usb 1-1',
    ids: '0403:6015',
    says: 'GekkoScience CompacF Bitcoin Miner',
    serial: '0042',
    model: 'Compac F',
    fault: demoFault('usb-no-permission', 'devices', now - MINUTE, { location: 'usb 1-1' }),
  });

/** Three troubles, one thing worth knowing, two that are left alone. */
export function troubledUsb(now: number): UsbSnapshot {
  return demoUsb([
    forbidden(now),
    sight({
      key: 'b',
      location: 'usb 1-4.2',
      ids: '10c4:ea60',
      says: 'GekkoScience 2Pac BM1384 Bitcoin Miner',
      model: '2Pac',
      fault: demoFault('usb-busy', 'devices', now - MINUTE, { location: 'usb 1-4.2', program: 'cgminer' }),
    }),
    sight({
      key: 'c',
      location: 'usb 1-6',
      ids: '303a:1001',
      says: 'Espressif USB JTAG/serial debug unit',
      kind: 'stock-firmware',
      notices: [demoFault('usb-stock-firmware', 'devices', now - MINUTE, { location: 'usb 1-6' })],
    }),
    sight({ key: 'd', location: 'usb 1-9', ids: '0403:6015', says: 'FTDI FT230X Basic UART', kind: 'other' }),
    sight({ key: 'e', location: 'usb 1-10', ids: '10c4:ea60', says: 'Silicon Labs CP2102 USB to UART Bridge', kind: 'other' }),
  ]);
}

/** A stick that another driver holds. */
export function windowsUsb(now: number): UsbSnapshot {
  const { fault: _no, ...stick } = forbidden(now);
  return demoUsb([{ ...stick, fault: demoFault('usb-no-driver', 'devices', now - MINUTE, { location: 'usb 1-1' }) }], 'windows');
}
