/**
 * The real miner behind the real local page, as `--web` runs it, with devices of the bench in place of USB:
 * `--data FOLDER --devices N`. Prints the link. Ends with SIGTERM.
 */
import '../../core/host/engine.cjs';
import { parseArgs } from 'node:util';
import { compose } from '../../core/host/compose.ts';
import { serveDoor } from '../../core/host/door-client.ts';
import { systemRandom } from '../../core/io/random.ts';
import { serveWeb } from '../../core/io/web-server.ts';
import { root } from '../e2e/web-program.ts';
import { windowDevices } from './window-device.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, devices: { type: 'string' } } });
const quiet = { write: () => {} };
const { door, stop } = await compose({
  dataPath: values.data as string,
  version: '0.0.0',
  log: quiet,
  finders: [windowDevices(Number(values.devices))],
});
const server = await serveWeb({
  folder: `${root}dist/renderer`,
  port: 0,
  random: systemRandom,
  onLink: (link) => void process.stdout.write(`${link}\n`),
  onClient: (client) => serveDoor(door, client, () => performance.now()),
});
process.once('SIGTERM', () => {
  void server
    .close()
    .then(stop)
    .then(() => process.exit(0));
});
