/** The web host when something throws that nobody catches: a board that has power must not be left alone with it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultSettings } from '../../core/miner/settings.ts';
import { Stage } from './web-stage.ts';

const stage = new Stage();
afterAll(() => stage.close());

test.each([
  ['throw', 'a stray exception'],
  ['reject', 'a stray rejection'],
])('%s: its boards are stopped and what was mined is written before it ends, with the fault in one line', async (act, text) => {
  const folder = stage.folder();
  const sources = [{ kind: 'practice' as const, id: 'practice', name: 'Practice pool' }];
  const settings = { ...defaultSettings(), sources, mining: true, welcomed: true, devices: { processor: { paused: true } } };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  const { program } = await stage.miner(folder, { script: 'test/e2e/web-boards.ts' });
  program.type('plug A1 1-4');
  await program.line(/"configured":"A1","settings":\{"paused":false\}/);
  program.type(act);
  expect(await program.exited).toBe(1);
  expect(program.output).toContain('{"stopped":"A1"}');
  expect(program.output.split('\n').filter((line) => line.includes(text))).toEqual([
    expect.stringContaining('Something went wrong inside Hearth.'),
  ]);
  const log = readFileSync(join(folder, 'hearth.log'), 'utf8');
  expect(log).toMatch(new RegExp(`crashed .*${text}`));
  expect(log.trim().split('\n').at(-1)).toContain(' stopped ');
});
