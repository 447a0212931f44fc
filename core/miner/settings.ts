/**
 * The settings file: read, migrated, validated, written whole or not at all. What cannot be read is set aside and named;
 * what cannot be written is kept in memory and tried again. Secrets are never in it (`Secrets` of core/ports.ts).
 */
import { preferences, type Settings, settingsSchema } from '../contract.ts';
import { AppError, faultOf } from '../errors.ts';
import type { FaultCode } from '../faults.ts';
import type { Clock, Files } from '../ports.ts';
import { migrateSettings, SETTINGS_VERSION, type SettingsMigration } from './settings-migrations.ts';
import type { AnyFailure } from './standing-faults.ts';

/** Somebody makes room on a disk in minutes, not in milliseconds. */
export const SAVE_RETRY_MS = 30_000;

export interface SettingsOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly path: string;
  /** Nothing is written or renamed: sources from the command line do not replace saved ones. */
  readonly keepInMemory?: boolean;
  readonly migrations?: readonly SettingsMigration[];
  onFault(failure: AnyFailure): void;
  onCleared(code: FaultCode): void;
}

export function defaultSettings(): Settings {
  return { version: SETTINGS_VERSION, sources: [], devices: {}, preferences: preferences.parse({}), mining: false, welcomed: false };
}

/** Reads the file; never throws: what went wrong is told to `onFault`, and settings begin anew. */
export async function openSettings(options: SettingsOptions): Promise<SettingsFile> {
  const read = await readSettings(options);
  return new SettingsFile(options, read.settings, read.mayWrite);
}

export class SettingsFile {
  readonly #options: SettingsOptions;
  #settings: Settings;
  readonly #mayWrite: boolean;
  #writing: Promise<void> | undefined;
  #dirty = false;
  #failed = false;
  #cancelRetry: (() => void) | undefined;

  constructor(options: SettingsOptions, settings: Settings, mayWrite: boolean) {
    this.#options = options;
    this.#settings = settings;
    this.#mayWrite = mayWrite;
  }

  get current(): Settings {
    return this.#settings;
  }

  /** In effect at once. Resolves when written, or when the first try failed (then a fault stands). @throws AppError bad-arguments */
  async change(changed: (settings: Settings) => Settings): Promise<void> {
    const parsed = settingsSchema.safeParse(changed(this.#settings));
    if (!parsed.success) throw new AppError({ code: 'bad-arguments', text: parsed.error.issues[0]?.message ?? '' }, 'user');
    this.#settings = parsed.data;
    await this.#save();
  }

  /** Waits for writes under way, tries once more if the last one failed, and stops trying. */
  async close(): Promise<void> {
    this.#stopRetrying();
    await (this.#dirty || this.#failed ? this.#save() : this.#writing);
    this.#stopRetrying();
  }

  #stopRetrying(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  async #save(): Promise<void> {
    if (this.#options.keepInMemory) return;
    if (!this.#mayWrite) return this.#options.onFault({ code: 'settings-not-saved', reason: 'file-not-readable' });
    this.#dirty = true;
    // One write at a time; one that begins later takes the newest settings with it.
    while (this.#writing) await this.#writing;
    if (!this.#dirty) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    this.#dirty = false;
    this.#stopRetrying();
    try {
      await this.#options.files.write(this.#options.path, `${JSON.stringify(this.#settings, undefined, 2)}\n`);
      if (this.#failed) this.#options.onCleared('settings-not-saved');
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#options.onFault({ ...faultOf(error), reason: faultOf(error).code, code: 'settings-not-saved' });
      this.#cancelRetry = this.#options.clock.after(SAVE_RETRY_MS, () => void this.#save());
    }
  }
}

interface Read {
  readonly settings: Settings;
  readonly mayWrite: boolean;
}

async function readSettings(options: SettingsOptions): Promise<Read> {
  let text: string;
  try {
    text = await options.files.read(options.path);
  } catch (error) {
    const fault = faultOf(error);
    if (fault.code === 'file-not-found') return { settings: defaultSettings(), mayWrite: true };
    // Not ours to replace: a file that cannot be read now may be whole.
    options.onFault(fault);
    return { settings: defaultSettings(), mayWrite: false };
  }
  const understood = understand(text, options.migrations);
  if (understood.ok) return { settings: understood.settings, mayWrite: true };
  return setAside(options, understood.fault);
}

async function setAside(options: SettingsOptions, fault: AnyFailure): Promise<Read> {
  if (options.keepInMemory) {
    options.onFault(fault);
    return { settings: defaultSettings(), mayWrite: false };
  }
  try {
    const kept = await options.files.setAside(options.path);
    options.onFault({ ...fault, kept });
    return { settings: defaultSettings(), mayWrite: true };
  } catch (error) {
    options.onFault({ ...fault, text: `cannot be renamed: ${faultOf(error).code}` });
    return { settings: defaultSettings(), mayWrite: false };
  }
}

type Understood = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly fault: AnyFailure };

/** Settings of a file's text or of a backup: parsed, migrated, validated. */
export function understand(text: string, migrations?: readonly SettingsMigration[]): Understood {
  const content = parseObject(text);
  if (!content) return { ok: false, fault: { code: 'settings-broken', reason: 'not JSON' } };
  const version = content['version'] ?? 0;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    return { ok: false, fault: { code: 'settings-broken', reason: 'no version' } };
  if (version > SETTINGS_VERSION) return { ok: false, fault: { code: 'settings-too-new', version } };
  const parsed = settingsSchema.safeParse(migrateSettings(content, version, migrations));
  if (parsed.success) return { ok: true, settings: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, fault: { code: 'settings-broken', reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
