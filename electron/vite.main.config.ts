import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** The main process and the hash threads' entry, each one file. Packages with machine code stay packages. */
export default defineConfig({
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3', 'usb', 'serialport', ...builtinModules] },
  build: {
    ssr: true,
    target: 'node24',
    outDir: `${here}/../dist/electron`,
    emptyOutDir: false,
    rollupOptions: {
      input: { main: `${here}/main.ts`, 'hash-worker': `${here}/../core/io/hash-worker.ts` },
      external: [/^node:/, 'electron', 'better-sqlite3', 'usb', 'serialport'],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
