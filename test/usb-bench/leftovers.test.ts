/** The cache after runs that were killed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers } from './guest/leftovers.ts';

test('files of a run that is no more are removed, its console among them; those of a living one, and everything else, stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-leftovers-'));
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const kept = [`app-${process.pid}.cpio`, 'base-linux-6.1.0.cpio', `console-${process.pid}.log`, `initramfs-${process.pid}.cpio`];
  const dead = [`app-${pid}.cpio`, `console-${pid}.log`, `initramfs-${pid}.cpio`];
  try {
    for (const name of [...kept, ...dead]) writeFileSync(join(folder, name), '');
    expect([...removeLeftovers(folder)].sort()).toEqual(dead);
    expect(readdirSync(folder).sort()).toEqual(kept);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
