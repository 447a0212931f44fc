import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileSecrets } from '../../core/io/secrets-file.ts';
import { keychainSecrets } from '../../electron/keychain-secrets.ts';
import { MemoryFiles } from '../fake/memory-files.ts';
import { pretend, stopPretending } from './platform.ts';

const keychain = vi.hoisted(() => ({ backend: 'gnome_libsecret', available: true, opens: true, asked: 0 }));
vi.mock('electron', () => ({
  safeStorage: {
    getSelectedStorageBackend: () => keychain.backend,
    isAsyncEncryptionAvailable: async () => {
      keychain.asked += 1;
      return keychain.available;
    },
    encryptStringAsync: async (text: string) => Buffer.from([...text].reverse().join('')),
    decryptStringAsync: async (bytes: Buffer) => {
      if (!keychain.opens) throw new Error('wrong key');
      return { result: [...bytes.toString()].reverse().join(''), shouldReEncrypt: false };
    },
  },
}));

beforeEach(() => {
  pretend('linux');
  Object.assign(keychain, { backend: 'gnome_libsecret', available: true, opens: true, asked: 0 });
});
afterEach(stopPretending);

function world() {
  const files = new MemoryFiles();
  const plain = fileSecrets(files, 'secrets.json');
  return {
    files,
    plain,
    sealed: fileSecrets(files, 'keychain.json'),
    secrets: keychainSecrets(fileSecrets(files, 'keychain.json'), plain),
  };
}

test('a secret comes back as it went, and only its seal is on disk', async () => {
  const { files, secrets } = world();
  await secrets.set('node', 'hunter2');
  expect(await secrets.get('node')).toBe('hunter2');
  expect(await files.read('keychain.json')).toContain(Buffer.from('2retnuh').toString('base64'));
  await expect(files.read('secrets.json')).rejects.toThrow();
  await secrets.delete('node');
  expect(await secrets.get('node')).toBeUndefined();
});

test('what the terminal stored is found, and leaves the plain file when it is saved again', async () => {
  const { plain, secrets } = world();
  await plain.set('node', 'old');
  expect(await secrets.get('node')).toBe('old');
  await secrets.set('node', 'new');
  expect([await secrets.get('node'), await plain.get('node')]).toEqual(['new', undefined]);
});

test.for([
  ['no keychain', { available: false }],
  ['only the fixed password of Chromium', { backend: 'basic_text' }],
])('with %s the plain file keeps it, for every way into Hearth', async ([, state]) => {
  Object.assign(keychain, state);
  const { plain, sealed, secrets } = world();
  await secrets.set('node', 'hunter2');
  expect([await secrets.get('node'), await plain.get('node'), await sealed.get('node')]).toEqual(['hunter2', 'hunter2', undefined]);
});

test('a seal of another computer is a secret to be typed again, not an error', async () => {
  const { secrets } = world();
  await secrets.set('node', 'hunter2');
  keychain.opens = false;
  expect(await secrets.get('node')).toBeUndefined();
});

test('a keychain is not bothered while there is nothing sealed', async () => {
  const { secrets } = world();
  await secrets.get('node');
  expect(keychain.asked).toBe(0);
});
