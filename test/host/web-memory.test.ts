import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { webMemory } from '../../core/host/web-memory.ts';
import type { Files } from '../../core/ports.ts';

function room(first?: string) {
  const kept = { text: first };
  const logged: string[] = [];
  const files: Files = {
    read: async (path) => {
      if (kept.text === undefined) throw new AppError({ code: 'file-not-found', path }, 'machine');
      return kept.text;
    },
    write: async (_, text) => {
      kept.text = text;
    },
    setAside: async (path) => path,
  };
  return { files, kept, logged, log: { write: (_: string, event: string) => void logged.push(event) } };
}
const DIGEST = 'd'.repeat(43);

test('what is kept is read again: the port and who is signed in', async () => {
  const { files, log } = room();
  const first = await webMemory(files, 'web.json', log);
  expect([first.port, first.digests]).toEqual([0, []]);
  await first.keep(8123, [DIGEST]);
  const second = await webMemory(files, 'web.json', log);
  expect([second.port, second.digests]).toEqual([8123, [DIGEST]]);
});

test.each([
  ['half a file', '{"version":1,"port":81'],
  ['another version', `{"version":2,"port":8123,"digests":["${DIGEST}"]}`],
  ['a port that is none', `{"version":1,"port":99999,"digests":[]}`],
  ['something else for a digest', `{"version":1,"port":8123,"digests":[""]}`],
  ['a list', '[]'],
])('%s is forgotten as a whole: nobody is signed in by a broken file', async (_, text) => {
  const { files, log } = room(text);
  const memory = await webMemory(files, 'web.json', log);
  expect([memory.port, memory.digests]).toEqual([0, []]);
});

test('a disk that takes nothing costs the memory, not the page', async () => {
  const { files, log, logged } = room();
  const full = { ...files, write: () => Promise.reject(new AppError({ code: 'file-not-writable' }, 'machine')) };
  const memory = await webMemory(full, 'web.json', log);
  await memory.keep(8123, []);
  expect(logged).toEqual(['web-sessions-not-kept']);
});
