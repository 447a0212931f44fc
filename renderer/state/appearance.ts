/** Theme and contrast on the page: the system's, or what the person chose. */
import type { Preferences } from '../../core/contract.ts';

/** Puts the wishes on `<html>`, where the tokens read them. */
export function wear(preferences: Preferences | undefined, root: HTMLElement = document.documentElement): void {
  set(root, 'theme', preferences?.theme);
  set(root, 'contrast', preferences?.contrast);
}

function set(root: HTMLElement, name: 'theme' | 'contrast', wish: string | undefined): void {
  if (wish === undefined || wish === 'system') delete root.dataset[name];
  else root.dataset[name] = wish;
}

/** The other theme of the one that shows now. */
export function otherTheme(root: HTMLElement = document.documentElement): 'light' | 'dark' {
  const chosen = root.dataset['theme'];
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  return dark ? 'light' : 'dark';
}
