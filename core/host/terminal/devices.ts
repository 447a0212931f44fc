/** `devices`: what is plugged into USB, what each device is, and what is in the way, with the next step. Pure but for the bus. */
import { examineUsb, type Finding } from '../../devices/doctor.ts';
import { AppError } from '../../errors.ts';
import { faultSnapshot } from '../../miner/standing-faults.ts';
import type { UsbBus } from '../../ports.ts';
import { faultText } from './fault-text.ts';
import { plainText } from './text.ts';

export interface DevicesWorld {
  readonly bus: UsbBus;
  readonly platform: string;
  /** The rule file that this program ships. */
  readonly rulesPath: string;
}

/** Exit code and text. Devices in the way of which something is are not a failure of the command. */
export async function listDevices(world: DevicesWorld, json: boolean): Promise<{ readonly code: 0 | 1; readonly text: string }> {
  try {
    const findings = await examineUsb(world.bus);
    return { code: 0, text: json ? `${JSON.stringify(findings.map(jsonOf), null, 2)}\n` : shown(findings, world) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fault = faultSnapshot(error.fault, 'devices', 0);
    return { code: 1, text: json ? `${JSON.stringify({ code: fault.code, ...fault.facts })}\n` : `${faultText(fault)}\n` };
  }
}

function shown(findings: readonly Finding[], world: DevicesWorld): string {
  if (findings.length === 0) return 'No miner is plugged into USB. Hearth looked for the boards it knows by their vendor and product.\n';
  const lines = findings.flatMap((finding) => [
    `${finding.location}  ${idsOf(finding)}  ${nameOf(finding)}`,
    ...indented(state(finding, world)),
  ]);
  return `${lines.join('\n')}\n`;
}

function state({ what, inTheWay }: Finding, { platform, rulesPath }: DevicesWorld): readonly string[] {
  if (inTheWay === undefined) return [stateOf(what)];
  const text = faultText(faultSnapshot(inTheWay, 'devices', 0, 'usb-transfer-failed'));
  if (inTheWay.code !== 'usb-no-permission' || platform !== 'linux') return [text];
  return [text, 'This allows it, once and for all:', `  ${allowCommand(rulesPath)}`];
}

function stateOf(what: Finding['what']): string {
  switch (what.kind) {
    case 'board':
      return 'Ready: Hearth mines with it.';
    case 'unsupported':
      return 'Hearth does not drive this board.';
    case 'perhaps-bitaxe':
      return 'If this is a Bitaxe with its own firmware: it mines over the network, not over USB. Point it at this computer.';
    case 'other':
      return 'Not a miner that Hearth knows; it is left alone.';
  }
}

/** The one command that installs the rule. */
export function allowCommand(rulesPath: string): string {
  return `sudo cp '${rulesPath.replaceAll("'", "'\\''")}' /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb`;
}

function nameOf({ what, strings }: Finding): string {
  const says = plainText([strings.manufacturer, strings.product].filter(Boolean).join(' '));
  const serial = strings.serial === undefined ? '' : `, serial ${plainText(strings.serial)}`;
  switch (what.kind) {
    case 'board':
      return `${what.model.name} (“${says}”${serial})`;
    case 'unsupported':
      return `${what.name} (“${says}”${serial})`;
    default:
      return says === '' ? 'a device without a name' : `“${says}”`;
  }
}

function jsonOf({ what, ...facts }: Finding): Readonly<Record<string, unknown>> {
  return { ...facts, kind: what.kind, ...('model' in what && { name: what.model.name }), ...('name' in what && { name: what.name }) };
}

function idsOf({ vendorId, productId }: Finding): string {
  return [vendorId, productId].map((id) => id.toString(16).padStart(4, '0')).join(':');
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
