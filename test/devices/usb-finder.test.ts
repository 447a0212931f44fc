/** What the finder offers, what it leaves alone, and what happens when things are pulled out and put back. */
import { expect, test } from 'vitest';
import type { BoardDevice } from '../../core/devices/board/board-device.ts';
import type { Device, DeviceEvent } from '../../core/devices/device.ts';
import { FIRST_RETURN_MS, UsbFinder } from '../../core/devices/usb-finder.ts';
import { AppError } from '../../core/errors.ts';
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

  async start(knownIds: readonly string[] = []): Promise<void> {
    const onDevice = (device: Device) => {
      this.found.push(device);
      device.start({ next: () => undefined }, { paused: false }, (event) => this.events.push(event));
    };
    await this.finder.start(onDevice, () => {}, knownIds);
    await this.clock.settle();
  }

  /** The last id given at each port. */
  ids(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.found.map(({ identity }) => [identity.location, identity.id]));
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
  ['10c4:ea60', 'Silicon Labs', 'Block Erupter USB', 'Block Erupter'],
  ['10c4:ea60', 'Silicon Labs', 'Antminer U1/U2', 'Antminer U1'],
  ['10c4:ea60', 'Silicon Labs', 'Antminer U2', 'Antminer U2'],
  ['10c4:ea60', 'Silicon Labs', 'Antminer U3', 'Antminer U3'],
  ['1209:256f', '256F', 'EmberOne00', 'EmberOne00'],
])('%s “%s” “%s” is a %s', async (ids, manufacturer, product, model) => {
  const bench = new FinderBench();
  bench.bus.plug(bench.device(ids, { manufacturer, product, serial: '7' }));
  await bench.start();
  expect(bench.found.map(({ identity }) => identity.model)).toEqual([model]);
});

test.each([
  ['a USB cable with a later bridge', '10c4:ea60', 'Silicon Labs', 'CP2102N USB to UART Bridge Controller'],
  ['the plain bridge of another maker', '10c4:ea60', 'Somebody', 'CP2102 USB to UART Bridge Controller'],
  ['an FTDI cable', '0403:6015', 'FTDI', 'FT230X Basic UART'],
  ['the right product of another maker', '0403:6015', 'FTDI', 'CompacF Bitcoin Miner'],
  ['the right maker in other letters', '0403:6015', 'gekkoscience', 'CompacF Bitcoin Miner'],
  ['a gadget with hobby ids', 'c0de:cafe', 'Somebody', 'Bitaxe'],
  ['another board of the same maker', 'c0de:cafe', 'OSMU', 'BitaxeBonanza'],
  ['a board that is not driven yet', '10c4:ea70', 'Silicon Labs', 'GekkoScience Terminus A2'],
  ['a later board of a known maker', '1209:256f', '256F', 'EmberOne01'],
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
  await bench.clock.settle(6_000);
  bench.bus.unplug(first);
  await bench.clock.settle(5_000);
  bench.bus.plug(bench.compacF('S1', 'usb 2-7'));
  await bench.clock.settle();
  expect(bench.found.map(({ identity }) => identity.id)).toEqual(['compac-f-S1', 'compac-f@1-5', 'compac-f-S1@1-2.3', 'compac-f-S1']);
});

test('two with one serial number keep their ids through replugs in any order, and in later runs whichever is seen first', async () => {
  const bench = new FinderBench();
  const [one, two] = [bench.compacF('S1', 'usb 1-1'), bench.compacF('S1', 'usb 1-2')];
  bench.bus.plug(one);
  bench.bus.plug(two);
  await bench.start();
  await bench.clock.settle(1_000);
  expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1', 'usb 1-2': 'compac-f-S1@1-2' });
  for (const order of [
    ['usb 1-1', 'usb 1-2'],
    ['usb 1-2', 'usb 1-1'],
  ]) {
    for (const location of order) bench.bus.unplug(bench.bus.devices.find((stick) => stick.location === location) as MemoryUsbDevice);
    await bench.clock.settle(5_000);
    const before = bench.found.length;
    for (const location of order) bench.bus.plug(bench.compacF('S1', location));
    await bench.clock.settle(5_000);
    expect(bench.found).toHaveLength(before + 2);
    expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1', 'usb 1-2': 'compac-f-S1@1-2' });
  }
  for (const locations of [['usb 1-1', 'usb 1-2'], ['usb 1-2', 'usb 1-1'], ['usb 1-2'], ['usb 1-1']]) {
    const later = new FinderBench();
    for (const location of locations) later.bus.plug(later.compacF('S1', location));
    await later.start(['compac-f-S1', 'compac-f-S1@1-2']);
    await later.clock.settle(1_000);
    for (const location of locations) expect(later.ids()[location]).toBe(location === 'usb 1-2' ? 'compac-f-S1@1-2' : 'compac-f-S1');
  }
});

