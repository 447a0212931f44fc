/** What each bridge is told, byte for byte, and what its packets carry. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import type { BridgePlan } from '../../../core/devices/bridge/bridge.ts';
import { cdcAcm, findAcmFunctions, lineCoding } from '../../../core/devices/bridge/cdc-acm.ts';
import {
  cp2102Gekko,
  cp2102Icarus,
  cp2105Chips,
  cp2105PowerCut,
  cp2105PowerOff,
  cp2105PowerOn,
  cp2105Telemetry,
} from '../../../core/devices/bridge/cp210x.ts';
import { ft230x, ft230xHoldChips, ft230xLatency, ft230xResetChips, RESET_HOLD_MS } from '../../../core/devices/bridge/ft230x.ts';

const types = { 'vendor interface': '41', 'vendor device': '40', 'class interface': '21', 'class device': '20' } as const;

/** `bmRequestType bRequest wValue wIndex data ... wait`, all hex but the wait. */
function told(plan: BridgePlan): string[] {
  return plan.map((step) => {
    const wait = step.waitMs > 0 ? ` ... ${step.waitMs}` : '';
    if (step.kind === 'usb-reset') return `reset${wait}`;
    const { requestType, recipient, request, value, index, data } = step.transfer;
    const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
    return `${types[`${requestType} ${recipient}`]} ${hex(request, 2)} ${hex(value, 4)} ${index} ${toHex(data)}`.trim() + wait;
  });
}

test('CP2102 of a BM1384 stick: mark parity, DTR and RTS', () => {
  expect(told(cp2102Gekko.open())).toEqual(['41 00 0001 0', '41 07 0303 0', '41 1e 0000 0 00c20100', '41 03 0830 0']);
  expect(cp2102Gekko.format).toEqual({ baud: 115_200, parity: 'mark' });
});

test('CP2102 of an Icarus device: no line control', () => {
  expect(told(cp2102Icarus.open())).toEqual(['41 00 0001 0', '41 07 0303 0', '41 1e 0000 0 00c20100']);
});

test('CP2105: the chips’ port with mark parity, the telemetry port without, DTR only', () => {
  expect(told(cp2105Chips.open())).toEqual(['41 00 0001 0', '41 07 0101 0', '41 1e 0000 0 00c20100', '41 03 0830 0']);
  expect(told(cp2105Telemetry.open())).toEqual(['41 00 0001 1', '41 07 0101 1', '41 1e 0000 1 00c20100', '41 03 0800 1']);
});

test('CP2105: the latch switches chips and regulator after a reset, 100 ms each', () => {
  expect(told(cp2105PowerOn())).toEqual([
    'reset',
    '41 00 0001 0',
    '41 07 0101 0',
    '41 1e 0000 0 00c20100',
    '41 03 0830 0',
    '41 ff 37e1 0 0700 ... 100',
  ]);
  expect(told(cp2105PowerOff())).toEqual(['reset', '41 ff 37e1 0 0707 ... 100']);
  expect(told(cp2105PowerCut())).toEqual(['41 ff 37e1 0 0707 ... 100']);
});

const FTDI_OPEN = ['40 00 0000 0', '40 04 0008 0', '40 03 001a 0', '40 02 0000 0', '40 00 0002 0', '40 00 0001 0'];

test.each([
  ['BM1387', 30],
  ['BM1397', 1000],
] as const)('FT230X: the reset ritual of a %s', (chip, holdMs) => {
  expect(told(ft230xResetChips(RESET_HOLD_MS[chip]))).toEqual([
    ...FTDI_OPEN,
    '40 0b 20f2 0 ... 30',
    `40 0b 20f0 0 ... ${holdMs}`,
    '40 0b 20f2 0 ... 200',
  ]);
  expect(told(ft230x.open())).toEqual(FTDI_OPEN);
  expect(told(ft230xHoldChips())).toEqual(['40 0b 20f0 0 ... 30']);
});

test.each([
  [1_500_000, '40 03 0002 0'],
  [3_000_000 / 14, '40 03 000e 0'],
  [115_200, '40 03 001a 0'],
])('FT230X at %d baud', (baud, transfer) => {
  expect(told(ft230x.setBaud(baud))).toEqual([transfer]);
});

test('FT230X refuses rates it does not make, and latencies that do not fit', () => {
  for (const baud of [3_000_000, 2_000_000, 100]) expect(() => ft230x.setBaud(baud)).toThrow(RangeError);
  expect(told(ft230xLatency(2))).toEqual(['40 09 0002 0']);
  for (const ms of [0, 256, 1.5]) expect(() => ft230xLatency(ms)).toThrow(RangeError);
});

test('FT230X: two status bytes go from every packet of 64, whatever the transfer', () => {
  const packet = (first: number, length: number) =>
    Uint8Array.of(0x01, 0x60, ...Array.from({ length }, (_, index) => (first + index) & 0xff));
  for (const length of [0, 1, 61, 62, 63, 64, 123, 124, 125, 400, 510]) {
    const data = Array.from({ length }, (_, index) => index & 0xff);
    const transfer: number[] = [];
    for (let at = 0; at === 0 || at < length; at += 62) transfer.push(...packet(at, Math.min(62, length - at)));
    expect([...ft230x.received(Uint8Array.from(transfer))], `${length}`).toEqual(data);
  }
});

test('FT230X: idle packets and stumps carry nothing; 01 60 inside a packet is data', () => {
  for (const hex of ['', '01', '0160', '0100']) expect(ft230x.received(fromHex(hex))).toHaveLength(0);
  expect(toHex(ft230x.received(fromHex('01600160')))).toBe('0160');
});

test.each([
  [115_200, '00c20100000008'],
  [1_000_000, '40420f00000008'],
  [3_000_000, 'c0c62d00000008'],
])('CDC line coding of %i baud', (baud, hex) => {
  expect(toHex(lineCoding(baud))).toBe(hex);
});

test('CDC-ACM: line coding, then DTR and RTS once; a change of rate leaves the lines alone', () => {
  const bridge = cdcAcm(2);
  expect(told(bridge.open())).toEqual(['21 20 0000 2 00c20100000008', '21 22 0003 2']);
  expect(told(bridge.setBaud(1_000_000))).toEqual(['21 20 0000 2 40420f00000008']);
  expect(toHex(bridge.received(fromHex('0160aa')))).toBe('0160aa');
});

test('CDC-ACM functions are found by walking the description, in interface order', () => {
  const comm = (interfaceNumber: number) => ({
    interfaceNumber,
    interfaceClass: 2,
    interfaceSubclass: 2,
    endpoints: [{ endpointNumber: 9, direction: 'in', type: 'interrupt' }] as const,
  });
  const data = (interfaceNumber: number, endpoint: number) => ({
    interfaceNumber,
    interfaceClass: 10,
    interfaceSubclass: 0,
    endpoints: [
      { endpointNumber: endpoint, direction: 'out', type: 'bulk' },
      { endpointNumber: endpoint + 1, direction: 'in', type: 'bulk' },
    ] as const,
  });
  expect(findAcmFunctions([data(3, 4), comm(2), data(1, 1), comm(0)])).toEqual([
    { commInterface: 0, dataInterface: 1, endpointIn: 2, endpointOut: 1 },
    { commInterface: 2, dataInterface: 3, endpointIn: 5, endpointOut: 4 },
  ]);
  expect(findAcmFunctions([comm(0)])).toEqual([]);
  expect(findAcmFunctions([data(0, 1)])).toEqual([]);
});
