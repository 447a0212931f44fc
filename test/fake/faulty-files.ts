/** Files in memory that can be full, forbidden or missing, as the test says. */
import { AppError } from '../../core/errors.ts';
import type { FileFailure, Files, Secrets } from '../../core/ports.ts';

export class FaultyFiles implements Files {
  readonly texts = new Map<string, string>();
  /** Every write and rename fails with it. */
  writeFault: FileFailure['code'] | undefined;
  readFault: FileFailure['code'] | undefined;
  writes = 0;

  async read(path: string): Promise<string> {
    if (this.readFault) throw failure(this.readFault, path);
    const text = this.texts.get(path);
    if (text === undefined) throw failure('file-not-found', path);
    return text;
  }

  async write(path: string, text: string): Promise<void> {
    this.writes += 1;
    if (this.writeFault) throw failure(this.writeFault, path);
    this.texts.set(path, text);
  }

  async setAside(path: string): Promise<string> {
    if (this.writeFault) throw failure(this.writeFault, path);
    const name = `${path}.broken-1`;
    this.texts.set(name, this.texts.get(path) ?? '');
    this.texts.delete(path);
    return name;
  }
}

function failure(code: FileFailure['code'], path: string): AppError<FileFailure> {
  return new AppError({ code, path, text: 'test' } as FileFailure, 'machine');
}

export class MemorySecrets implements Secrets {
  readonly all = new Map<string, string>();

  async get(id: string): Promise<string | undefined> {
    return this.all.get(id);
  }

  async set(id: string, secret: string): Promise<void> {
    this.all.set(id, secret);
  }

  async delete(id: string): Promise<void> {
    this.all.delete(id);
  }
}
