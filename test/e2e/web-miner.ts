/**
 * The web host with failover limits of seconds, so that a test need not wait for minutes: `--grace MS --stable MS`. All
 * else is as `--web` runs it.
 */
import { parseArgs } from 'node:util';
import { onCrash } from '../../core/host/crash.ts';
import { onStopSignal } from '../../core/host/stop-signals.ts';
import { runWeb } from '../../core/host/web.ts';
import { root } from './web-program.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { web: { type: 'boolean' }, data: text, grace: text, stable: text } });
const number = (value: string | undefined) => Number(value ?? Number.NaN);

const failover = { graceMs: number(values.grace), stableMs: number(values.stable), steadyMs: 1_000, benchMs: 60_000 };
const say = (line: string) => void process.stdout.write(`${line}\n`);
process.exitCode = await runWeb({
  root,
  dataPath: values.data as string,
  version: '0.0.0',
  usb: false,
  port: 0,
  say,
  onStop: onStopSignal,
  onCrash,
  limits: { failover },
});
