import { expect, test } from 'vitest';
import { concat } from '../../core/bytes.ts';
import { type Gate, ServedStream, type ServerMachine } from '../../core/practice/served-stream.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { memoryStreams } from '../fake/memory-stream.ts';
import { QuietLog } from '../fake/quiet-log.ts';

/** Answers every byte with its double, and says `tick` when its deadline passes. */
class Doubler implements ServerMachine<string> {
  deadline: number | undefined;
  isOver = false;
  released = 0;
  #out: number[] = [];
  #padding = 0;

  receive(bytes: Uint8Array): string[] {
    if (bytes.includes(99)) throw new Error('a bug');
    if (bytes.includes(98)) this.isOver = true;
    this.#out.push(...Array.from(bytes, (byte) => byte * 2));
    return Array.from(bytes, String);
  }

  tick(now: number): string[] {
    if (this.deadline === undefined || now < this.deadline) return [];
    this.deadline = undefined;
    return ['tick'];
  }

  outgoing(): Uint8Array {
    const out = concat(Uint8Array.from(this.#out), new Uint8Array(this.#padding));
    this.#out = [];
    this.#padding = 0;
    return out;
  }

  send(bytes: number): void {
    this.#padding = bytes;
  }

  release(): void {
    this.released += 1;
  }
}

function served(gate: Gate = () => 'pass') {
  const clock = new FakeClock();
  const [near, far] = memoryStreams(clock);
  const machine = new Doubler();
  const log = new QuietLog();
  const events: string[] = [];
  const heard: number[] = [];
  let ends = 0;
  let nearEnded = false;
  near.listen({ onBytes: (bytes) => heard.push(...bytes), onEnd: () => (nearEnded = true) });
  const stream = new ServedStream({
    stream: far,
    machine,
    clock,
    log,
    gate,
    onEvent: (event) => events.push(event),
    onEnd: () => (ends += 1),
  });
  return { clock, near, far, machine, log, events, heard, stream, ends: () => ends, nearEnded: () => nearEnded };
}

test('bytes go in, events and answers come out', () => {
  const { clock, near, events, heard } = served();
  near.write(Uint8Array.of(1, 2));
  clock.advance(0);
  expect(events).toEqual(['1', '2']);
  expect(heard).toEqual([2, 4]);
});

test('a deadline is kept, once', () => {
  const { clock, machine, stream, events } = served();
  machine.deadline = clock.monotonic() + 500;
  stream.act(() => []);
  clock.advance(499);
  expect(events).toEqual([]);
  clock.advance(1);
  expect(events).toEqual(['tick']);
  expect(clock.waiting).toBe(0);
});

test('an earlier deadline replaces a later one', () => {
  const { clock, machine, stream, events } = served();
  machine.deadline = clock.monotonic() + 5_000;
  stream.act(() => []);
  machine.deadline = clock.monotonic() + 10;
  stream.act(() => []);
  clock.advance(10);
  expect(events).toEqual(['tick']);
});

test('an exception ends this connection, frees its machine and is logged', () => {
  const { clock, near, machine, log, ends, nearEnded } = served();
  near.write(Uint8Array.of(99));
  clock.advance(0);
  expect(nearEnded()).toBe(true);
  expect(machine.released).toBe(1);
  expect(ends()).toBe(1);
  expect(log.lines).toMatchObject([{ level: 'warn', event: 'practice-connection-ended', facts: { fault: 'internal (text a bug)' } }]);
});

test('a machine that is over is flushed, then the stream closes', () => {
  const { clock, near, heard, nearEnded, ends } = served();
  near.write(Uint8Array.of(98));
  clock.advance(0);
  expect(heard).toEqual([196]);
  expect(nearEnded()).toBe(true);
  expect(ends()).toBe(1);
});

test('what the gate holds goes out in order once it opens', () => {
  let shut = true;
  const { clock, near, heard, stream } = served(() => (shut ? 'hold' : 'pass'));
  near.write(Uint8Array.of(1));
  near.write(Uint8Array.of(2));
  clock.advance(0);
  expect(heard).toEqual([]);
  shut = false;
  stream.flush();
  clock.advance(0);
  expect(heard).toEqual([2, 4]);
});

test('a peer that does not read is dropped before it costs memory', () => {
  const held = served(() => 'hold');
  held.machine.send(5_000_000);
  held.stream.act(() => []);
  held.clock.advance(0);
  expect(held.nearEnded()).toBe(true);
  const slow = served();
  slow.far.queuedBytes = 5_000_000;
  slow.stream.act(() => []);
  slow.clock.advance(0);
  expect(slow.nearEnded()).toBe(true);
  expect(slow.log.lines).toMatchObject([{ facts: { fault: 'peer-too-slow' } }]);
});

test('a peer that goes is forgotten once, and its timer with it', () => {
  const { clock, near, machine, stream, ends } = served();
  machine.deadline = clock.monotonic() + 5_000;
  stream.act(() => []);
  near.close();
  clock.advance(0);
  stream.close();
  expect(ends()).toBe(1);
  expect(machine.released).toBe(1);
  expect(clock.waiting).toBe(0);
});
