/** Sticks with a CP2102: Compac, 2Pac, Terminus (BM1384), Block Erupter and Antminer (Icarus protocol). No reset line. */

import { Board, type BoardOptions } from '../board.ts';
import { Cp210x, cp2102Spec } from '../bridges/cp210x.ts';
import { Bm1384Chain } from '../chips/bm1384-chain.ts';
import type { Chain, ChainOptions } from '../chips/chain.ts';
import { antminerU1, antminerU2, antminerU3, blockErupter, IcarusChain, type IcarusModel } from '../chips/icarus-chain.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

interface Stick {
  readonly name: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly chips: number;
  chain(options: ChainOptions): Chain;
}

function build(stick: Stick, options: BoardOptions): Board {
  const chain = stick.chain({ chips: stick.chips, search: options.search, plain: options.plain ?? false });
  const wireFaults = new WireFaults();
  const wire = new SerialWire(chain, wireFaults);
  const bridge = new Cp210x(cp2102Spec({ manufacturer: stick.manufacturer, product: stick.product, serial: options.serial }), [wire]);
  return new Board({ name: stick.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads });
}

const gekko = (name: string, product: string, chips: number) => (options: BoardOptions) =>
  build({ name, manufacturer: 'GekkoScience', product, chips, chain: (chain) => new Bm1384Chain(chain) }, options);
const icarus =
  (name: string, strings: { manufacturer: string; product: string }, chips: number, model: IcarusModel) => (options: BoardOptions) =>
    build({ name, ...strings, chips, chain: (chain) => new IcarusChain(model, chain) }, options);

export const compac = gekko('compac', 'Compac BM1384 Bitcoin Miner', 1);
export const twoPac = gekko('2pac', '2Pac BM1384 Bitcoin Miner', 2);
export const terminus = gekko('terminus', 'Terminus BM1384 Bitcoin Miner', 6);

const antminer = { manufacturer: 'Silicon Labs', product: 'Antminer U1/U2' };
const erupter = { manufacturer: 'Silicon Labs', product: 'Block Erupter USB' };
export const blockErupterUsb = icarus('block-erupter', erupter, 1, blockErupter);
export const u1 = icarus('antminer-u1', antminer, 1, antminerU1);
export const u2 = icarus('antminer-u2', antminer, 1, antminerU2);
export const u3 = icarus('antminer-u3', { ...antminer, product: 'Antminer U3' }, 4, antminerU3);
