/** The bench's lines as aligned text. */
import type { Line } from './line.ts';

const VERDICTS = new Map<Line['met'], string>([
  [true, 'met'],
  [false, 'NOT MET'],
]);

export function table(lines: readonly Line[]): string {
  const rows = lines.map(cells);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ name, measured, against, ratio, goal, met, note }: Line): string[] {
  const verdict = VERDICTS.get(met) ?? String(met);
  return [
    name,
    measured,
    against === '' ? '–' : `against ${against}`,
    Number.isFinite(ratio) ? `×${ratio.toFixed(2)}` : '–',
    `goal ${goal}`,
    verdict,
    note === undefined ? '' : `(${note})`,
  ];
}
