/** Words of a peer on their way to logs and screens. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableCode } from '../../core/sv2/printable.ts';
import { anyText } from '../fake/any-text.ts';

test('COM-13 SEC-23 control characters, escapes and markup are written out', () => {
  expect(printable('stale-share')).toBe('stale-share');
  expect(printable('\x1b[31mred\x07')).toBe('\\x1b[31mred\\x07');
  expect(printable('<img src=x onerror=alert(1)>')).toBe('\\x3cimg src=x onerror=alert(1)\\x3e');
  expect(printable('né\u202e')).toBe('n\\xe9\\u{202e}');
  expect(printableCode('')).toBe('unspecified');
});

test('SEC-23 no text of a peer gets through long or unescaped', () => {
  fc.assert(
    fc.property(anyText(255), (text) => {
      expect(printable(text)).toMatch(/^[\x20-\x7e]*…?$/);
      expect(printable(text)).not.toMatch(/[<>&"'`]/);
      expect(printable(text).length).toBeLessThanOrEqual(101);
    }),
  );
});
