/** Descriptors as Linux keeps them: a Bitaxe's two functions, written out by hand from the USB specifications. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { firstConfiguration } from '../../core/io/usb-descriptors.ts';

const device = '1201100200000040 decafeca 0001 01020301';
const acm = (first: string, second: string, notify: string, into: string, out: string) => `
  080b${first}0202020000
  0904${first}00010202 0000 05240010 01 04240202 052406${first}${second} 0705${notify}03 4000 10
  0904${second}00020a00 0000 0705${out}02 4000 00 0705${into}02 4000 00`;
const configuration = (length: string) => `0902${length}04010080 32`;
const bitaxe = fromHex(
  `${device}${configuration('8d00')}${acm('00', '01', '81', '82', '01')}${acm('02', '03', '83', '84', '02')}`.replaceAll(/\s/g, ''),
);

test('interfaces, their classes and endpoints come out in order; what is of another kind is skipped', () => {
  expect(firstConfiguration(bitaxe)).toEqual({
    maxMilliamps: 100,
    hasOwnSupply: false,
    strings: { manufacturer: 1, product: 2, serial: 3 },
    interfaces: [
      { interfaceNumber: 0, interfaceClass: 2, interfaceSubclass: 2, endpoints: [end(1, 'in', 'interrupt')] },
      { interfaceNumber: 1, interfaceClass: 10, interfaceSubclass: 0, endpoints: [end(1, 'out', 'bulk'), end(2, 'in', 'bulk')] },
      { interfaceNumber: 2, interfaceClass: 2, interfaceSubclass: 2, endpoints: [end(3, 'in', 'interrupt')] },
      { interfaceNumber: 3, interfaceClass: 10, interfaceSubclass: 0, endpoints: [end(2, 'out', 'bulk'), end(4, 'in', 'bulk')] },
    ],
  });
});

function end(endpointNumber: number, direction: 'in' | 'out', type: 'bulk' | 'interrupt') {
  return { endpointNumber, direction, type, packetSize: 64 };
}

test('a hub with its own supply, a second configuration, other settings of an interface', () => {
  const text = '0902190001010 0e0 fa 0904000000ff000000 0904000101ff000000 0705810240 0000 090219000102008032 090401000 0ff000000';
  expect(firstConfiguration(fromHex(text.replaceAll(' ', '')))).toEqual({
    maxMilliamps: 500,
    hasOwnSupply: true,
    interfaces: [{ interfaceNumber: 0, interfaceClass: 0xff, interfaceSubclass: 0, endpoints: [] }],
  });
});

test('cut off anywhere, or with a length of nothing, it ends; without a configuration there is none', () => {
  for (let length = 0; length < bitaxe.length; length += 1) {
    const found = firstConfiguration(bitaxe.subarray(0, length));
    expect(found === undefined).toBe(length < 18 + 9);
  }
  expect(firstConfiguration(Uint8Array.of(9, 2, 25, 0, 1, 1, 0, 0x80, 50, 0, 0))?.interfaces).toEqual([]);
});
