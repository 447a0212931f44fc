import { defineConfig } from 'vite';

/** A sandboxed preload has to be one CommonJS file. */
export default defineConfig({
  build: {
    lib: { entry: new URL('./preload/preload.ts', import.meta.url).pathname, formats: ['cjs'], fileName: () => 'preload.cjs' },
    outDir: new URL('../dist/electron', import.meta.url).pathname,
    emptyOutDir: false,
    rollupOptions: { external: ['electron'] },
  },
});