test('a stick that is seen in its new port before it is missed in the old one keeps its id', async () => {
  const bench = new FinderBench();
  const old = bench.compacF('S1', 'usb 1-1');
  bench.bus.plug(old);
  await bench.start();
  bench.bus.plug(bench.compacF('S1', 'usb 1-2'));
  await bench.clock.settle(300);
  bench.bus.unplug(old);
  await bench.clock.settle(1_000);
  expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1', 'usb 1-2': 'compac-f-S1' });
});

test.each([
  ['mines', false],
  ['rests', true],
])('a stick that was moved keeps its id although its hub is slow to miss it in the old port (it %s)', async (_title, paused) => {
  const bench = new FinderBench();
  const old = bench.compacF('S1', 'usb 1-1');
  bench.bus.plug(old);
  await bench.start();
  bench.found[0]?.configure({ paused });
  await bench.clock.settle(10_000);
  old.unplug(); // transfers fail; the bus still lists it
  bench.bus.plug(bench.compacF('S1', 'usb 1-2'));
  await bench.clock.settle(3_000);
  bench.bus.unplug(old);
  await bench.clock.settle(1_000);
  expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1', 'usb 1-2': 'compac-f-S1' });
});

test('a twin that was silent for a moment while another took its id is offered again, under its port', async () => {
  const bench = new FinderBench();
  const old = bench.compacF('S1', 'usb 1-1');
  old.openFailure = { code: 'device-gone', location: 'usb 1-1' };
  bench.bus.plug(old);
  await bench.start();
  bench.bus.plug(bench.compacF('S1', 'usb 1-2'));
  await bench.clock.settle();
  expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1', 'usb 1-2': 'compac-f-S1' });
  old.openFailure = undefined;
  await bench.clock.settle(60_000);
  expect(bench.ids()).toEqual({ 'usb 1-1': 'compac-f-S1@1-1', 'usb 1-2': 'compac-f-S1' });
});

test('what is on the bus is seen: boards with their ids, what is none with a word about it, nothing of keyboards', async () => {
  const bench = new FinderBench();
  const at = (location: string) => bench.finder.eyes.now().sights.find((sight) => sight.location === location);
  bench.bus.plug(bench.compacF('S1', 'usb 1-10'));
  bench.bus.plug(bench.device('303a:1001', { manufacturer: 'Espressif', product: 'USB JTAG/serial debug unit' }, 'usb 1-9'));
  bench.bus.plug(bench.device('c0de:cafe', { manufacturer: 'OSMU', product: 'BitaxeBonanza' }, 'usb 1-8'));
  bench.bus.plug(bench.device('0403:6015', { manufacturer: 'FTDI', product: 'FT230X Basic UART' }, 'usb 1-7'));
  bench.bus.plug(bench.device('046d:c31c', { manufacturer: 'Logitech', product: 'Keyboard' }, 'usb 1-6'));
  await bench.start();
  expect(bench.finder.eyes.now().sights.map(({ location, kind }) => `${location} ${kind}`)).toEqual([
    'usb 1-7 other',
    'usb 1-8 unsupported',
    'usb 1-9 stock-firmware',
    'usb 1-10 board',
  ]);
  expect(at('usb 1-10')).toMatchObject({ name: 'Compac F', deviceId: 'compac-f-S1', notices: [] });
  expect(at('usb 1-9')?.notices).toEqual([{ code: 'usb-stock-firmware', location: 'usb 1-9' }]);
  expect(at('usb 1-8')).toMatchObject({ name: 'OSMU BitaxeBonanza', notices: [{ code: 'usb-firmware-unknown' }] });
  for (const stranger of bench.bus.devices.filter(({ location }) => location !== 'usb 1-10')) expect(stranger.log).toEqual([]);
});

