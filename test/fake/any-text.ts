/** Text that nobody chose, for claims about every text: names of an engine's own properties, and code points of every length in UTF-8, halves of pairs too. */
import * as fc from 'fast-check';

const codePoint = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x7ff }), fc.integer({ min: 0, max: 0x10_ffff }));

/** At most `most` code points. (fast-check's `unit: 'binary'` draws much the same, but takes half a second to be made.) */
export function anyText(most = 40): fc.Arbitrary<string> {
  const points = fc.array(codePoint, { maxLength: most }).map((found) => String.fromCodePoint(...found));
  return fc.oneof({ weight: 4, arbitrary: points }, { weight: 1, arbitrary: fc.string({ maxLength: most }) });
}
