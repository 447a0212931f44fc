/// <reference types="svelte" />
/**
 * The state classes of the pages are tested without a browser and without the compiler: outside of it a rune is its value.
 * Import this before any `.svelte.ts` file.
 */
const rune = Object.assign(<T>(value: T): T => value, { raw: <T>(value: T): T => value, snapshot: <T>(value: T): T => value });
Object.assign(globalThis, { $state: rune, $derived: rune, document: { documentElement: {} } });
