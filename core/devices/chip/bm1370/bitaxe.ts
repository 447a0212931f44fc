/** BM1370 as on the Bitaxe Gamma. REFERENCE.md is beside this file. */
import { type BitaxeChip, bitaxeHashCount, bitaxeHeaderFacts, bitaxeSetPll, startChip } from '../bitaxe-header-chip.ts';
import { bitaxeDiscovery, bitaxeFastBaud, bitaxeRamp, rollAllVersions, USB_GAP_MS } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, register, setAddress, writeAll } from '../commands.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { type Plan, perChip, write } from '../plan.ts';
import { ticketMask } from '../ticket.ts';

const CHIP: BitaxeChip = { feedback: { min: 160, max: 239 }, cores: 128, guard: 268, jobIdOf: jobIdOf.bm1370 };
/** ADC block, written twice around the analog multiplexer. */
const ADC_REGISTER = 0xb9;
const ADC_VALUE = 0x00004480;

export const bm1370Bitaxe: ChipFamily = {
  ...headerChipFacts,
  ...bitaxeHeaderFacts(CHIP),
  name: 'BM1370',
  idWords: [0x1370],
  cores: 2040,
  jobIds: { first: 0x18, last: 0x78, step: 0x18, modulo128: true },
  discovery: () => bitaxeDiscovery(3),
  init,
};

function init(settings: InitSettings): Plan {
  const { chips, mhz, ticketDifficulty } = settings;
  return [
    write(rollAllVersions, USB_GAP_MS),
    write(writeAll(register.softReset, 0x00070000), USB_GAP_MS),
    write(writeAll(register.miscControl, 0xf000c100), USB_GAP_MS),
    write(chainInactive(), USB_GAP_MS),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), USB_GAP_MS)]),
    write(writeAll(register.coreMailbox, 0x80008b00), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x8000800c), USB_GAP_MS),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), USB_GAP_MS),
    write(writeAll(register.ioDrive, 0x00011111), USB_GAP_MS),
    ...perChip(chips, (index) => startChip(addressOf(index, chips), [0x80008b00, 0x8000800c])),
    write(writeAll(ADC_REGISTER, ADC_VALUE), USB_GAP_MS),
    write(writeAll(register.analogMux, 0x00000002), USB_GAP_MS),
    write(writeAll(ADC_REGISTER, ADC_VALUE), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008dee), USB_GAP_MS),
    ...bitaxeRamp(mhz, (station) => bitaxeSetPll(station, CHIP)),
    ...bitaxeHashCount(mhz, chips, CHIP),
    ...bitaxeFastBaud(settings),
  ];
}
