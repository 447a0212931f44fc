/** Chromium knows no `hearth:`; inside it the app's scheme is an https origin that does not exist, and here nobody sees that. */
const OURS = 'hearth://app/';
const THEIRS = 'https://hearth-app.invalid/';

export function toChromium(url: string): string {
  return url.startsWith(OURS) ? THEIRS + url.slice(OURS.length) : url;
}

export function toElectron(url: string): string {
  return url.replace(/^(blob:)?https:\/\/hearth-app\.invalid(\/|$)/, (_all, blob = '', slash) => `${blob}${OURS.slice(0, -1)}${slash}`);
}

export function withoutHash(url: string): string {
  return url.split('#', 1)[0] ?? '';
}
