/** Files in memory: `texts` by path. */
import { AppError } from '../../core/errors.ts';
import type { FileFailure, Files } from '../../core/ports.ts';

export class MemoryFiles implements Files {
  readonly texts = new Map<string, string>();
  /** Every write fails with this, when it is set. */
  failure: FileFailure | undefined;

  async read(path: string): Promise<string> {
    const text = this.texts.get(path);
    if (text === undefined) throw new AppError<FileFailure>({ code: 'file-not-found', path }, 'machine');
    return text;
  }

  async write(path: string, text: string): Promise<void> {
    if (this.failure) throw new AppError<FileFailure>(this.failure, 'machine');
    this.texts.set(path, text);
  }

  async setAside(path: string): Promise<string> {
    const name = `${path}.broken-1`;
    this.texts.set(name, await this.read(path));
    this.texts.delete(path);
    return name;
  }
}
