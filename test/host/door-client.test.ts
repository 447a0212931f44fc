import { expect, test } from 'vitest';
import type { Door, EventEntry, Snapshot } from '../../core/contract.ts';
import { isCommand, serveDoor } from '../../core/host/door-client.ts';

function room(queuedBytes = 0) {
  const sent: unknown[] = [];
  const asked: unknown[][] = [];
  let closed = false;
  let time = 0;
  let push: { snapshot(snapshot: Snapshot): void; event(event: EventEntry): void } | undefined;
  const door: Door = {
    command: async (name, args) => {
      asked.push([name, args]);
      return { ok: true, reply: undefined as never };
    },
    watch: (onSnapshot, onEvent) => {
      push = { snapshot: onSnapshot, event: onEvent };
      return () => (push = undefined);
    },
  };
  const queue = { bytes: queuedBytes };
  const channel = { queuedBytes: () => queue.bytes, send: (text: string) => sent.push(JSON.parse(text)), close: () => (closed = true) };
  const client = serveDoor(door, channel, () => time);
  return { sent, asked, client, queue, push: () => push, closed: () => closed, pass: (ms: number) => (time += ms) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const event = { type: 'best-share', difficulty: 1, at: 0 } as const satisfies EventEntry;

test('a request is answered under its own id', async () => {
  const { client, sent, asked } = room();
  client.onMessage(JSON.stringify({ id: 7, name: 'mining.pause', args: {} }));
  await settle();
  expect(asked).toEqual([['mining.pause', {}]]);
  expect(sent).toEqual([{ id: 7, result: { ok: true } }]);
});

test.each([
  '',
  '[]',
  '{"id":1}',
  '{"id":1,"name":"toString","args":{}}',
  '{"id":1,"name":"__proto__","args":{}}',
  '{"id":-1,"name":"mining.pause","args":{}}',
])('what is no request closes the channel and reaches no one: %s', async (text) => {
  const { client, asked, closed } = room();
  client.onMessage(text);
  await settle();
  expect(closed()).toBe(true);
  expect(asked).toEqual([]);
});

test('more commands in a second than a person can cause close the channel', async () => {
  const { client, asked, closed } = room();
  for (let index = 0; index < 10_000; index += 1) client.onMessage(JSON.stringify({ id: index, name: 'mining.pause', args: {} }));
  await settle();
  expect(asked).toHaveLength(100);
  expect(closed()).toBe(true);
});

test('after a channel was closed for that, nothing more is heard from it or told to it', async () => {
  const { client, asked, push, pass } = room();
  client.onMessage('no request');
  await settle();
  pass(5000);
  client.onMessage(JSON.stringify({ id: 1, name: 'mining.pause', args: {} }));
  await settle();
  expect(asked).toEqual([]);
  expect(push()).toBeUndefined();
});

test('ten thousand events a second are thinned, and flow again in the next', () => {
  const { push, sent, pass } = room();
  for (let index = 0; index < 10_000; index += 1) push()?.event(event);
  expect(sent).toHaveLength(50);
  pass(1000);
  push()?.event(event);
  expect(sent).toHaveLength(51);
});

test('a reader that does not keep up gets no snapshots until it has', () => {
  const { push, sent, queue } = room(2 << 20);
  push()?.snapshot({ now: 1 } as Snapshot);
  expect(sent).toEqual([]);
  queue.bytes = 0;
  push()?.snapshot({ now: 2 } as Snapshot);
  expect(sent).toEqual([{ snapshot: { now: 2 } }]);
});

test('when the channel ends the door is no longer watched', () => {
  const { client, push } = room();
  client.onEnd();
  expect(push()).toBeUndefined();
});

test('only names of the contract are commands', () => {
  expect(['mining.start', 'constructor', 7, undefined].map(isCommand)).toEqual([true, false, false, false]);
});
