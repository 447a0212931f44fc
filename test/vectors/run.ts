/** `node test/vectors/run.ts FILE.json`: prints what became of each vector; exits 1 when one failed. */
import { readFileSync } from 'node:fs';
import type { Outcome } from './outcome.ts';
import { runVectors } from './runner.ts';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node test/vectors/run.ts FILE.json');
  process.exit(2);
}

const outcomes = outcomesOf(path);
for (const { name, wrong } of outcomes) {
  console.log(`${wrong.length === 0 ? 'passed' : 'failed'}  ${name}`);
  for (const sentence of wrong) console.log(`          ${sentence}`);
}
const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function outcomesOf(file: string): Outcome[] {
  try {
    return runVectors(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return [{ name: file, wrong: [`the file cannot be read as JSON: ${(error as Error).message}`] }];
  }
}
