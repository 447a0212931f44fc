/**
 * The rule that lets a person use USB miners on Linux, installed through polkit: the system asks for the administrator's
 * password, and what then runs as root is the one constant script below, which takes the shipped rule from its standard
 * input (root cannot read inside an AppImage). Implements `UsbRule` of core/ports.ts; nothing of it can be chosen by a caller.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { UsbRule, UsbRuleOutcome } from '../ports.ts';

/** Somebody has to find the administrator's password. */
const ANSWER_LIMIT_MS = 180_000;
/** Where systems keep it; not looked for on the path, where anybody could put one. */
const PKEXEC = ['/usr/bin/pkexec', '/run/wrappers/bin/pkexec'];
const PLACE = '/etc/udev/rules.d/70-hearth-usb.rules';
const AFTERWARDS = 'udevadm control --reload && udevadm trigger --subsystem-match=usb';
/** Whole or not at all: a rule cut short would be read by the system. */
const SCRIPT = `umask 022 && cat > ${PLACE}.new && mv -f ${PLACE}.new ${PLACE} && ${AFTERWARDS}`;
/** Of pkexec: the question was closed, or this person may not answer it. */
const REFUSED = 126;

export interface UsbRuleWorld {
  readonly platform: NodeJS.Platform;
  /** The file that ships with Hearth. */
  readonly rulesPath: string;
  /** Undefined: this system has none. */
  readonly pkexec: string | undefined;
  /** Exit code; undefined when it could not be run or did not end in time. */
  run(command: string, args: readonly string[], input: string, limitMs: number): Promise<number | undefined>;
}

export function usbRule(world: UsbRuleWorld): UsbRule {
  const system = systems[world.platform] ?? 'other';
  return { system, install: () => install(world) };
}

/** On this computer, with the rule of this installation. */
export function systemUsbRule(rulesPath = shippedRule()): UsbRule {
  return usbRule({ platform: process.platform, rulesPath, pkexec: PKEXEC.find(isProgram), run });
}

/** The one command that installs the rule by hand: the file is read as oneself, only the writing is done as root. */
export function ruleCommand(rulesPath: string): string {
  const path = `'${rulesPath.replaceAll("'", "'\\''")}'`;
  return `sudo tee ${PLACE} < ${path} > /dev/null && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb`;
}

/** Beside the program; in a packed app the copy that lies outside the archive, which other programs can read. */
export function shippedRule(module = import.meta.url): string {
  return fileURLToPath(new URL('../../resources/udev/70-hearth-usb.rules', module)).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

const systems: Readonly<Partial<Record<NodeJS.Platform, UsbRule['system']>>> = { linux: 'linux', win32: 'windows', darwin: 'mac' };

async function install({ platform, rulesPath, pkexec, run }: UsbRuleWorld): Promise<UsbRuleOutcome> {
  const command = ruleCommand(rulesPath);
  const rule = await readFile(rulesPath, 'utf8').catch(() => '');
  if (platform !== 'linux' || pkexec === undefined || rule === '') return { done: 'by-hand', command };
  const code = await run(pkexec, ['--disable-internal-agent', '/bin/sh', '-c', SCRIPT], rule, ANSWER_LIMIT_MS);
  if (code === 0) return { done: 'installed' };
  return { done: code === REFUSED ? 'refused' : 'by-hand', command };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(command: string, args: readonly string[], input: string, limitMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: limitMs });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code ?? undefined));
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(input);
  });
}
