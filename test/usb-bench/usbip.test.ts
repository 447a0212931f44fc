/** The USB/IP server against a client whose bytes are written out by hand from the protocol's description. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import { buildBoard } from './emulators/boards.ts';
import { knownSearch } from './plain-host.ts';
import { type Slot, UsbipConnection } from './usbip/connection.ts';

const { engine } = knownSearch([]);
const ascii = (text: string, length: number) => Buffer.from(text.padEnd(length, '\0')).toString('hex');
const slotsOf = (): Slot[] => [
  { busid: '1-1', bus: 1, device: 2, board: buildBoard('compac-f', { engine, plain: true, serial: 'S1' }), isImported: false },
];

class Client {
  readonly server: UsbipConnection;
  now = 0;

  constructor(slots: readonly Slot[]) {
    this.server = new UsbipConnection(slots);
  }

  /** Sends hex and gives back what comes at once. */
  send(hex: string): string {
    this.server.receive(fromHex(hex.replaceAll(/\s/g, '')), this.now);
    return this.pass(0);
  }

  pass(ms: number): string {
    this.now += ms;
    this.server.advance(this.now);
    return toHex(this.server.take());
  }
}

const IMPORT = `01118003 00000000 ${ascii('1-1', 32)}`;
const device = (configuration: string) =>
  `${ascii('/sys/devices/emulated/usb1/1-1', 256)}${ascii('1-1', 32)}00000001 00000002 00000002 0403 6015 1000 000000 ${configuration} 01 01`.replaceAll(
    ' ',
    '',
  );
/** command, sequence, device, direction, endpoint, flags, length, then zeros up to the setup packet. */
const submit = (sequence: string, direction: 'in' | 'out', endpoint: string, length: string, setup = '0000000000000000', data = '') =>
  `00000001 ${sequence} 00010002 ${direction === 'in' ? '00000001' : '00000000'} ${endpoint} 00000000 ${length} 00000000 00000000 00000000 ${setup} ${data}`;
const returned = (sequence: string, status: string, moved: string, data = '') =>
  `00000003${sequence}${'00'.repeat(12)}${status}${moved}${'00'.repeat(20)}${data}`;
const unlink = (sequence: string, victim: string, direction: '0' | '1' = '1') =>
  `00000002 ${sequence} 00010002 0000000${direction} 00000000 ${victim} ${'00'.repeat(24)}`;
const unlinked = (sequence: string, status: string) => `00000004${sequence}${'00'.repeat(12)}${status}${'00'.repeat(24)}`;

test('the list names every board that is plugged in, with its interfaces', () => {
  const slots = slotsOf();
  expect(new Client(slots).send('01118005 00000000')).toBe(`0111000500000000${'00000001'}${device('00')}ffffff00`);
  slots[0]?.board.inject({ kind: 'unplug', isOut: true }, 0);
  expect(new Client(slots).send('01118005 00000000')).toBe('011100050000000000000000');
});

test('a board can be imported by one client at a time, and again when that one has gone', () => {
  const slots = slotsOf();
  const first = new Client(slots);
  expect(first.send(IMPORT)).toBe(`0111000300000000${device('00')}`);
  expect(new Client(slots).send(IMPORT)).toBe('0111000300000001');
  first.server.close();
  expect(new Client(slots).send(IMPORT)).toHaveLength(2 * (8 + 312));
});

test('a board that does not exist is refused', () => {
  expect(new Client(slotsOf()).send(`01118003 00000000 ${ascii('9-9', 32)}`)).toBe('0111000300000001');
});

test.each(['01108005 00000000', '01118001 00000000', 'ffffffffffffffff'])('%s ends the connection', (hex) => {
  const client = new Client(slotsOf());
  expect(client.send(hex)).toBe('');
  expect(client.server.isClosed).toBe(true);
});

function imported(): Client {
  const client = new Client(slotsOf());
  client.send(IMPORT);
  return client;
}

