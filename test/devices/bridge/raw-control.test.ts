/** The control protocol of bitaxe-raw: worked requests, both dialects of answers, timeouts, resynchronisation. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import {
  ANSWER_TIMEOUT_MS,
  type ControlEvent,
  MAX_QUEUED_REQUESTS,
  RawControl,
  SILENCE_MS,
} from '../../../core/devices/bridge/raw-control.ts';
import { readControlAnswer } from '../../../core/devices/bridge/raw-control-answer.ts';
import {
  ADC_VDD,
  adcRead,
  type ControlRequest,
  encodeControlRequest,
  gpioGet,
  gpioSet,
  i2cRead,
  i2cSetClock,
  i2cWrite,
  i2cWriteRead,
  ledSet,
  MAX_REQUEST_BYTES,
  PIN_CHIP_RESET,
} from '../../../core/devices/bridge/raw-control-request.ts';

const requests: readonly (readonly [string, ControlRequest, number, string])[] = [
  ['I2C clock 400 kHz', i2cSetClock(400_000), 1, '0a0001000510801a0600'],
  ['I2C clock 100 kHz', i2cSetClock(100_000), 1, '0a0001000510a0860100'],
  ['I2C write', i2cWrite(0x4f, fromHex('de')), 1, '0800010005204fde'],
  ['I2C read', i2cRead(0x4c, 1), 1, '0800010005304c01'],
  ['I2C write and read', i2cWriteRead(0x32, fromHex('fe'), 2), 1, '09000100054032fe02'],
  ['reset low', gpioSet(PIN_CHIP_RESET, 0), 0, '07000000060000'],
  ['reset high', gpioSet(PIN_CHIP_RESET, 1), 0, '07000000060001'],
  ['reset read', gpioGet(PIN_CHIP_RESET), 0, '060000000600'],
  ['ADC VDD', adcRead(ADC_VDD), 0, '060000000750'],
  ['LED magenta', ledSet(0xff, 0x00, 0xff), 0, '090000000810ff00ff'],
  ['EMC2101 product', i2cWriteRead(0x4c, fromHex('fd'), 1), 2, '0900020005404cfd01'],
  ['EMC2101 fan', i2cWrite(0x4c, fromHex('4c3f')), 6, '0900060005204c4c3f'],
  ['TPS546 off', i2cWrite(0x24, fromHex('0100')), 0x0c, '09000c000520240100'],
  ['TPS546 on', i2cWrite(0x24, fromHex('0180')), 0x0f, '09000f000520240180'],
  ['TPS546 VOUT 1.15 V', i2cWrite(0x24, fromHex('214d02')), 0x0e, '0a000e00052024214d02'],
  ['TPS546 VIN', i2cWriteRead(0x24, fromHex('88'), 2), 0x10, '09001000054024' + '8802'],
];

test.each(requests)('%s is the worked request', (_, request, id, hex) => {
  expect(toHex(encodeControlRequest(request, id))).toBe(hex);
});

test('a request that no firmware takes is refused', () => {
  expect(() => encodeControlRequest(i2cWrite(0x4c, new Uint8Array(MAX_REQUEST_BYTES)), 0)).toThrow(RangeError);
});

const read = (hex: string, dialect: 'v0' | 'v1', id: number, dataBytes: number, silent = false) =>
  readControlAnswer(fromHex(hex), { dialect, id, dataBytes }, silent);

test('V0: success is told by its length; a text error by its own', () => {
  expect(read('01000216', 'v0', 2, 1)).toEqual({ kind: 'success', data: fromHex('16') });
  const text = toHex(Uint8Array.from('I2C Write Error', (character) => character.charCodeAt(0)));
  expect(read(`130003ff${text}`, 'v0', 3, 1)).toEqual({
    kind: 'failure',
    fault: { code: 'control-error', status: 0xff, text: 'I2C Write Error' },
  });
  expect(read('04000710', 'v0', 7, 1)).toMatchObject({ fault: { code: 'control-error', status: 0x10, text: '' } });
  expect(read('0400ff11', 'v0', 7, 1)).toMatchObject({ fault: { code: 'control-error', status: 0x11 } });
  expect(read('000005', 'v0', 5, 0)).toEqual({ kind: 'success', data: new Uint8Array(0) });
});

test('V0: an error as long as the expected data is told from a success by the silence after it', () => {
  expect(read('04000110', 'v0', 1, 4)).toEqual({ kind: 'unfinished' });
  expect(read('04000110', 'v0', 1, 4, true)).toMatchObject({ fault: { code: 'control-error', status: 0x10 } });
  expect(read('04000180' + '1a0600', 'v0', 1, 4)).toEqual({ kind: 'success', data: fromHex('801a0600') });
});

test('V1: status and total length', () => {
  expect(read('0500010016', 'v1', 1, 1)).toEqual({ kind: 'success', data: fromHex('16') });
  expect(read('04000110', 'v1', 1, 1)).toMatchObject({ fault: { code: 'control-error', status: 0x10 } });
  expect(read('0600010016ff', 'v1', 1, 1)).toEqual({ kind: 'failure', fault: { code: 'control-garbled' } });
});

test.each([
  ['another id', '01000916', 'v0'],
  ['a length that is neither', '0200021616', 'v0'],
  ['more than the answer', '0100021600', 'v0'],
  ['more than the answer', '05000200160000', 'v1'],
] as const)('%s is garbled', (_, hex, dialect) => {
  expect(read(hex, dialect, 2, 1)).toMatchObject({ fault: { code: 'control-garbled' } });
});

test('answers cut at every byte are unfinished until they are whole', () => {
  for (const [hex, dialect] of [
    ['01000216', 'v0'],
    ['0500020016', 'v1'],
  ] as const) {
    for (let cut = 0; cut < hex.length; cut += 2) expect(read(hex.slice(0, cut), dialect, 2, 1).kind).toBe('unfinished');
    expect(read(hex, dialect, 2, 1).kind).toBe('success');
  }
});

const texts = (events: readonly ControlEvent[]) =>
  events.map((event) =>
    event.type === 'write'
      ? toHex(event.bytes)
      : event.type === 'answer'
        ? `${event.key}: ${toHex(event.data)}`
        : `${event.key}: ${event.fault.code}`,
  );

test('one request at a time, ids counting up, answers to their own keys', () => {
  const control = new RawControl('v0');
  expect(texts(control.send(10, gpioGet(0), 0))).toEqual(['060000000600']);
  expect(control.send(11, adcRead(ADC_VDD), 0)).toEqual([]);
  expect(texts(control.receive(fromHex('0100'), 1))).toEqual([]);
  expect(texts(control.receive(fromHex('0001'), 2))).toEqual(['10: 01', '060001000750']);
  expect(texts(control.receive(fromHex('0200013412'), 3))).toEqual(['11: 3412']);
  expect(control.deadline).toBeUndefined();
});

test('without an answer for a second the request fails, and the next goes out after silence', () => {
  const control = new RawControl('v0');
  control.send(1, gpioGet(0), 0);
  control.send(2, gpioGet(0), 0);
  expect(control.deadline).toBe(ANSWER_TIMEOUT_MS);
  expect(texts(control.tick(ANSWER_TIMEOUT_MS - 1))).toEqual([]);
  expect(texts(control.tick(ANSWER_TIMEOUT_MS))).toEqual(['1: control-silent']);
  // A late answer to the first must not be taken for the second's.
  expect(control.receive(fromHex('01000001'), ANSWER_TIMEOUT_MS + 5)).toEqual([]);
  expect(control.tick(ANSWER_TIMEOUT_MS + SILENCE_MS)).toEqual([]);
  expect(texts(control.tick(ANSWER_TIMEOUT_MS + 5 + SILENCE_MS))).toEqual(['060001000600']);
});

test('half an answer fails after 10 ms of silence', () => {
  const control = new RawControl('v0');
  control.send(1, gpioGet(0), 0);
  control.receive(fromHex('010000'), 5);
  expect(control.deadline).toBe(5 + SILENCE_MS);
  expect(texts(control.tick(5 + SILENCE_MS))).toEqual(['1: control-garbled']);
});

test('a flood of requests is refused, a flood of bytes is bounded', () => {
  const control = new RawControl('v0');
  const all = Array.from({ length: MAX_QUEUED_REQUESTS + 5 }, (_, key) => control.send(key, gpioGet(0), 0)).flat();
  expect(texts(all).filter((text) => text.endsWith('control-busy'))).toHaveLength(4);
  expect(texts(control.receive(new Uint8Array(10_000), 1))[0]).toBe('0: control-garbled');
});

test('ids run through all 256 values', () => {
  const control = new RawControl('v0');
  for (let index = 0; index < 300; index += 1) {
    const [frame] = texts(control.send(index, gpioGet(0), index));
    expect(Number.parseInt((frame as string).slice(4, 6), 16)).toBe(index & 0xff);
    control.receive(Uint8Array.of(1, 0, index & 0xff, 1), index);
  }
});
