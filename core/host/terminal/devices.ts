/** `devices`: what is plugged into USB, what each device is, and what is in the way, with the next step. Pure but for the bus. */
import { examineUsb, type UsbSight } from '../../devices/doctor.ts';
import { AppError, type Failure } from '../../errors.ts';
import { ruleCommand } from '../../io/usb-rule.ts';
import { faultSnapshot } from '../../miner/standing-faults.ts';
import type { Clock, UsbBus } from '../../ports.ts';
import { faultText } from './fault-text.ts';
import { plainText } from './text.ts';

export interface DevicesWorld {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly platform: string;
  /** The rule file that this program ships. */
  readonly rulesPath: string;
}

const NOTHING = `No miner is plugged into USB. Hearth looked for the boards it knows by their vendor and product.
A board that is plugged in and not listed: try another cable (some carry power only) and another port.
`;

/** Exit code and text. Devices in the way of which something is are not a failure of the command. */
export async function listDevices(world: DevicesWorld, json: boolean): Promise<{ readonly code: 0 | 1; readonly text: string }> {
  try {
    const sights = await examineUsb(world.bus, world.clock);
    return { code: 0, text: json ? `${JSON.stringify(sights.map(jsonOf), null, 2)}\n` : shown(sights, world) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fault = faultSnapshot(error.fault, 'devices', 0);
    return { code: 1, text: json ? `${JSON.stringify({ code: fault.code, ...fault.facts })}\n` : `${faultText(fault)}\n` };
  }
}

function shown(sights: readonly UsbSight[], world: DevicesWorld): string {
  if (sights.length === 0) return NOTHING;
  const blocked = sights.some(({ fault }) => fault?.code === 'usb-no-permission');
  const lines = sights.flatMap((sight) => [`${sight.location}  ${idsOf(sight)}  ${nameOf(sight)}`, ...indented(state(sight))]);
  const rule = ['', 'This allows it, once and for all:', `  ${ruleCommand(world.rulesPath)}`];
  return `${[...lines, ...(blocked && world.platform === 'linux' ? rule : [])].join('\n')}\n`;
}

function state({ kind, fault, notices, isGuess, power }: UsbSight): readonly string[] {
  const words = notices.map(inWords);
  const facts = power === undefined ? [] : powerText(power);
  if (fault !== undefined) return [inWords(fault), ...words, ...facts];
  const plain = words.length > 0 && kind !== 'board' ? [] : [stateOf(kind, isGuess === true)];
  return [...plain, ...words, ...facts];
}

function inWords(failure: Failure): string {
  return faultText(faultSnapshot(failure, 'devices', 0, 'usb-transfer-failed'));
}

function stateOf(kind: UsbSight['kind'], isGuess: boolean): string {
  switch (kind) {
    case 'board':
      return isGuess ? 'Not touched: it may be any gadget. Hearth asks under Devices before it uses it.' : 'Ready: Hearth mines with it.';
    case 'unsupported':
      return 'Hearth does not drive this board.';
    case 'stock-firmware':
    case 'other':
      return 'Not a miner that Hearth knows; it is left alone.';
  }
}

function powerText({ speed, maxMilliamps, hub }: NonNullable<UsbSight['power']>): readonly string[] {
  const facts = [
    speed === undefined ? '' : `USB ${speed} speed`,
    maxMilliamps === undefined ? '' : `asks for ${maxMilliamps} mA`,
    hub === undefined
      ? ''
      : `on the hub at ${hub.location}, which ${hub.hasOwnSupply ? 'has a supply of its own' : 'has no supply of its own'}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? [] : [facts.join(', ')];
}

function nameOf({ name, strings }: UsbSight): string {
  const says = plainText([strings.manufacturer, strings.product].filter(Boolean).join(' '));
  const serial = strings.serial === undefined ? '' : `, serial ${plainText(strings.serial)}`;
  if (name !== undefined) return plainText(name) === says ? `“${says}”${serial}` : `${plainText(name)} (“${says}”${serial})`;
  return says === '' ? 'a device without a name' : `“${says}”`;
}

function jsonOf({ key: _key, ...sight }: UsbSight): Readonly<Record<string, unknown>> {
  return sight;
}

function idsOf({ vendorId, productId }: UsbSight): string {
  return [vendorId, productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
