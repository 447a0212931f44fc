/**
 * Secrets sealed by the system's keychain, in a file that is worthless without it. Where there is none (or, on Linux, only
 * Chromium's fixed password, which is none either) they lie in the plain file that every way into Hearth reads.
 */
import { safeStorage } from 'electron';
import type { Secrets } from '../core/ports.ts';

/**
 * Asks the keychain only when there is something to seal or unseal: some systems ask the person to unlock it.
 * @param sealed where sealed secrets are kept, as base64
 * @param plain what the terminal and the web page keep; a secret saved here leaves it
 */
export function keychainSecrets(sealed: Secrets, plain: Secrets): Secrets {
  let checked: Promise<boolean> | undefined;
  const hasKeychain = () => {
    checked ??= isAvailable();
    return checked;
  };
  return {
    async get(id) {
      const text = await sealed.get(id);
      const secret = text !== undefined && (await hasKeychain()) ? await unseal(text) : undefined;
      return secret ?? plain.get(id);
    },
    async set(id, secret) {
      const text = (await hasKeychain()) ? await seal(secret) : undefined;
      if (text === undefined) await plain.set(id, secret);
      else await sealed.set(id, text);
      await (text === undefined ? sealed : plain).delete(id);
    },
    async delete(id) {
      await sealed.delete(id);
      await plain.delete(id);
    },
  };
}

async function isAvailable(): Promise<boolean> {
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return false;
  return safeStorage.isAsyncEncryptionAvailable().catch(() => false);
}

async function seal(secret: string): Promise<string | undefined> {
  return safeStorage.encryptStringAsync(secret).then(
    (bytes) => bytes.toString('base64'),
    () => undefined,
  );
}

/** Undefined when it was sealed on another computer or under another account: it has to be typed again. */
async function unseal(text: string): Promise<string | undefined> {
  return safeStorage.decryptStringAsync(Buffer.from(text, 'base64')).then(
    ({ result }) => result,
    () => undefined,
  );
}
