/**
 * Which board a USB device is: by vendor and product id and both strings. The ids alone say nothing, because thousands of
 * cables and gadgets share them; a device whose strings do not name a board is never opened.
 */
import type { UsbDevice, UsbStrings } from '../../ports.ts';
import type { BoardModel } from './board-model.ts';
import { bitaxeGamma, compac, compacA1, compacA2, compacF, newPac, r606, r909, twoPac } from './models.ts';

export type Identification =
  | { readonly kind: 'board'; readonly model: BoardModel }
  /** A miner that Hearth does not drive. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** A board, perhaps a Bitaxe with its own firmware: that one mines over the network. */
  | { readonly kind: 'perhaps-bitaxe' }
  | { readonly kind: 'other' };

interface Pattern {
  readonly vendorId: number;
  readonly productId: number;
  /** Exact, with case. */
  readonly manufacturers: readonly string[];
  /** Start of the product string, whatever its case: later revisions add to it. */
  readonly product: string;
  readonly is: Identification;
}

const CP2102 = { vendorId: 0x10c4, productId: 0xea60, manufacturers: ['GekkoScience', 'bitshopperde'] };
const CP2105 = { vendorId: 0x10c4, productId: 0xea70, manufacturers: ['Silicon Labs'] };
const FT230X = { vendorId: 0x0403, productId: 0x6015, manufacturers: ['GekkoScience'] };

const patterns: readonly Pattern[] = [
  { ...CP2102, product: 'Compac BM1384 Bitcoin Miner', is: { kind: 'board', model: compac } },
  { ...CP2102, product: '2Pac BM1384 Bitcoin Miner', is: { kind: 'board', model: twoPac } },
  { ...CP2102, product: 'Terminus BM1384 Bitcoin Miner', is: { kind: 'unsupported', name: 'Terminus (BM1384)' } },
  { ...FT230X, product: 'NewPac Bitcoin Miner', is: { kind: 'board', model: newPac } },
  { ...FT230X, product: 'R606 Bitcoin Miner', is: { kind: 'board', model: r606 } },
  { ...FT230X, product: 'CompacF Bitcoin Miner', is: { kind: 'board', model: compacF } },
  { ...FT230X, product: 'R909 Bitcoin Miner', is: { kind: 'board', model: r909 } },
  { ...CP2105, product: 'GekkoScience Compac A1', is: { kind: 'board', model: compacA1 } },
  { ...CP2105, product: 'GekkoScience Compac A2', is: { kind: 'board', model: compacA2 } },
  { ...CP2105, product: 'GekkoScience Terminus A', is: { kind: 'unsupported', name: 'Terminus A' } },
  { vendorId: 0xc0de, productId: 0xcafe, manufacturers: ['OSMU'], product: 'Bitaxe', is: { kind: 'board', model: bitaxeGamma } },
  { vendorId: 0x1209, productId: 0x256f, manufacturers: ['256F'], product: 'EmberOne', is: { kind: 'unsupported', name: 'EmberOne' } },
  { vendorId: 0x303a, productId: 0x1001, manufacturers: ['Espressif'], product: '', is: { kind: 'perhaps-bitaxe' } },
];

/** Whether its strings are worth reading. */
export function mayBeBoard({ vendorId, productId }: Pick<UsbDevice, 'vendorId' | 'productId'>): boolean {
  return patterns.some((pattern) => pattern.vendorId === vendorId && pattern.productId === productId);
}

export function identify(
  device: Pick<UsbDevice, 'vendorId' | 'productId'>,
  { manufacturer = '', product = '' }: UsbStrings,
): Identification {
  const found = patterns.find(
    (pattern) =>
      pattern.vendorId === device.vendorId &&
      pattern.productId === device.productId &&
      pattern.manufacturers.includes(manufacturer) &&
      begins(product, pattern.product),
  );
  return found?.is ?? { kind: 'other' };
}

/** `Compac A1` also begins `Compac A1 V2`, but not `Compac A12`; `Bitaxe` not `BitaxeBonanza`, which is another board. */
function begins(product: string, start: string): boolean {
  const rest = product.slice(start.length);
  return product.toLowerCase().startsWith(start.toLowerCase()) && (start === '' || start.endsWith(' A') || !/^[0-9a-z]/i.test(rest));
}
