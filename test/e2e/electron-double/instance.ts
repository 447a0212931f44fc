/** The one-instance lock, real between processes: a file with the holder's process id, and a socket to reach it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type OnSecond = (argv: string[], cwd: string) => void;

/** Takes the lock of a folder and returns its release; undefined when another process has it, which was told about us. */
export function takeLock(folder: string, onSecond: OnSecond): (() => void) | undefined {
  const file = join(folder, 'double.lock');
  // Not in the folder: a socket's path must be short.
  const socket = join(tmpdir(), `hearth-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
  if (isHeld(file)) {
    tell(socket, { argv: process.argv, cwd: process.cwd() });
    return undefined;
  }
  rmSync(socket, { force: true });
  writeFileSync(file, String(process.pid));
  const server = createServer((connection) => {
    let text = '';
    connection.on('data', (chunk) => (text += String(chunk)));
    connection.on('end', () => {
      const { argv, cwd } = JSON.parse(text) as { argv: string[]; cwd: string };
      onSecond(argv, cwd);
    });
  });
  server.listen(socket);
  return () => {
    server.close();
    rmSync(file, { force: true });
  };
}

function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/** In a process of its own, because the caller has to wait for it. */
function tell(socket: string, message: object): void {
  const script = "require('node:net').connect(process.argv[1]).end(process.argv[2])";
  spawnSync(process.execPath, ['-e', script, socket, JSON.stringify(message)], { timeout: 10_000 });
}
