/** The process around a run in the terminal: its output, its signals, its crashes. */
import { systemClock } from '../../io/clock.ts';
import { onCrash } from '../crash.ts';
import { onStopSignal } from '../stop-signals.ts';
import type { RunRequest } from './arguments.ts';
import type { HeadlessWorld } from './headless.ts';
import { jsonReporter } from './json-reporter.ts';
import { lineReporter } from './line-reporter.ts';
import type { Reporter } from './reporter.ts';
import { Screen } from './screen.ts';

export function headlessWorld(request: RunRequest, base: { version: string; dataPath: string }): HeadlessWorld {
  return {
    ...base,
    environment: process.env,
    reporter: (onBroken) => reporterOf(request, base.version, onBroken),
    onStop: onStopSignal,
    onCrash,
  };
}

function reporterOf({ json, source }: RunRequest, version: string, onBroken: () => void): Reporter {
  const screen = new Screen(process.stdout, process.env, onBroken);
  process.stderr.on('error', () => {});
  const common = { clock: systemClock, version, practice: source?.kind === 'practice' };
  if (json) return jsonReporter({ ...common, print: (line) => process.stdout.write(`${line}\n`) });
  return lineReporter({ ...common, screen, error: (text) => process.stderr.write(`${text}\n`) });
}
