/** How older settings files become the present version: `settingsMigrations[n]` leads from version n to n + 1. */

export type SettingsMigration = (older: Readonly<Record<string, unknown>>) => Record<string, unknown>;

export const SETTINGS_VERSION = 1;

/** Version 0: files without a version, as the first drafts wrote them; whatever they lack gets its default. */
export const settingsMigrations: readonly SettingsMigration[] = [
  (older) => ({ sources: [], devices: {}, preferences: {}, mining: false, welcomed: false, ...older, version: 1 }),
];

/** The file's content at the present version, not yet validated. */
export function migrateSettings(
  content: Readonly<Record<string, unknown>>,
  version: number,
  migrations: readonly SettingsMigration[] = settingsMigrations,
): Record<string, unknown> {
  return migrations.slice(version).reduce<Record<string, unknown>>((older, migrate) => migrate(older), { ...content });
}
