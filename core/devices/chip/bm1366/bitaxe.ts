/** BM1366 as on the Bitaxe Ultra. REFERENCE.md is beside this file. */
import { type BitaxeChip, bitaxeHashCount, bitaxeHeaderFacts, bitaxeSetPll, startChip } from '../bitaxe-header-chip.ts';
import { bitaxeDiscovery, bitaxeFastBaud, bitaxeRamp, rollAllVersions, USB_GAP_MS } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, register, setAddress, writeAll, writeOne } from '../commands.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { type Plan, perChip, write } from '../plan.ts';
import { ticketMask } from '../ticket.ts';

const CHIP: BitaxeChip = { feedback: { min: 144, max: 235 }, cores: 112, guard: 0, jobIdOf: jobIdOf.bm1362 };

export const bm1366Bitaxe: ChipFamily = {
  ...headerChipFacts,
  ...bitaxeHeaderFacts(CHIP),
  name: 'BM1366',
  idWords: [0x1366],
  cores: 894,
  jobIds: { first: 0x08, last: 0x78, step: 8, modulo128: true },
  discovery: () => bitaxeDiscovery(3),
  init,
};

function init(settings: InitSettings): Plan {
  const { chips, mhz, ticketDifficulty } = settings;
  return [
    write(writeAll(register.softReset, 0x00070000), USB_GAP_MS),
    write(writeAll(register.miscControl, 0xff0fc100), USB_GAP_MS),
    write(chainInactive(), USB_GAP_MS),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), USB_GAP_MS)]),
    write(writeAll(register.coreMailbox, 0x80008540), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008020), USB_GAP_MS),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), USB_GAP_MS),
    write(writeAll(register.analogMux, 0x00000003), USB_GAP_MS),
    write(writeAll(register.ioDrive, 0x02111111), USB_GAP_MS),
    write(writeOne(0x00, register.uartRelay, 0x007c0003), USB_GAP_MS),
    ...perChip(chips, (index) => startChip(addressOf(index, chips), [0x80008540, 0x80008020])),
    ...bitaxeRamp(mhz, (station) => bitaxeSetPll(station, CHIP)),
    ...bitaxeHashCount(mhz, chips, CHIP),
    write(rollAllVersions, USB_GAP_MS),
    ...bitaxeFastBaud(settings),
  ];
}
