/** The rule for USB miners: what is run, with what on its input, and what each end of it means. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ruleCommand, shippedRule, type UsbRuleWorld, usbRule } from '../../core/io/usb-rule.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-rule-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rulesPath = join(folder, '70.rules');
writeFileSync(rulesPath, 'SUBSYSTEM=="usb"\n');

function world(change: Partial<UsbRuleWorld> = {}, code: number | undefined = 0) {
  const runs: { command: string; args: readonly string[]; input: string }[] = [];
  const run: UsbRuleWorld['run'] = async (command, args, input) => {
    runs.push({ command, args, input });
    return code;
  };
  return { runs, rule: usbRule({ platform: 'linux', rulesPath, pkexec: '/usr/bin/pkexec', run, ...change }) };
}

test('polkit runs one constant script, with exactly the shipped rule on its input', async () => {
  const { runs, rule } = world();
  expect(await rule.install()).toEqual({ done: 'installed' });
  expect(runs).toEqual([
    { command: '/usr/bin/pkexec', args: ['--disable-internal-agent', '/bin/sh', '-c', expect.any(String)], input: 'SUBSYSTEM=="usb"\n' },
  ]);
  const script = runs[0]?.args[3] ?? '';
  expect(script).toContain('/etc/udev/rules.d/70-hearth-usb.rules');
  expect(script).not.toContain(folder);
});

test('a closed question is told apart from a system that cannot ask', async () => {
  const command = ruleCommand(rulesPath);
  expect(await world({}, 126).rule.install()).toEqual({ done: 'refused', command });
  expect(await world({}, 127).rule.install()).toEqual({ done: 'by-hand', command });
  const notInTime = world({ run: async () => undefined });
  expect(await notInTime.rule.install()).toEqual({ done: 'by-hand', command });
});

test('without polkit, or without the rule, nothing is run', async () => {
  for (const change of [{ pkexec: undefined }, { rulesPath: join(folder, 'none') }, { platform: 'darwin' as const }]) {
    const { runs, rule } = world(change);
    expect(await rule.install()).toMatchObject({ done: 'by-hand' });
    expect(runs).toEqual([]);
  }
});

test('the systems have their names', () => {
  const names = (['linux', 'win32', 'darwin', 'freebsd'] as const).map((platform) => world({ platform }).rule.system);
  expect(names).toEqual(['linux', 'windows', 'mac', 'other']);
});

test('the line to paste reads the file as oneself and keeps a path with a quote whole', () => {
  expect(ruleCommand("/a'b/70.rules")).toContain(`< '/a'\\''b/70.rules' >`);
  expect(ruleCommand(rulesPath)).toMatch(/^sudo tee \/etc\/udev\/rules\.d\/70-hearth-usb\.rules </);
});

test('the shipped rule is found beside the sources, and outside the archive of a packed app', () => {
  expect(readFileSync(shippedRule(), 'utf8')).toContain('ATTR{idVendor}=="0403"');
  const packed = shippedRule('file:///opt/Hearth/resources/app.asar/dist/electron/main.js');
  expect(packed).toBe('/opt/Hearth/resources/app.asar.unpacked/resources/udev/70-hearth-usb.rules');
});
