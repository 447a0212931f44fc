/**
 * Where a mistyped bech32 or bech32m text is wrong, when one character is. The checksum is linear, so one wrong
 * character leaves a remainder that only one position explains. BIP 173 allows to point at it, not to correct it.
 */

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const BECH32_CONSTANT = 1;
const BECH32M_CONSTANT = 0x2bc830a3;

/** Index into `text` of the one wrong character; undefined when more are wrong, or it cannot be told. */
export function locateBech32Error(text: string): number | undefined {
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf('1');
  const data = [...lower.slice(separator + 1)].map((character) => CHARSET.indexOf(character));
  if (separator < 1 || data.length < 7 || data.includes(-1)) return undefined;
  const remainder = data.reduce(step, expandedPrefix(lower.slice(0, separator)));
  // The version symbol decides which checksum is meant (BIP 350); if it is the wrong one, the other may explain it.
  const [meant, other] = data[0] === 0 ? [BECH32_CONSTANT, BECH32M_CONSTANT] : [BECH32M_CONSTANT, BECH32_CONSTANT];
  const fromEnd = explain(remainder ^ meant, data.length) ?? explain(remainder ^ other, data.length);
  return fromEnd === undefined ? undefined : lower.length - 1 - fromEnd;
}

/** The distance from the end at which one changed symbol gives `syndrome`. */
function explain(syndrome: number, length: number): number | undefined {
  for (let error = 1; error < 32; error += 1) {
    let effect = error;
    for (let fromEnd = 0; fromEnd < length; fromEnd += 1) {
      if (effect === syndrome) return fromEnd;
      effect = step(effect, 0);
    }
  }
  return undefined;
}

function expandedPrefix(prefix: string): number {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)].reduce(step, 1);
}

function step(checksum: number, value: number): number {
  const top = checksum >>> 25;
  const shifted = ((checksum & 0x1ffffff) << 5) ^ value;
  return GENERATORS.reduce((sum, generator, bit) => ((top >>> bit) & 1 ? sum ^ generator : sum), shifted);
}
