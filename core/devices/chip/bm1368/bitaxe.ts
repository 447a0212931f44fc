/** BM1368 as on the Bitaxe Supra. REFERENCE.md is beside this file. */
import { type BitaxeChip, bitaxeHashCount, bitaxeHeaderFacts, bitaxeSetPll, startChip } from '../bitaxe-header-chip.ts';
import { bitaxeDiscovery, bitaxeFastBaud, bitaxeRamp, rollAllVersions, USB_GAP_MS } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, register, setAddress, writeAll } from '../commands.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { type Plan, perChip, withLastWait, write } from '../plan.ts';
import { ticketMask } from '../ticket.ts';

const CHIP: BitaxeChip = { feedback: { min: 144, max: 235 }, cores: 80, guard: 268, jobIdOf: jobIdOf.bm1370 };
/** After the last command to each chip. */
const CHIP_START_MS = 500;
/** Written before the addresses, whatever is wanted later. */
const FIRST_TICKET = 0x000000ff;

export const bm1368Bitaxe: ChipFamily = {
  ...headerChipFacts,
  ...bitaxeHeaderFacts(CHIP),
  name: 'BM1368',
  idWords: [0x1368],
  cores: 1276,
  jobIds: { first: 0x18, last: 0x78, step: 0x18, modulo128: true },
  discovery: () => bitaxeDiscovery(4),
  init,
};

function init(settings: InitSettings): Plan {
  const { chips, mhz, ticketDifficulty } = settings;
  return [
    write(chainInactive(), USB_GAP_MS),
    write(writeAll(register.softReset, 0x00070000), USB_GAP_MS),
    write(writeAll(register.miscControl, 0xff0fc100), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008b00), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008018), USB_GAP_MS),
    write(writeAll(register.ticketMask, FIRST_TICKET), USB_GAP_MS),
    write(writeAll(register.analogMux, 0x00000003), USB_GAP_MS),
    write(writeAll(register.ioDrive, 0x02111111), USB_GAP_MS),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), USB_GAP_MS)]),
    ...perChip(chips, (index) => withLastWait(startChip(addressOf(index, chips), [0x80008b00, 0x80008018]), CHIP_START_MS)),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), USB_GAP_MS),
    ...bitaxeRamp(mhz, (station) => bitaxeSetPll(station, CHIP)),
    ...bitaxeHashCount(mhz, chips, CHIP),
    write(rollAllVersions, USB_GAP_MS),
    ...bitaxeFastBaud(settings),
  ];
}
