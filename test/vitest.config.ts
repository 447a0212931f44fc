import { defineConfig } from 'vitest/config';

const SYSTEM = ['test/{e2e,node,system}/**/*.test.ts'];
/** They stand in for modules (`vi.mock`), globals of a page or the platform, so each has a process of its own. */
const APART = ['test/{electron,renderer}/**/*.test.ts'];

/** No claim: a machine may be slow, and busy with something else. What waits in a test gives up well before its test does. */
const SYSTEM_TEST_MS = 300_000;
const SYSTEM_POLL_MS = 60_000;

/**
 * unit: fast, everything in memory. Its files share a few processes: core keeps no state in modules, so that a file cannot
 * tell which ones ran before it, and what was imported and compiled once serves all. system: real sockets, processes, a real
 * node, a real browser. Both halves of the unit tests: `--project=unit*`.
 */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    maxWorkers: '100%', // without this one core is left idle, half of a small machine
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{interop,bench}/**', ...SYSTEM, ...APART],
          isolate: false,
        },
      },
      { test: { name: 'unit-apart', include: APART } },
      {
        test: {
          name: 'system',
          include: SYSTEM,
          fileParallelism: false,
          testTimeout: SYSTEM_TEST_MS,
          hookTimeout: SYSTEM_TEST_MS,
          expect: { poll: { timeout: SYSTEM_POLL_MS } },
        },
      },
    ],
  },
});
