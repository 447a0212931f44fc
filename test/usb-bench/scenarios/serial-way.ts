/**
 * Boards behind the kernel's own serial drivers, driven through `serialport`: a Bitaxe (cdc_acm) and a Compac (cp210x) hash, a
 * CompacF, whose reset pin no serial port moves, goes over USB all the same, and nothing is left open or busy when one is pulled out.
 */
import type { Bench } from '../bench.ts';
import { WatchedFinder } from './watched-finder.ts';

/** Light work for a busy machine; the rate of nonces is the real one whatever it is. */
const SHIFT = 21;
const START_MS = 180_000;
const NONCES = 20;

export async function serialWay(bench: Bench): Promise<void> {
  const gamma = await bench.plugIn('bitaxe-gamma', { shift: SHIFT });
  await bench.plugIn('compac', { shift: SHIFT });
  await bench.plugIn('compac-f', { shift: SHIFT });
  const finder = new WatchedFinder(bench, 'serial', SHIFT);
  const ids = ['bitaxe-gamma-EMU-bitaxe-gamma', 'compac-EMU-compac', 'compac-f-EMU-compac-f'];
  const hashing = (least: number) => (look: { counts: Record<string, { good: number }> }) =>
    ids.every((id) => (look.counts[id]?.good ?? 0) >= least);
  const first = await finder.lookUntil(hashing(NONCES), START_MS);
  for (const id of ids) {
    const { good = 0, bad = 0 } = first.counts[id] ?? {};
    bench.check(`${id} answers rightly`, good >= NONCES && bad === 0, `${good} right, ${bad} wrong`);
  }
  const ports = first.ttys.map((path) => path.replace(/\d+$/, ''));
  bench.check(
    'three serial ports are open, and one device over USB',
    ports.join() === '/dev/ttyACM,/dev/ttyACM,/dev/ttyUSB',
    `${first.ttys}, ${first.nodes} nodes`,
  );
  bench.check(
    'nothing is in the way',
    first.sights.length === 3 && first.sights.every(({ fault }) => fault === undefined),
    JSON.stringify(first.sights),
  );

  await bench.unplug(gamma);
  const out = await finder.lookUntil((look) => look.states[ids[0] as string] === undefined, 20_000);
  bench.check('pulled out, it is gone', out.states[ids[0] as string] === undefined, JSON.stringify(out.states));
  bench.check('its ports are closed', !out.ttys.some((path) => path.includes('ACM')), out.ttys.join());
  const before = first.counts[ids[0] as string]?.good ?? 0;
  await bench.replug(gamma);
  const again = await finder.lookUntil((look) => (look.counts[ids[0] as string]?.good ?? 0) > before + NONCES, START_MS);
  bench.check('put back, it hashes again', (again.counts[ids[0] as string]?.good ?? 0) > before + NONCES, JSON.stringify(again.counts));
  const wrong = Object.values(again.counts).reduce((sum, { bad }) => sum + bad, 0);
  bench.check('no wrong answer from any of them', wrong === 0, `${wrong}`);
  const end = await finder.end();
  bench.check('it ends cleanly and leaves nothing open', end.code === 0 && end.open === 0, JSON.stringify(end));
  bench.check('no crash', again.crashes === 0);
  for (const { board } of bench.server.slots) {
    const { complaints } = board.chain;
    bench.check(`${board.name} has no complaint`, complaints.size === 0, [...complaints].slice(0, 3).join('; '));
  }
}
