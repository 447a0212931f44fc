/** BM1397 as on the CompacF and R909: UART to 1.5 Mbaud, frequency on a grid of 5 MHz. */
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, readAll, register, setAddress, writeAll } from '../commands.ts';
import { gekkoFrequency } from '../gekko-frequency.ts';
import { discover, hostBaud, type Plan, pause, perChip, write } from '../plan.ts';
import { mhzOf } from '../pll.ts';
import { ticketMask } from '../ticket.ts';
import { u32Be } from '../u32-be.ts';
import { bm1397Facts } from './bm1397.ts';
import { gekkoDividers, gekkoRange, pllBytes } from './pll.ts';

const SETTLE_MS = 50;
const DISCOVERY_MS = 1000;
/** Longer than the 16 ms for which an FTDI bridge holds back bytes. */
const DISCOVERY_IDLE_MS = 50;
/** Divisor 2 of the bridge's 3 MHz, against 1 562 500 of the chip: 4 % apart, as on the real sticks. */
const HOST_BAUD = 1_500_000;
const POWER_DOWN = 0x40000111;

export const bm1397Gekko: ChipFamily = {
  ...bm1397Facts,
  jobIds: { first: 0x10, last: 0x7f, step: 4 },
  baud: HOST_BAUD,
  frequency: gekkoRange,
  pll,
  discovery: () => [pause(SETTLE_MS), discover(readAll(register.chipId), DISCOVERY_MS, DISCOVERY_IDLE_MS)],
  init,
  setFrequency,
  shutdown: () => [write(writeAll(register.pll0, POWER_DOWN), 10)],
};

function pll(mhz: number) {
  const dividers = gekkoDividers(mhz);
  return { bytes: pllBytes(dividers), mhz: mhzOf(dividers) };
}

function setFrequency(mhz: number): Plan {
  return gekkoFrequency(u32Be(pll(mhz).bytes), 2);
}

function init({ chips, mhz, ticketDifficulty }: InitSettings): Plan {
  return [
    pause(SETTLE_MS),
    ...Array.from({ length: 3 }, () => write(chainInactive(), 100)),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), 10)]),
    write(writeAll(register.orderedClock0, 0), 10),
    write(writeAll(register.orderedClock1, 0), 100),
    write(writeAll(register.clockOrderEnable, 1), 50),
    write(writeAll(register.coreMailbox, 0x80008074), 100),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), 20),
    ...Array.from({ length: 2 }, () => write(writeAll(register.pll3, 0xc0700111), 50)),
    write(writeAll(register.fastUart, 0x0600000f), 100),
    write(writeAll(register.miscControl, 0x00006131), 10),
    hostBaud(HOST_BAUD, 10),
    ...setFrequency(mhz),
  ];
}
