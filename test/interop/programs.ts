/** Other people's published programs: where they are, and how they get there (crates by exact name and version). */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Installed here unless HEARTH_PEERS names another folder with a `bin/`. */
const folder = process.env['HEARTH_PEERS'] ?? fileURLToPath(new URL('../../.cache/peers', import.meta.url));
const INSTALL_LIMIT_MS = 30 * 60_000; // each compiles for a few minutes on two cores

const programs = {
  pool_sv2: { crate: 'pool_sv2', version: '0.7.0' },
  mining_device: { crate: 'integration_tests_sv2', version: '0.6.0' },
} as const;
export type ProgramName = keyof typeof programs;

export const programPath = (name: ProgramName): string => `${folder}/bin/${name}`;

/** Installs what is missing. @throws Error with the reason why this machine cannot. */
export async function installPrograms(): Promise<void> {
  const missing = (Object.keys(programs) as ProgramName[]).filter((name) => !existsSync(programPath(name)));
  if (missing.length === 0) return;
  requireTool('cargo', ['--version'], 'Rust 1.88 or newer (cargo)');
  requireTool('capnp', ['--version'], 'Cap’n Proto (packages capnproto and libcapnp-dev on Debian)');
  mkdirSync(folder, { recursive: true });
  for (const name of missing) await install(name);
}

function requireTool(command: string, args: string[], need: string): void {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
  } catch {
    throw new Error(`interop needs ${need} to compile the reference programs, and this machine has none`);
  }
}

function install(name: ProgramName): Promise<void> {
  const { crate, version } = programs[name];
  console.log(`installing ${crate} ${version} (compiles for a few minutes)`);
  const args = ['install', '--root', folder, '--bin', name, `${crate}@${version}`];
  const child = spawn('cargo', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CARGO_TARGET_DIR: `${folder}/target` },
    timeout: INSTALL_LIMIT_MS,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`cargo install ${crate}@${version} ended with ${code}`))));
  });
}
