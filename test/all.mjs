/**
 * Every check of the project, one after the other: the README's test command. Prints each step's output as it comes, then
 * what failed once more, a line each, and last one line counted over everything it ran. What this machine cannot run is
 * skipped with its reason.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/${name}`;
const reports = `${root}.cache/reports`;
const FUZZ_CASES = '20000';
/** Of what failed, in the list at the end: as many lines as the end of a log that is cut short still shows. */
const MOST_TOLD = 20;
const TOLD_CHARACTERS = 160;
const STEP_LIMIT_MS = 40 * 60_000; // the slowest step (real programs) takes ten minutes on two cores, and a machine may be slow

/** How the steps that count themselves begin a line about something that failed. */
const FAILURE = /^(?:FAIL|FAILED|failed| {2}failed:) /;

/** `counted`: its last line is `N passed, N failed`; `vitest`: read from its JSON report; otherwise one check by exit code. */
const steps = [
  { name: 'lint', args: [bin('@biomejs/biome/bin/biome'), 'check', '--config-path=.biome.jsonc', '--error-on-warnings', '.'] },
  { name: 'types', args: ['test/types.mjs'] },
  { name: 'build', args: ['test/build.mjs'] },
  { name: 'unit', vitest: true },
  { name: 'conformance', args: ['test/conformance.ts'], counted: true },
  { name: 'vectors', args: ['test/vectors/run.ts', 'test/vectors/example.json'], counted: true },
  { name: 'fuzz', args: ['test/fuzz/run.ts', '--cases', FUZZ_CASES], counted: true },
  { name: 'system', vitest: true },
  { name: 'usb-bench', args: ['test/usb-bench/run.ts', '--main'], counted: true },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const only = process.argv.slice(2);
for (const step of steps) if (only.length === 0 || only.includes(step.name)) await runStep(step);
for (const failure of failures.slice(0, MOST_TOLD)) console.log(`   ${failure.replaceAll(/\s+/g, ' ').slice(0, TOLD_CHARACTERS)}`);
if (failures.length > MOST_TOLD) console.log(`   and ${failures.length - MOST_TOLD} more`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runStep(step) {
  console.log(`\n── ${step.name} ${'─'.repeat(60 - step.name.length)}`);
  const startedAt = performance.now();
  const report = `${reports}/${step.name}.json`;
  const { code, output, told } = await run(step.vitest ? vitestArgs(step.name, report) : step.args);
  const counts = step.vitest ? vitestCounts(report) : step.counted ? lastLineCounts(output) : undefined;
  add(counts ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });
  if (counts && code !== 0 && counts.failed === 0) add({ passed: 0, failed: 1, skipped: 0 });
  if (code !== 0) tellFailures(step.name, `exit code ${code}`, step.vitest ? vitestFailures(report) : told);
  console.log(`   ${step.name}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function vitestArgs(project, report) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return [bin('vitest/vitest.mjs'), 'run', '-c', 'test/vitest.config.ts', `--project=${project}*`, ...reporters];
}

function vitestCounts(report) {
  try {
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed, failed, skipped };
  } catch {
    return undefined;
  }
}

function vitestFailures(report) {
  try {
    const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
    const tests = files.flatMap(({ name, message, assertionResults }) => [
      ...(message ? [{ name, fullName: 'the file', why: message }] : []),
      ...assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => ({ name, fullName, why: failureMessages?.[0] ?? '' })),
    ]);
    return tests.map(
      ({ name, fullName, why }) => `${name.replace(root, '')}: ${fullName}: ${stripVTControlCharacters(why).split('\n')[0]}`,
    );
  } catch {
    return [];
  }
}

function tellFailures(step, how, what) {
  for (const text of what.length > 0 ? what : [how]) failures.push(`${step}: ${text}`);
}

function lastLineCounts(output) {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
  return match ? { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) } : undefined;
}

function add(counts) {
  for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key];
}

function run(args) {
  return new Promise((resolve) => {
    let output = '';
    const told = [];
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), STEP_LIMIT_MS);
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output = (output + chunk).slice(-4096);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (FAILURE.test(line) && told.length <= MOST_TOLD) told.push(line);
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, output, told });
    });
  });
}