test('what is in a board’s way is seen, told of, and goes away with it', async () => {
  const bench = new FinderBench();
  let changes = 0;
  bench.finder.eyes.onChange(() => {
    changes += 1;
  });
  const stick = bench.compacF('S1');
  stick.openFailure = { code: 'usb-no-permission', location: 'usb 1-4' };
  bench.bus.plug(stick);
  await bench.start();
  expect(bench.finder.eyes.now().sights[0]?.fault).toEqual(stick.openFailure);
  stick.openFailure = undefined;
  const before = changes;
  await bench.clock.settle(300_000);
  expect(bench.finder.eyes.now().sights[0]?.fault).toBeUndefined();
  expect(changes).toBeGreaterThan(before);
  bench.bus.unplug(stick);
  expect(bench.finder.eyes.now()).toEqual({ state: 'on', sights: [] });
});

test('a device that cannot say who it is, is shown with the reason, asked again, and offered once it can', async () => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  stick.strings = () => Promise.reject(new AppError<UsbFailure>({ code: 'usb-no-permission', location: 'usb 1-4' }, 'machine'));
  bench.bus.plug(stick);
  await bench.start();
  expect(bench.finder.eyes.now().sights).toMatchObject([{ kind: 'other', fault: { code: 'usb-no-permission' }, notices: [] }]);
  stick.strings = async () => ({ manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner', serial: 'S1' });
  await bench.clock.settle(5_000);
  expect(bench.found).toHaveLength(1);
  expect(bench.finder.eyes.now().sights).toMatchObject([{ kind: 'board', notices: [] }]);
  const silent = bench.compacF('S2', 'usb 1-5');
  silent.strings = () => Promise.reject(new Error('timeout'));
  bench.bus.plug(silent);
  await bench.clock.settle(30_000);
  await bench.finder.stop();
  bench.bus.unplug(stick);
  await bench.clock.settle(30_000);
  expect(bench.clock.waiting).toBe(0);
});

test('a device that comes and goes three times within ten minutes hangs on a bad cable; twice is a person', async () => {
  const bench = new FinderBench();
  await bench.start();
  const notices = () => bench.finder.eyes.now().sights.flatMap((sight) => sight.notices);
  for (const times of [1, 2, 3]) {
    const stick = bench.compacF('S1');
    bench.bus.plug(stick);
    await bench.clock.settle(60_000);
    expect(notices()).toEqual([]);
    bench.bus.unplug(stick);
    await bench.clock.settle(times === 3 ? 1_000 : 0);
  }
  bench.bus.plug(bench.compacF('S1'));
  await bench.clock.settle();
  expect(notices()).toEqual([{ code: 'usb-cable-loose', location: 'usb 1-4', times: 3, minutes: 2 }]);
  await bench.clock.settle(11 * 60_000);
  expect(notices()).toEqual([]);
});

test('a board on a hub without its own supply is told so', async () => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1', 'usb 1-4.2');
  stick.powerFacts = { hub: { location: 'usb 1-4', hasOwnSupply: false } };
  bench.bus.plug(stick);
  await bench.start();
  expect(bench.finder.eyes.now().sights[0]?.notices).toEqual([{ code: 'usb-hub-weak', location: 'usb 1-4.2', hub: 'usb 1-4' }]);
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

test('a board that was there for a while is back soon when it falls silent, however often it did before', async () => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  bench.bus.plug(stick);
  await bench.start();
  const board = () => bench.found.at(-1) as Device;
  const backAfter = async (hoursBefore: number) => {
    await bench.clock.settle(hoursBefore * 3_600_000);
    const offered = bench.found.length;
    stick.openFailure = { code: 'device-gone', location: stick.location };
    board().configure({ paused: true }); // its link is closed, and cannot be opened any more
    await bench.clock.settle(6_000);
    board().configure({ paused: false });
    await bench.clock.settle();
    stick.openFailure = undefined;
    const from = bench.clock.monotonic();
    while (bench.found.length === offered) await bench.clock.settle(100);
    return bench.clock.monotonic() - from;
  };
  for (let loss = 0; loss < 3; loss += 1) expect(await backAfter(1)).toBeLessThanOrEqual(FIRST_RETURN_MS);
  expect(await backAfter(0)).toBeGreaterThan(FIRST_RETURN_MS);
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
  expect(bench.finder.eyes.now()).toMatchObject({ state: 'unavailable', fault: { code: 'usb-unavailable' } });
  await bench.clock.settle(300_000);
  await bench.finder.stop();
  expect(bench.found).toEqual([]);
});

test('a bus that comes later is seen within a minute', async () => {
  const bench = new FinderBench();
  bench.bus.unavailable = true;
  bench.bus.plug(bench.compacF('S1'));
  await bench.start();
  bench.bus.unavailable = false;
  await bench.clock.settle(61_000);
  expect(bench.found.map(({ identity }) => identity.serial)).toEqual(['S1']);
  expect(bench.finder.eyes.now().state).toBe('on');
  await bench.finder.stop();
  expect(bench.bus.isWatched).toBe(false);
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

test('boards that were pulled out while they waited for their turn keep nobody waiting', async () => {
  const bench = new FinderBench();
  await bench.start();
  for (let time = 0; time < 20; time += 1) {
    const stick = bench.compacF('S1');
    bench.bus.plug(stick);
    await bench.clock.settle();
    bench.bus.unplug(stick);
  }
  const last = bench.compacF('S2', 'usb 1-5');
  bench.bus.plug(last);
  await bench.clock.settle(5_000);
  expect(last.log.length).toBeGreaterThan(0);
});

test('a board that is pulled out while it waits for its turn is gone at once, and one that is paused or stopped rests at once', async () => {
  const bench = new FinderBench();
  const sticks = ['1', '2', '3', '4'].map((serial) => bench.compacF(serial, `usb 1-${serial}`));
  for (const stick of sticks) bench.bus.plug(stick);
  await bench.start();
  bench.events.length = 0;
  bench.bus.unplug(sticks[1] as MemoryUsbDevice);
  await bench.clock.settle();
  expect(bench.events).toEqual([{ type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } }]);
  bench.found[2]?.configure({ paused: true });
  await bench.clock.settle();
  expect(bench.events.at(-1)).toEqual({ type: 'state', state: { at: 'resting', reason: 'paused' } });
  let isStopped = false;
  void bench.found[3]?.stop().then(() => {
    isStopped = true;
  });
  await bench.clock.settle();
  expect(isStopped).toBe(true);
  await bench.clock.settle(60_000);
  expect(sticks.map((stick) => stick.log.length > 0)).toEqual([true, false, false, false]);
});

test('a device whose opening does not end keeps nobody waiting: its fault is told, and what opens too late is closed', async () => {
  const bench = new FinderBench();
  const [hung, next] = [bench.compacF('S1', 'usb 1-1'), bench.compacF('S2', 'usb 1-2')];
  const open = hung.open.bind(hung);
  hung.open = async (options) => {
    await new Promise<void>((resolve) => void bench.clock.after(60_000, resolve));
    return open(options);
  };
  bench.bus.plug(hung);
  bench.bus.plug(next);
  await bench.start();
  await bench.clock.settle(30_000);
  expect(bench.events.find((event) => event.type === 'fault')).toMatchObject({ fault: { code: 'device-hung' } });
  expect(next.log.length).toBeGreaterThan(0);
  void bench.found[0]?.stop();
  await bench.clock.settle(40_000);
  expect(hung.transfers).toEqual(['open 0', 'close']);
});

test.each(['pulled out', 'paused'])('a board that is %s while it is opened gets no power', async (what) => {
  const bench = new FinderBench();
  const stick = bench.compacF('S1');
  const open = stick.open.bind(stick);
  stick.open = async (options) => {
    const link = await open(options);
    await new Promise<void>((resolve) => void bench.clock.after(1_000, resolve));
    return link;
  };
  bench.bus.plug(stick);
  await bench.start();
  await bench.clock.settle(500);
  if (what === 'paused') bench.found[0]?.configure({ paused: true });
  else bench.bus.unplug(stick);
  await bench.clock.settle();
  if (what !== 'paused') expect(bench.events.at(-1)).toEqual({ type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } });
  await bench.clock.settle(5_000);
  expect(stick.transfers).toEqual(['open 0', 'close']);
  if (what === 'paused') expect(bench.events.at(-1)).toEqual({ type: 'state', state: { at: 'resting', reason: 'paused' } });
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
