/** Whether this machine can boot the guest, and why not. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What packages of the guest are fetched and unpacked with. */
const TOOLS = ['apt-cache', 'apt-get', 'dpkg-deb'];

/** Undefined: it can. */
export function whyNoGuest(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.arch !== 'x64') return 'its guest is for x86-64 processors';
  const missing = TOOLS.find((tool) => !isCommand(tool));
  return missing === undefined ? undefined : `there is no ${missing} to fetch the guest’s packages with (Debian has it)`;
}

function isCommand(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
