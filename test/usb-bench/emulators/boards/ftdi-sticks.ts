/** Sticks and pods with an FT230X: CompacF, R909 (BM1397), NewPac, R606 (BM1387). CB1 is the reset of all their chips. */

import { Board, type BoardOptions } from '../board.ts';
import { Ft230x, ft230xSpec } from '../bridges/ft230x.ts';
import { Bm13Chain } from '../chips/bm13-chain.ts';
import { bm1397 } from '../chips/bm13-models.ts';
import { Bm1387Chain } from '../chips/bm1387-chain.ts';
import type { Chain, ChainOptions } from '../chips/chain.ts';
import { SerialWire } from '../serial-wire.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { WireFaults } from '../wire-faults.ts';

interface Stick {
  readonly name: string;
  readonly product: string;
  readonly chips: number;
  /** Measured over calculated. */
  readonly rateScale?: number;
  chain(options: ChainOptions): Chain;
}

const with1397 = (options: ChainOptions) => new Bm13Chain(bm1397, options);
const with1387 = (options: ChainOptions) => new Bm1387Chain(options);

function build(stick: Stick, options: BoardOptions): Board {
  const { chips, rateScale = 1 } = stick;
  const chain = stick.chain({ chips, rateScale, search: options.search, plain: options.plain ?? false });
  const wireFaults = new WireFaults();
  const wire = new SerialWire(chain, wireFaults);
  const strings = { manufacturer: 'GekkoScience', product: stick.product, serial: options.serial };
  const bridge = new Ft230x(ft230xSpec(strings), wire, (isLow) => chain.setReset(isLow));
  return new Board({ name: stick.name, usb: new UsbDevice(bridge), chain, wireFaults, shortReads: bridge.shortReads });
}

export const compacF = (options: BoardOptions) =>
  build({ name: 'compac-f', product: 'CompacF Bitcoin Miner', chips: 1, rateScale: 52.5 / 67.2, chain: with1397 }, options);
export const r909 = (options: BoardOptions) => build({ name: 'r909', product: 'R909 Bitcoin Miner', chips: 6, chain: with1397 }, options);
export const newPac = (options: BoardOptions) =>
  build({ name: 'newpac', product: 'NewPac Bitcoin Miner', chips: 2, chain: with1387 }, options);
export const r606 = (options: BoardOptions) => build({ name: 'r606', product: 'R606 Bitcoin Miner', chips: 12, chain: with1387 }, options);
