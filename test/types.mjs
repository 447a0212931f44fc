/**
 * Type-checks everything, several projects at once, and prints what each found. What the compiler learned of files that did
 * not change is kept in the installation, so that the next run looks only at what a change touches.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
/** The longest first, so that none is left alone at the end. core/host's covers core/io, whose options it takes over. */
const projects = ['test', 'electron', 'core/host', 'core', 'electron/preload'];
const AT_ONCE = 2; // a small machine has two cores

let failed = false;
const kept = (folder) => `node_modules/.cache/types/${folder.replaceAll('/', '-')}.tsbuildinfo`;
const queue = projects.map((folder) => [tsc, '-p', folder, '--incremental', '--tsBuildInfoFile', kept(folder)]);
queue.splice(2, 0, [`${root}node_modules/svelte-check/bin/svelte-check`, '--tsconfig', 'renderer/tsconfig.json']);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let job = queue.shift(); job; job = queue.shift()) failed = !(await run(job)) || failed;
  }),
);
process.exit(failed ? 1 : 0);

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    child.on('close', (code) => resolve(code === 0));
  });
}
