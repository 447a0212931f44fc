/** Where settings and history live when nobody says otherwise: the place each system has for it. Shared by every host. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultDataFolder(platform: NodeJS.Platform = process.platform, environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Hearth');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Hearth');
  return join(absolute(environment['XDG_DATA_HOME']) ?? join(home, '.local', 'share'), 'hearth');
}

/** The XDG rule: a relative path there is to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
}
