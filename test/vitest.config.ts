import { defineConfig } from 'vitest/config';

/** unit: fast, everything in memory. system: real sockets, processes, a real node, a real browser. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/{e2e,node,system,interop,bench}/**'] } },
      {
        test: {
          name: 'system',
          include: ['test/{e2e,node,system}/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
