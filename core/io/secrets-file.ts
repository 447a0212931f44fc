/**
 * Passwords and tokens in one file of mode 0600, for hosts without a keychain (terminal, web page). Implements `Secrets`
 * of core/ports.ts. What it holds is as safe as the user's account; the desktop shell uses the system's keychain instead.
 */
import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { Files, Secrets } from '../ports.ts';

const schema = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), z.string()) });

/** Secrets in `path`; read once, at first use. A file that cannot be understood is set aside and begun anew. */
export function fileSecrets(files: Files, path: string): Secrets {
  let reading: Promise<Map<string, string>> | undefined;
  const all = () => {
    reading ??= readSecrets(files, path);
    // A file that could not be read now may be readable later.
    reading.catch(() => {
      reading = undefined;
    });
    return reading;
  };
  const save = (secrets: Map<string, string>) =>
    files.write(path, `${JSON.stringify({ version: 1, secrets: Object.fromEntries(secrets) }, undefined, 2)}\n`);
  return {
    get: async (id) => (await all()).get(id),
    async set(id, secret) {
      const secrets = await all();
      if (secrets.get(id) === secret) return;
      secrets.set(id, secret);
      await save(secrets);
    },
    async delete(id) {
      const secrets = await all();
      if (secrets.delete(id)) await save(secrets);
    },
  };
}

async function readSecrets(files: Files, path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await files.read(path);
  } catch (error) {
    if (error instanceof AppError && error.fault.code === 'file-not-found') return new Map();
    throw error;
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return new Map(Object.entries(parsed.data.secrets));
  await files.setAside(path);
  return new Map();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
