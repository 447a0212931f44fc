/** Numbers and other people's words for a terminal. Pure. */

const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** `1.23 MH/s`. */
export function showHashrate(hashesPerSecond: number): string {
  return `${showAmount(hashesPerSecond)}H/s`;
}

/** Three digits and a unit: `1.23 M`, `950 `. */
export function showAmount(value: number): string {
  if (value > 0 && value < 0.01) return `${Number(value.toPrecision(3))} `;
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  const scaled = value / 1000 ** power;
  const digits = scaled >= 100 || scaled === 0 ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${UNITS[power]}`;
}

/** `1.23 M`, without a unit after it. */
export function showDifficulty(difficulty: number): string {
  return showAmount(difficulty).trim();
}

/** Without what could move the cursor, change colours or hide text: names and refusals are other people's words. */
export function plainText(text: string, most = 200): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, ' ').trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}

/** East Asian wide and emoji characters take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Cut so that it takes at most `columns`. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept) + widthOf(character) > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}