test('control transfers: descriptor, configuration, vendor request, stall', () => {
  const client = imported();
  expect(client.send(submit('00000001', 'in', '00000000', '00000012', '8006000100001200'))).toBe(
    returned('00000001', '00000000', '00000012', '120100020000000803041560001001020301'),
  );
  expect(client.send(submit('00000002', 'out', '00000000', '00000000', '0009010000000000'))).toBe(
    returned('00000002', '00000000', '00000000'),
  );
  expect(client.send(submit('00000003', 'out', '00000000', '00000000', '40031a0000000000'))).toBe(
    returned('00000003', '00000000', '00000000'),
  );
  expect(client.send(submit('00000004', 'in', '00000000', '00000040', 'c0ee000000004000'))).toBe(
    returned('00000004', 'ffffffe0', '00000000'),
  );
});

test('a bulk transfer to the chips and the answer, in one packet with its status bytes', () => {
  const client = imported();
  for (const setup of ['4003 1a00 0000 0000', '400b f220 0000 0000']) client.send(submit('00000001', 'out', '00000000', '00000000', setup));
  client.pass(16);
  expect(client.send(submit('00000005', 'in', '00000001', '00000040'))).toBe(returned('00000005', '00000000', '00000002', '0100'));
  const sent = client.send(submit('00000006', 'out', '00000002', '00000007', undefined, '55aa520500000a'));
  expect(sent).toBe(returned('00000006', '00000000', '00000007'));
  expect(client.send(submit('00000007', 'in', '00000001', '00000040')), 'nothing yet').toBe('');
  expect(client.pass(20)).toBe(returned('00000007', '00000000', '0000000b', '0160aa5513971800000006'));
});

test('a pending transfer can be unlinked, a finished one is told to be finished', () => {
  const client = imported();
  client.send(submit('00000011', 'in', '00000001', '00000040'));
  expect(client.send(unlink('00000012', '00000011'))).toBe(unlinked('00000012', 'ffffff98'));
  expect(client.pass(50)).toBe('');
  expect(client.send(submit('00000013', 'in', '00000001', '00000040'))).toBe(returned('00000013', '00000000', '00000002', '0100'));
  expect(client.send(unlink('00000014', '00000013'))).toBe(unlinked('00000014', '00000000'));
});

test('a transfer that is unlinked in the same breath is answered once, although it was done at once', () => {
  const client = imported();
  const both = submit('00000021', 'in', '00000000', '00000012', '8006000100001200') + unlink('00000022', '00000021');
  expect(client.send(both)).toBe(unlinked('00000022', 'ffffff98'));
  expect(client.pass(50)).toBe('');
});

test('an unlinking that comes before what it unlinks is answered when that comes, and the transfer never is', () => {
  const client = imported();
  client.send(submit('00000030', 'out', '00000000', '00000000', '0009010000000000'));
  expect(client.send(unlink('00000032', '00000031'))).toBe('');
  expect(client.send(submit('00000031', 'in', '00000001', '00000040'))).toBe(unlinked('00000032', 'ffffff98'));
  expect(client.pass(50)).toBe('');
  expect(client.send(submit('00000033', 'in', '00000001', '00000040'))).toBe(returned('00000033', '00000000', '00000002', '0100'));
});

test('commands cut at every byte are understood', () => {
  const whole =
    `${IMPORT}${submit('00000001', 'out', '00000000', '00000000', '0009010000000000')}${submit('00000002', 'out', '00000002', '00000007', undefined, '55aa520500000a')}`.replaceAll(
      ' ',
      '',
    );
  const client = new Client(slotsOf());
  let answer = '';
  for (let at = 0; at < whole.length; at += 2) answer += client.send(whole.slice(at, at + 2));
  expect(answer).toBe(
    `0111000300000000${device('00')}${returned('00000001', '00000000', '00000000')}${returned('00000002', '00000000', '00000007')}`,
  );
});

test('an unplugged board hangs up on its client', () => {
  const slots = slotsOf();
  const client = new Client(slots);
  client.send(IMPORT);
  slots[0]?.board.inject({ kind: 'unplug', isOut: true }, 0);
  client.pass(1);
  expect(client.server.isClosed).toBe(true);
  expect(slots[0]?.isImported).toBe(false);
});

test('an absurd length or an unknown command ends the connection', () => {
  for (const bad of [submit('00000001', 'out', '00000002', '7fffffff'), `00000009${'00'.repeat(44)}`]) {
    const client = imported();
    client.send(bad);
    expect(client.server.isClosed).toBe(true);
  }
});
