/**
 * Devices that are none of a miner's business, although they share the ids of its boards: cables and gadgets with the same bridges,
 * a hobby firmware with the same made-up ids, and a Bitaxe with its own firmware, which mines over the network and shows only its
 * debugging port. Whatever a host does to them is in `usb.touches`, whatever reached the far end in `chain.heard`.
 */
import { EMPTY } from '../../../../core/bytes.ts';
import { Board, type BoardOptions } from '../board.ts';
import { CdcPair, cdcPairSpec } from '../bridges/cdc-pair.ts';
import { Cp210x, cp2102Spec, cp2105Spec } from '../bridges/cp210x.ts';
import { DebugPort, debugPortSpec } from '../bridges/debug-port.ts';
import { Ft230x, ft230xSpec } from '../bridges/ft230x.ts';
import type { ShortReads } from '../bridges/short-reads.ts';
import { NoChain } from '../chips/no-chain.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice, type UsbFunction } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

type Bridge = UsbFunction & { readonly shortReads: ShortReads };
type BuildBridge = (wires: readonly [SerialWire, SerialWire], serial: string) => Bridge;

const stranger = (name: string, bridge: BuildBridge) => (options: BoardOptions) => {
  const chain = new NoChain();
  const wireFaults = new WireFaults();
  const made = bridge([new SerialWire(chain, wireFaults), new SerialWire(new NoChain(), new WireFaults())], options.serial);
  return new Board({ name, usb: new UsbDevice(made), chain, wireFaults, shortReads: made.shortReads });
};

const silabs = { manufacturer: 'Silicon Labs' };
const mute = { receive() {}, advance() {}, take: () => EMPTY, reset() {} };
const hobby = { vendorId: 0xc0de, productId: 0xcafe, release: 0x0100, manufacturer: 'TinyUSB', product: 'TinyUSB Device' };

export const gadgetCp2102 = stranger('gadget-cp2102', ([wire], serial) => {
  return new Cp210x(cp2102Spec({ ...silabs, product: 'CP2102 USB to UART Bridge Controller', serial }), [wire]);
});
export const gadgetCp2105 = stranger('gadget-cp2105', (wires, serial) => {
  return new Cp210x(cp2105Spec({ ...silabs, product: 'CP2105 Dual USB to UART Bridge Controller', serial }), wires, () => {});
});
export const gadgetFt230x = stranger('gadget-ft230x', ([wire], serial) => {
  return new Ft230x(ft230xSpec({ manufacturer: 'FTDI', product: 'FT230X Basic UART', serial }), wire, () => {});
});
export const gadgetHobby = stranger('gadget-hobby', ([wire], serial) => new CdcPair(cdcPairSpec({ ...hobby, serial }), mute, wire));
export const bitaxeStock = stranger('bitaxe-stock', ([wire], serial) => new DebugPort(debugPortSpec(serial), wire));
