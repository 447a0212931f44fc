import { expect, test } from 'vitest';
import { fileSecrets } from '../../core/io/secrets-file.ts';
import { FaultyFiles } from '../fake/faulty-files.ts';

const path = '/data/secrets.json';

test('secrets survive a restart and are gone when deleted', async () => {
  const files = new FaultyFiles();
  await fileSecrets(files, path).set('node', 'hunter2');
  expect(await fileSecrets(files, path).get('node')).toBe('hunter2');
  await fileSecrets(files, path).delete('node');
  expect(await fileSecrets(files, path).get('node')).toBeUndefined();
  expect(files.texts.get(path)).not.toContain('hunter2');
});

test('a source named like a part of every object has no secret of its own', async () => {
  const files = new FaultyFiles();
  const secrets = fileSecrets(files, path);
  expect(await secrets.get('__proto__')).toBeUndefined();
  await secrets.set('__proto__', 'x');
  expect(await secrets.get('toString')).toBeUndefined();
});

test('a damaged file is set aside and never overwritten', async () => {
  const files = new FaultyFiles();
  files.texts.set(path, '{"version":1,');
  expect(await fileSecrets(files, path).get('node')).toBeUndefined();
  expect(files.texts.get(`${path}.broken-1`)).toBe('{"version":1,');
});

test('a file that cannot be read is an error now and is tried again later', async () => {
  const files = new FaultyFiles();
  await fileSecrets(files, path).set('node', 'hunter2');
  const secrets = fileSecrets(files, path);
  files.readFault = 'file-not-readable';
  await expect(secrets.get('node')).rejects.toThrow(/file-not-readable/);
  files.readFault = undefined;
  expect(await secrets.get('node')).toBe('hunter2');
});

test('a full disk is told to whoever saves', async () => {
  const files = new FaultyFiles();
  files.writeFault = 'disk-full';
  await expect(fileSecrets(files, path).set('node', 'x')).rejects.toThrow(/disk-full/);
});
