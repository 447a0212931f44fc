/**
 * Words of a peer, made safe for logs and screens (COM-13, SEC-23): control characters, escapes, markup and everything
 * beyond plain ASCII become `\xNN`, and the length is bounded. The result is evidence, never something to branch on.
 */

/** A code of a peer is a few words; what is longer is cut. */
const MOST_CHARACTERS = 100;
const PLAIN = /[^\x20-\x7e]|[<>&"'`\\]/gu;

export function printable(text: string): string {
  const escaped = text.slice(0, MOST_CHARACTERS).replace(PLAIN, escapeOf);
  return escaped.length > MOST_CHARACTERS ? `${escaped.slice(0, MOST_CHARACTERS)}…` : escaped;
}

/** As `printable`, and never empty. */
export function printableCode(text: string): string {
  return text.length === 0 ? 'unspecified' : printable(text);
}

function escapeOf(character: string): string {
  const point = character.codePointAt(0) as number;
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}
