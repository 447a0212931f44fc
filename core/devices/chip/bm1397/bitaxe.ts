/** BM1397 as on the Bitaxe Max. */
import { BAUD_CHANGE_MS, bitaxeRamp, USB_GAP_MS } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, readAll, register, setAddress, writeAll } from '../commands.ts';
import { discover, hostBaud, type Plan, perChip, write } from '../plan.ts';
import { mhzOf } from '../pll.ts';
import { ticketMask } from '../ticket.ts';
import { u32Be } from '../u32-be.ts';
import { bm1397Facts } from './bm1397.ts';
import { bitaxeDividers, bitaxeRange, pllBytes } from './pll.ts';

const DISCOVERY_MS = 1000;
const DISCOVERY_IDLE_MS = 100;
const FREQUENCY_GAP_MS = 10;
const FAST_BAUD = 3_125_000;

export const bm1397Bitaxe: ChipFamily = {
  ...bm1397Facts,
  jobIds: { first: 0x04, last: 0x7c, step: 4, modulo128: true },
  baud: 115_200,
  frequency: bitaxeRange,
  pll,
  discovery: () => [discover(readAll(register.chipId), DISCOVERY_MS, DISCOVERY_IDLE_MS)],
  init,
  setFrequency,
  // The board holds nRST and takes the core voltage away.
  shutdown: () => [],
};

function pll(mhz: number) {
  const dividers = bitaxeDividers(mhz);
  return { bytes: pllBytes(dividers), mhz: mhzOf(dividers) };
}

function setFrequency(mhz: number): Plan {
  const twice = (bytes: Uint8Array): Plan => [write(bytes, FREQUENCY_GAP_MS), write(bytes, FREQUENCY_GAP_MS)];
  return [...twice(writeAll(register.pll0Divider, 0x0f0f0f00)), ...twice(writeAll(register.pll0, u32Be(pll(mhz).bytes)))];
}

function init({ chips, mhz, ticketDifficulty, fastBaud }: InitSettings): Plan {
  return [
    write(chainInactive(), USB_GAP_MS),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), USB_GAP_MS)]),
    write(writeAll(register.orderedClock0, 0), USB_GAP_MS),
    write(writeAll(register.orderedClock1, 0), USB_GAP_MS),
    write(writeAll(register.clockOrderEnable, 1), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008074), USB_GAP_MS),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), USB_GAP_MS),
    write(writeAll(register.pll3, 0xc0700111), USB_GAP_MS),
    write(writeAll(register.fastUart, 0x0600000f), USB_GAP_MS),
    write(writeAll(register.miscControl, 0x00007a31), USB_GAP_MS),
    ...bitaxeRamp(mhz, setFrequency),
    ...(fastBaud === true ? [write(writeAll(register.miscControl, 0x00006031), BAUD_CHANGE_MS), hostBaud(FAST_BAUD, BAUD_CHANGE_MS)] : []),
  ];
}
