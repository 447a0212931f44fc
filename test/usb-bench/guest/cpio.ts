/** Writes an initramfs: cpio archives of the "newc" format, which the kernel unpacks one after the other. */
import { type FileHandle, open } from 'node:fs/promises';

export type Entry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'device'; readonly path: string; readonly major: number; readonly minor: number };

const MAGIC = '070701';
const types = { directory: 0o040755, file: 0o100000, link: 0o120777, device: 0o020600 };
/** The kernel looks for the next archive at multiples of this. */
const BLOCK = 512;
const padded = (length: number, to: number) => (to - (length % to)) % to;

export class CpioWriter {
  readonly #file: FileHandle;
  readonly #known = new Set<string>();
  #inode = 1;
  #written = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<CpioWriter> {
    return new CpioWriter(await open(path, 'w'));
  }

  /** Parents are made as needed; a path that is already there is left as it is. */
  async add(entry: Entry): Promise<void> {
    const path = entry.path.replace(/^\/+|\/+$/g, '');
    if (path === '' || this.#known.has(path)) return;
    const parent = path.split('/').slice(0, -1).join('/');
    await this.add({ kind: 'directory', path: parent });
    this.#known.add(path);
    const data = entry.kind === 'file' ? entry.data : entry.kind === 'link' ? Buffer.from(entry.to) : Buffer.alloc(0);
    const mode = entry.kind === 'file' ? types.file | entry.mode : types[entry.kind];
    const [major, minor] = entry.kind === 'device' ? [entry.major, entry.minor] : [0, 0];
    await this.#record(path, mode, data, major, minor);
  }

  async close(): Promise<void> {
    await this.#record('TRAILER!!!', 0, Buffer.alloc(0), 0, 0);
    await this.#write(Buffer.alloc(padded(this.#written, BLOCK)));
    await this.#file.close();
  }

  async #record(path: string, mode: number, data: Uint8Array, major: number, minor: number): Promise<void> {
    const name = Buffer.from(`${path}\0`);
    const fields = [this.#inode++, mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, name.length, 0];
    const head = Buffer.from(MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join(''));
    const padding = Buffer.alloc(padded(head.length + name.length, 4));
    await this.#write(Buffer.concat([head, name, padding, data, Buffer.alloc(padded(data.length, 4))]));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.write(bytes);
    this.#written += bytes.length;
  }
}
