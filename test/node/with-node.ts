/** `describe` for tests that need the real node: they run where one can be had, and say why where not. */
import { describe } from 'vitest';
import { nodeRoot } from './node-root.ts';

/** Await it at the top of a test file. */
export async function describeWithNode(title: string, tests: (root: string) => void): Promise<void> {
  const root = await nodeRoot();
  if (root.kind === 'ready') return void describe(title, () => tests(root.path));
  console.warn(`skipped: ${title} (${root.reason})`);
  describe.skip(`${title} (skipped: ${root.reason})`, () => tests(''));
}
