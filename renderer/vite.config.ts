/** Builds the pages of the window and of the local web page: static files that a strict content policy accepts. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  base: './', // the window has its own scheme, the web page its own port: every address is relative
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: `${here}/../dist/renderer`,
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false }, // would be an inline script
    assetsInlineLimit: 0, // a `data:` address would need its own line in the content policy
    reportCompressedSize: false,
  },
});
