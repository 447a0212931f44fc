/**
 * `node test/conformance.ts`: which requirements of the Stratum V2 checklist have a test that names them in its title, and
 * why the others have none. Fails when an id is neither covered nor given a reason, when it is both, and when a title names
 * an id that does not exist or a range. Titles begin with their ids: `test('MIN-20 MIN-22 SetNewPrevHash makes …'`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** The lists, and how many requirements each has. */
const lists = {
  NOI: ['Noise handshake', 29],
  FRM: ['Transport and framing', 17],
  TYP: ['Data types', 12],
  COM: ['Common messages', 19],
  MIN: ['Mining, client side', 56],
  POOL: ['Mining, server side', 15],
  EXT: ['Extensions', 12],
  SEC: ['Hostile peers', 40],
} as const;
type List = keyof typeof lists;

/** Requirements that stand between two numbers. */
const between: Readonly<Record<string, string>> = { 'MIN-47a': 'MIN-47' };

const DECLARATION =
  'Work selection belongs to job declaration, which this version does not have: Hearth never sets the flag and never sends custom jobs.';
const DECLARED = 'A peer of job declaration or template distribution; this version has no client of either.';
const PROXY = 'Only for a proxy with miners below it; this version has none.';

/** Why a requirement has no test of its own. */
const leftOut: Readonly<Record<string, string>> = {
  'FRM-13': PROXY,
  'COM-11':
    'Optional and of no use: servers put nothing reliable into the flags of an error (COM-10), so Hearth asks for what it needs and does not probe.',
  'MIN-30': PROXY,
  ...Object.fromEntries(
    ['MIN-48', 'MIN-49', 'MIN-50', 'MIN-51', 'MIN-52', 'MIN-53', 'MIN-54', 'MIN-55', 'MIN-56'].map((id) => [id, DECLARATION]),
  ),
  ...Object.fromEntries(
    ['SEC-26', 'SEC-27', 'SEC-28', 'SEC-29', 'SEC-30', 'SEC-31', 'SEC-32', 'SEC-33', 'SEC-34'].map((id) => [id, DECLARED]),
  ),
};

const PREFIXES = Object.keys(lists).join('|');
const ID = new RegExp(`\\b(?:${PREFIXES})-\\d+a?\\b`, 'g');
const RANGE = new RegExp(`\\b(?:${PREFIXES})-\\d+a?\\s*(?:–|—|…|\\.\\.+|\\bto\\b|-)\\s*(?:(?:${PREFIXES})-)?\\d`);
/** A title follows `test(` or, after a table, `)(`; a skipped test proves nothing. */
const TITLE = /(?:\b(?:test|it)((?:\.\w+)*)\(|\)\()\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g;
const SKIPPED = /\.(?:skip|todo|fails)/;

const problems: string[] = [];
const covered = new Map<string, number>();
const known = new Set(idsOf());

for (const path of testFiles(folder)) for (const title of titlesOf(readFileSync(path, 'utf8'))) note(title, path.slice(folder.length + 1));
for (const id of known) judge(id);
for (const id of Object.keys(leftOut)) if (!known.has(id)) problems.push(`${id} is left out but is on no list`);
print();

function* idsOf(): Generator<string> {
  for (const [list, [, count]] of Object.entries(lists)) {
    for (let number = 1; number <= count; number += 1) {
      yield `${list}-${number}`;
      for (const [extra, after] of Object.entries(between)) if (after === `${list}-${number}`) yield extra;
    }
  }
}

function testFiles(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(inner);
    return entry.name.endsWith('.test.ts') ? [inner] : [];
  });
}

function titlesOf(text: string): string[] {
  return [...text.matchAll(TITLE)].filter(([, modifiers = '']) => !SKIPPED.test(modifiers)).map(([, , a, b, c]) => a ?? b ?? c ?? '');
}

function note(title: string, path: string): void {
  if (RANGE.test(title)) problems.push(`a range proves nothing in particular: "${title}" in ${path}`);
  for (const [id] of title.matchAll(ID)) {
    if (!known.has(id)) problems.push(`${id} in ${path} is on no list`);
    covered.set(id, (covered.get(id) ?? 0) + 1);
  }
}

function judge(id: string): void {
  const reason = Object.hasOwn(leftOut, id);
  if (covered.has(id) && reason) problems.push(`${id} is left out and covered`);
  if (!covered.has(id) && !reason) problems.push(`${id} has neither a test nor a reason`);
}

function print(): void {
  for (const list of Object.keys(lists) as List[]) {
    const ids = [...known].filter((id) => id.startsWith(`${list}-`));
    const have = ids.filter((id) => covered.has(id));
    console.log(`${list.padEnd(5)} ${String(have.length).padStart(3)} / ${ids.length}  ${lists[list][0]}`);
    for (const id of ids.filter((id) => Object.hasOwn(leftOut, id))) console.log(`      ${id}: ${leftOut[id]}`);
  }
  for (const problem of problems) console.log(`FAIL  ${problem}`);
  const open = [...known].filter((id) => !covered.has(id) && !Object.hasOwn(leftOut, id)).length;
  console.log(`${known.size - open} passed, ${problems.length} failed`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
