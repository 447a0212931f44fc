/** What the finder offers, what it leaves alone, and what happens when things are pulled out and put back. */
import { expect, test } from 'vitest';
import type { BoardDevice } from '../../core/devices/board/board-device.ts';
import type { Device, DeviceEvent } from '../../core/devices/device.ts';
import { UsbFinder } from '../../core/devices/usb-finder.ts';
import type { UsbFailure, UsbStrings } from '../../core/ports.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { MemoryUsbBus, MemoryUsbDevice } from '../fake/memory-usb.ts';
import { QuietLog } from '../fake/quiet-log.ts';

class FinderBench {
  readonly clock = new FakeClock();
  readonly bus = new MemoryUsbBus();
  readonly found: Device[] = [];
  readonly events: DeviceEvent[] = [];
  readonly finder = new UsbFinder({ bus: this.bus, clock: this.clock, log: new QuietLog() });

  async start(): Promise<void> {
    await this.finder.start((device) => {
      this.found.push(device);
      device.start({ next: () => undefined }, { paused: false }, (event) => this.events.push(event));
    });
    await this.clock.settle();
  }

  device(ids: string, strings: UsbStrings, location = 'usb 1-4'): MemoryUsbDevice {
    const [vendorId, productId] = ids.split(':').map((id) => Number.parseInt(id, 16)) as [number, number];
    return new MemoryUsbDevice(this.clock, { vendorId, productId, strings, location });
  }

  compacF(serial: string | undefined, location?: string): MemoryUsbDevice {
    return this.device(
      '0403:6015',
      { manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner', ...(serial && { serial }) },
      location,
    );
  }
}

test.each([
  ['10c4:ea60', 'GekkoScience', 'Compac BM1384 Bitcoin Miner', 'Compac'],
  ['10c4:ea60', 'bitshopperde', '2Pac BM1384 Bitcoin Miner', '2Pac'],
  ['0403:6015', 'GekkoScience', 'NewPac Bitcoin Miner', 'NewPac'],
  ['0403:6015', 'GekkoScience', 'R606 Bitcoin Miner', 'R606'],
  ['0403:6015', 'GekkoScience', 'compacf bitcoin miner', 'Compac F'],
  ['0403:6015', 'GekkoScience', 'R909 Bitcoin Miner', 'R909'],
  ['10c4:ea70', 'Silicon Labs', 'GekkoScience Compac A1', 'Compac A1'],
  ['10c4:ea70', 'Silicon Labs', 'GekkoScience Compac A2 V2', 'Compac A2'],
  ['c0de:cafe', 'OSMU', 'Bitaxe', 'Bitaxe Gamma'],
])('%s “%s” “%s” is a %s', async (ids, manufacturer, product, model) => {
  const bench = new FinderBench();
  bench.bus.plug(bench.device(ids, { manufacturer, product, serial: '7' }));
  await bench.start();
  expect(bench.found.map(({ identity }) => identity.model)).toEqual([model]);
});

test.each([
  ['a USB cable with the same bridge', '10c4:ea60', 'Silicon Labs', 'CP2102 USB to UART Bridge Controller'],
  ['an FTDI cable', '0403:6015', 'FTDI', 'FT230X Basic UART'],
  ['the right product of another maker', '0403:6015', 'FTDI', 'CompacF Bitcoin Miner'],
  ['the right maker in other letters', '0403:6015', 'gekkoscience', 'CompacF Bitcoin Miner'],
  ['a gadget with hobby ids', 'c0de:cafe', 'Somebody', 'Bitaxe'],
  ['another board of the same maker', 'c0de:cafe', 'OSMU', 'BitaxeBonanza'],
  ['a board that is not driven yet', '10c4:ea70', 'Silicon Labs', 'GekkoScience Terminus A2'],
  ['a device without strings', '10c4:ea70', undefined, undefined],
])('%s is not touched', async (_title, ids, manufacturer, product) => {
  const bench = new FinderBench();
  const gadget = bench.device(ids, { ...(manufacturer && { manufacturer }), ...(product && { product }) });
  bench.bus.plug(gadget);
  await bench.start();
  await bench.clock.settle(60_000);
  expect(bench.found).toEqual([]);
  expect(gadget.log).toEqual([]);
  expect(gadget.stringsRead).toBe(1);
});

test('strings of devices that can be no board are not even read', async () => {
  const bench = new FinderBench();
  const keyboard = bench.device('046d:c31c', { manufacturer: 'Logitech', product: 'Keyboard' });
  const debugger_ = bench.device('0403:6014', { manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner' });
  bench.bus.plug(keyboard);
  bench.bus.plug(debugger_);
  await bench.start();
  expect([keyboard.stringsRead, debugger_.stringsRead, bench.found.length]).toEqual([0, 0, 0]);
});

test('a stick keeps its id in another port; two with one serial number, and one without, are told apart by port', async () => {
  const bench = new FinderBench();
  const first = bench.compacF('S1', 'usb 1-1');
  bench.bus.plug(first);
  await bench.start();
  bench.bus.plug(bench.compacF('S1', 'usb 1-2.3'));
  bench.bus.plug(bench.compacF(undefined, 'usb 1-5'));
  await bench.clock.settle();
  bench.bus.unplug(first);
  await bench.clock.settle(5_000);
  bench.bus.plug(bench.compacF('S1', 'usb 2-7'));
  await bench.clock.settle();
  expect(bench.found.map(({ identity }) => identity.id)).toEqual(['compac-f-S1', 'compac-f-S1@1-2.3', 'compac-f@1-5', 'compac-f-S1']);
});

test('unplugging is an event: the board is gone, and a replug is a new one', async () => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  bench.bus.plug(stick);
  await bench.start();
  await bench.clock.settle(700);
  bench.bus.unplug(stick);
  await bench.clock.settle(5_000);
  expect(bench.events.at(-1)).toEqual({ type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } });
  bench.bus.plug(bench.compacF('S1'));
  await bench.clock.settle();
  expect(bench.found).toHaveLength(2);
});

test('a board that fell silent although the bus still has it is offered again, later and later', async () => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  bench.bus.plug(stick);
  await bench.start();
  stick.unplug(); // transfers fail, and no event comes
  await bench.clock.settle(60_000);
  const offered = bench.found.length;
  expect(offered).toBeGreaterThanOrEqual(3);
  await bench.clock.settle(600_000);
  expect(bench.found.length - offered).toBeLessThanOrEqual(11);
});

