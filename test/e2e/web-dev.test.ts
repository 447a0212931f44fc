/** `npm run dev`: a change of the pages' sources is on the screen of a page that is open, while the miner goes on. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { practise } from './web-acts.ts';
import { Program, root } from './web-program.ts';
import { missing, Stage } from './web-stage.ts';

describe.skipIf(missing)('development', () => {
  const stage = new Stage();
  let program: Program | undefined;
  afterAll(async () => {
    await program?.stop();
    await stage.close();
  });

  test('an edit reloads the open page by itself, under the same policy, and mining is not interrupted', async () => {
    const sources = stage.folder();
    for (const part of ['renderer', 'resources', 'core/contract.ts', 'core/faults.ts', 'package.json', 'tsconfig.json'])
      cpSync(`${root}${part}`, `${sources}/${part}`, { recursive: true });
    symlinkSync(`${root}node_modules`, `${sources}/node_modules`);
    program = new Program('core/host/dev.ts', ['--no-usb', '--root', sources, '--data', stage.folder()]);
    const [link] = await program.line(/http:\S+token=\S+/);
    const page = await (await stage.browser()).newPage();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    await page.goto(link);
    await practise(page);

    const english = `${sources}/renderer/text/en.ts`;
    writeFileSync(english, readFileSync(english, 'utf8').replace("'Practising on a simulated chain.'", "'Edited a moment ago.'"));
    await page.getByRole('heading', { name: /Edited a moment ago/ }).waitFor();
    await page.getByText('Share accepted by Practice pool.').first().waitFor();
    expect(refused).toEqual([]);
    expect((await fetch(new URL(link).origin)).status).toBe(401);
    expect(await program.stop()).toBe(0);
  });
});
