/** USB as the snapshot tells it, and the one command that installs the rule. */
import { expect, test } from 'vitest';
import type { UsbEyes, UsbSight, UsbSights } from '../../core/devices/doctor.ts';
import type { UsbRule, UsbRuleOutcome } from '../../core/ports.ts';
import { fakeMiner } from '../fake/fake-miner.ts';

class FakeEyes implements UsbEyes {
  seen: UsbSights = { state: 'on', sights: [] };
  #changed: () => void = () => {};
  now(): UsbSights {
    return this.seen;
  }
  onChange(changed: () => void): void {
    this.#changed = changed;
  }
  show(...sights: UsbSight[]): void {
    this.seen = { state: 'on', sights };
    this.#changed();
  }
}

const stick: UsbSight = {
  key: 'k1',
  location: 'usb 1-4',
  vendorId: 0x0403,
  productId: 0x6015,
  version: 0x1000,
  strings: { manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner', serial: '0042' },
  kind: 'board',
  name: 'Compac F',
  deviceId: 'compac-f-0042',
  notices: [],
};

function rule(system: UsbRule['system'], outcome: UsbRuleOutcome): UsbRule & { asked: number } {
  return {
    system,
    asked: 0,
    async install() {
      this.asked += 1;
      return outcome;
    },
  };
}

test('without USB the snapshot says that it is off', async () => {
  expect((await fakeMiner()).snapshot().usb).toEqual({ state: 'off', system: 'other', sights: [] });
});

test('a sight is shown as a person can compare it, with the fault in the words of the table', async () => {
  const usbEyes = new FakeEyes();
  const fake = await fakeMiner({ usbEyes, usbRule: rule('linux', { done: 'installed' }) });
  usbEyes.show({ ...stick, fault: { code: 'usb-busy', location: 'usb 1-4', program: 'cgminer' } as never });
  expect(fake.snapshot().usb).toEqual({
    state: 'on',
    system: 'linux',
    sights: [
      {
        key: 'k1',
        location: 'usb 1-4',
        ids: '0403:6015',
        kind: 'board',
        says: 'GekkoScience CompacF Bitcoin Miner',
        serial: '0042',
        model: 'Compac F',
        deviceId: 'compac-f-0042',
        fault: {
          code: 'usb-busy',
          about: 'compac-f-0042',
          facts: { location: 'usb 1-4', program: 'cgminer' },
          since: fake.clock.now(),
        },
        notices: [],
      },
    ],
  });
});

test('a fault keeps the time since when it stands, and a new one begins anew', async () => {
  const usbEyes = new FakeEyes();
  const fake = await fakeMiner({ usbEyes });
  const since = () => fake.snapshot().usb.sights[0]?.fault?.since;
  const forbidden = { ...stick, fault: { code: 'usb-no-permission' } };
  usbEyes.show(forbidden);
  const first = since();
  await fake.clock.settle(5_000);
  expect(since()).toBe(first);
  usbEyes.show(stick);
  expect(since()).toBeUndefined();
  usbEyes.show(forbidden);
  expect(since()).toBe(fake.clock.now());
});

test('strings that say anything are cut, and a bus full of cables is too', async () => {
  const usbEyes = new FakeEyes();
  const fake = await fakeMiner({ usbEyes });
  const loud = { ...stick, strings: { product: 'x'.repeat(252), serial: 'y'.repeat(252) } };
  usbEyes.show(...Array.from({ length: 60 }, (_, index) => ({ ...loud, key: `k${index}` })));
  const { sights } = fake.snapshot().usb;
  expect([sights.length, sights[0]?.says?.length, sights[0]?.serial?.length]).toEqual([40, 128, 128]);
});

test('the rule is installed by a command without arguments, and its outcome comes back', async () => {
  const outcome = { done: 'by-hand', command: 'sudo …' } as const;
  const usbRule = rule('linux', outcome);
  const fake = await fakeMiner({ usbRule });
  expect(await fake.door.command('usb.installRule', {})).toEqual({ ok: true, reply: outcome });
  expect(usbRule.asked).toBe(1);
});

test('pressing twice while the system asks asks once', async () => {
  let answer: (outcome: UsbRuleOutcome) => void = () => {};
  let asked = 0;
  const install = () => {
    asked += 1;
    return new Promise<UsbRuleOutcome>((resolve) => {
      answer = resolve;
    });
  };
  const fake = await fakeMiner({ usbRule: { system: 'linux', install } });
  const both = [fake.door.command('usb.installRule', {}), fake.door.command('usb.installRule', {})];
  await fake.clock.settle();
  answer({ done: 'installed' });
  expect(await Promise.all(both)).toEqual([
    { ok: true, reply: { done: 'installed' } },
    { ok: true, reply: { done: 'installed' } },
  ]);
  expect(asked).toBe(1);
});

test('elsewhere than on Linux nothing is installed', async () => {
  const usbRule = rule('windows', { done: 'installed' });
  const fake = await fakeMiner({ usbRule });
  expect(await fake.door.command('usb.installRule', {})).toMatchObject({ ok: false, fault: { code: 'usb-rule-not-needed' } });
  expect(usbRule.asked).toBe(0);
});