test.each<[string, UsbFailure]>([
  ['permission', { code: 'usb-no-permission', location: 'usb 1-4' }],
  ['another program', { code: 'usb-busy', location: 'usb 1-4', program: 'cgminer' }],
  ['a driver', { code: 'usb-no-driver', location: 'usb 1-4', text: 'no WinUSB' }],
])('what is in the way is told (%s), and the board starts when it is out of the way', async (_title, openFailure) => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  stick.openFailure = openFailure;
  bench.bus.plug(stick);
  await bench.start();
  await bench.clock.settle(300_000);
  expect(bench.events.find((event) => event.type === 'fault')).toEqual({ type: 'fault', fault: openFailure });
  expect(stick.log).toEqual([]);
  stick.openFailure = undefined;
  await bench.clock.settle(20_000);
  expect(stick.transfers[0]).toBe('open 0');
});

test('on a computer without USB it finds nothing, quietly', async () => {
  const bench = new FinderBench();
  bench.bus.unavailable = true;
  await bench.start();
  await bench.finder.stop();
  expect(bench.found).toEqual([]);
});

test('stopped, it watches no more, and what comes late is not offered', async () => {
  const bench = new FinderBench();
  await bench.start();
  await bench.finder.stop();
  expect(bench.bus.isWatched).toBe(false);
  bench.bus.plug(bench.compacF('S1'));
  await bench.clock.settle();
  expect(bench.found).toEqual([]);
});

test('boards power up one after the other', async () => {
  const bench = new FinderBench();
  const sticks = ['1', '2', '3'].map((serial) => bench.compacF(serial, `usb 1-${serial}`));
  for (const stick of sticks) bench.bus.plug(stick);
  await bench.start();
  expect(sticks.map((stick) => stick.log.length > 0)).toEqual([true, false, false]);
  await bench.clock.settle(60_000);
  const opened = sticks.map((stick) => stick.log[0]?.at as number);
  expect((opened[1] as number) - (opened[0] as number)).toBeGreaterThanOrEqual(2_000);
  expect((opened[2] as number) - (opened[1] as number)).toBeGreaterThanOrEqual(2_000);
});

test('a thousand plugs and pulls of eight sticks leave nothing behind', async () => {
  const bench = new FinderBench();
  await bench.start();
  const plugged = new Map<number, MemoryUsbDevice>();
  let seed = 12_345;
  for (let event = 0; event < 1_000; event += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const port = (seed >>> 12) % 8;
    const stick = plugged.get(port);
    if (stick === undefined) {
      const fresh = bench.compacF(`S${port}`, `usb 1-${port}`);
      plugged.set(port, fresh);
      bench.bus.plug(fresh);
    } else {
      plugged.delete(port);
      bench.bus.unplug(stick);
    }
    await bench.clock.settle((seed >>> 8) % 4_000);
  }
  for (const stick of plugged.values()) bench.bus.unplug(stick);
  await bench.clock.settle(120_000);
  expect(bench.clock.waiting).toBe(0);
  const last = new Map(bench.found.map((device) => [device.identity.id, device as BoardDevice]));
  expect(last.size).toBe(8);
});
