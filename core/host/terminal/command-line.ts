/** A source given on the command line, checked, with its password, as the miner takes it. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../errors.ts';
import { systemCode } from '../../io/dial-failure.ts';
import { checkSource } from '../../miner/check-input.ts';
import type { CommandLine } from '../../miner/miner-options.ts';
import type { RunRequest } from './arguments.ts';

export const PASSWORD_VARIABLE = 'HEARTH_RPC_PASSWORD';

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined without a source and processor settings: all as saved. @throws AppError for what was typed, or an unreadable password file */
export async function commandLineOf(request: RunRequest, environment: Environment): Promise<CommandLine | undefined> {
  const { source, threads, dutyCycle } = request;
  const processor = { ...(threads !== undefined && { threads }), ...(dutyCycle !== undefined && { dutyCycle }) };
  if (!source) return threads === undefined && dutyCycle === undefined ? undefined : { sources: undefined, secrets: new Map(), processor };
  checkSource(source);
  const password = source.kind === 'solo' && source.rpcUser !== undefined ? await passwordOf(request, environment) : undefined;
  return { sources: [source], secrets: new Map(password === undefined ? [] : [[source.id, password]]), processor };
}

async function passwordOf({ passwordPath }: RunRequest, environment: Environment): Promise<string> {
  const given = passwordPath === undefined ? environment[PASSWORD_VARIABLE] : await firstLine(passwordPath);
  if (given) return given;
  throw new AppError(
    { code: 'node-unauthorised', text: `no password in ${passwordPath === undefined ? PASSWORD_VARIABLE : 'the file'}` },
    'user',
  );
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    const code = systemCode(error);
    throw new AppError({ code: code === 'ENOENT' ? 'file-not-found' : 'file-not-readable', path, text: code }, 'user');
  }
}
