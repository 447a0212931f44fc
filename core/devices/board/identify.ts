/**
 * Which board a USB device is: by vendor and product id and both strings. The ids alone say nothing, because thousands of
 * cables and gadgets share them; a device whose strings do not name a board is never opened. The one exception waits for a
 * person: a plain CP2102 may be a Block Erupter or an Antminer, and is listed as a guess (`icarus-models.ts`).
 */
import type { UsbDevice, UsbStrings } from '../../ports.ts';
import { bitaxeGamma } from './bitaxe-models.ts';
import type { BoardModel } from './board-model.ts';
import { emberOne } from './ember-one-model.ts';
import { antminerU1Stick, antminerU2Stick, antminerU3Board, blockErupter, perhapsIcarus } from './icarus-models.ts';
import { compac, compacA1, compacA2, compacF, newPac, r606, r909, twoPac } from './models.ts';

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
  /** Exact, with case; absent: any. */
  readonly manufacturers?: readonly string[];
  /** Start of the product string, whatever its case: later revisions add to it. */
  readonly product: string;
  /** The words may stand anywhere in the product string. */
  readonly anywhere?: true;
  readonly is: Identification;
}

const CP2102_IDS = { vendorId: 0x10c4, productId: 0xea60 };
const CP2102 = { ...CP2102_IDS, manufacturers: ['GekkoScience', 'bitshopperde'] };
/** Older sticks left the bridge's own maker in place. */
const ICARUS = { ...CP2102_IDS, manufacturers: ['Silicon Labs'] };
const CP2105 = { vendorId: 0x10c4, productId: 0xea70, manufacturers: ['Silicon Labs'] };
const FT230X = { vendorId: 0x0403, productId: 0x6015, manufacturers: ['GekkoScience'] };

const patterns: readonly Pattern[] = [
  { ...CP2102, product: 'Compac BM1384 Bitcoin Miner', is: { kind: 'board', model: compac } },
  { ...CP2102, product: '2Pac BM1384 Bitcoin Miner', is: { kind: 'board', model: twoPac } },
  { ...CP2102, product: 'Terminus BM1384 Bitcoin Miner', is: { kind: 'unsupported', name: 'Terminus (BM1384)' } },
  { ...ICARUS, product: 'Block Erupter', anywhere: true, is: { kind: 'board', model: blockErupter } },
  { ...ICARUS, product: 'Antminer U1', anywhere: true, is: { kind: 'board', model: antminerU1Stick } },
  { ...ICARUS, product: 'Antminer U2', anywhere: true, is: { kind: 'board', model: antminerU2Stick } },
  { ...ICARUS, product: 'Antminer U3', anywhere: true, is: { kind: 'board', model: antminerU3Board } },
  { ...CP2102_IDS, product: 'Block Erupter', anywhere: true, is: { kind: 'board', model: perhapsIcarus } },
  { ...CP2102_IDS, product: 'Antminer', anywhere: true, is: { kind: 'board', model: perhapsIcarus } },
  { ...ICARUS, product: 'CP2102 USB to UART Bridge Controller', is: { kind: 'board', model: perhapsIcarus } },
  { ...FT230X, product: 'NewPac Bitcoin Miner', is: { kind: 'board', model: newPac } },
  { ...FT230X, product: 'R606 Bitcoin Miner', is: { kind: 'board', model: r606 } },
  { ...FT230X, product: 'CompacF Bitcoin Miner', is: { kind: 'board', model: compacF } },
  { ...FT230X, product: 'R909 Bitcoin Miner', is: { kind: 'board', model: r909 } },
  { ...CP2105, product: 'GekkoScience Compac A1', is: { kind: 'board', model: compacA1 } },
  { ...CP2105, product: 'GekkoScience Compac A2', is: { kind: 'board', model: compacA2 } },
  { ...CP2105, product: 'GekkoScience Terminus A', is: { kind: 'unsupported', name: 'Terminus A' } },
  { vendorId: 0xc0de, productId: 0xcafe, manufacturers: ['OSMU'], product: 'Bitaxe', is: { kind: 'board', model: bitaxeGamma } },
  { vendorId: 0x1209, productId: 0x256f, manufacturers: ['256F'], product: 'EmberOne00', is: { kind: 'board', model: emberOne } },
  { vendorId: 0x1209, productId: 0x256f, manufacturers: ['256F'], product: '', is: { kind: 'unsupported', name: 'EmberOne' } },
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
      (pattern.manufacturers?.includes(manufacturer) ?? true) &&
      (pattern.anywhere === true ? names(product, pattern.product) : begins(product, pattern.product)),
  );
  return found?.is ?? { kind: 'other' };
}

/** `U1` in `Antminer U1/U2`, but not in `Antminer U10`. */
function names(product: string, words: string): boolean {
  const at = product.toLowerCase().indexOf(words.toLowerCase());
  return at >= 0 && !/^[0-9a-z]/i.test(product.slice(at + words.length));
}

/** `Compac A1` also begins `Compac A1 V2`, but not `Compac A12`; `Bitaxe` not `BitaxeBonanza`, which is another board. */
function begins(product: string, start: string): boolean {
  const rest = product.slice(start.length);
  return product.toLowerCase().startsWith(start.toLowerCase()) && (start === '' || start.endsWith(' A') || !/^[0-9a-z]/i.test(rest));
}
