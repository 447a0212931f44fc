/** Proves the bench with any board: seen with its strings by the real `usb` package, chips answer, unplugged, plugged in again. */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';

const PROBE = new URL('../guest/probe.ts', import.meta.url).pathname;
const LIMIT_MS = 20_000;

interface Line {
  readonly say: string;
  readonly product?: string;
  readonly bytes?: string;
  readonly reason?: string;
}

function linesOf(output: string): Line[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return []; // the last line may still be on its way
    }
  });
}

export async function probe(bench: Bench, name: BoardName): Promise<void> {
  const program = bench.start(PROBE);
  const heard = (say: string, times: number) =>
    bench.until(() => linesOf(program.output).filter((line) => line.say === say)[times - 1], LIMIT_MS);
  bench.check(`${name}: the usb package listens`, (await heard('listening', 1)) !== undefined, program.output.slice(-300));
  const busid = await bench.plugIn(name);
  const { spec } = bench.board(busid).usb;
  const first = await heard('arrived', 1);
  bench.check(`${name}: plugged in, it is seen with its strings`, first?.product === spec.product, JSON.stringify(first));
  const hasAnswer = !/^(block-erupter|antminer|emberone)/.test(name);
  if (hasAnswer) await checkAnswer(bench, name, heard, () => program.output);
  await bench.unplug(busid);
  bench.check(`${name}: pulled out, it is gone`, (await heard('left', 1)) !== undefined, program.output.slice(-400));
  await bench.replug(busid);
  bench.check(`${name}: put back, it is seen again`, (await heard('arrived', 2)) !== undefined);
  if (hasAnswer) bench.check(`${name}: its chips answer again`, ((await heard('answer', 2))?.bytes ?? '') !== '');
  const fate = await Promise.race([program.ended, 'running' as const]);
  bench.check(`${name}: the program is still alive`, fate === 'running', `${fate}`);
  program.signal('SIGTERM');
  await program.ended;
  await bench.unplug(busid);
}

async function checkAnswer(
  bench: Bench,
  name: string,
  heard: (say: string, times: number) => Promise<Line | undefined>,
  output: () => string,
): Promise<void> {
  const answer = await heard('answer', 1);
  const isId = /^(aa55)?13/.test(answer?.bytes ?? '');
  bench.check(`${name}: its chips answer the discovery`, isId, answer?.bytes ?? output().slice(-500));
}
