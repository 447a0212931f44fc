/**
 * Both ways to a board, in the guest: node test/usb-bench/transports.ts serial | storm [EVENTS [SEED [usb|serial]]]
 *
 * `serial`: boards behind the kernel's own serial drivers, through `serialport`. `storm`: eight boards pulled and plugged at random.
 */
import { Bench } from './bench.ts';
import { plugStorm } from './scenarios/plug-storm.ts';
import { serialWay } from './scenarios/serial-way.ts';

const [what, events = '1000', seed = '1', prefer = 'usb'] = process.argv.slice(2);
if ((what !== 'serial' && what !== 'storm') || !(Number(events) > 0) || (prefer !== 'usb' && prefer !== 'serial')) {
  console.error('usage: transports.ts serial | storm [EVENTS [SEED [usb|serial]]]');
  process.exit(2);
}
/** These claims are about what happens in the middle of things: no timer may run out because the guest got no processor. */
const bench = await Bench.open({ isCounted: true });
try {
  if (what === 'serial') await serialWay(bench);
  else await plugStorm(bench, Number(events), Number(seed), prefer);
} finally {
  await bench.close();
}
const failed = bench.checks.filter(({ isTrue }) => !isTrue).length;
console.log(`${bench.checks.length - failed} of ${bench.checks.length} claims hold`);
process.exitCode = failed === 0 && bench.checks.length > 0 ? 0 : 1;
