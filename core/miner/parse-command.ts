/** What comes through the door, parsed by the contract's schemas: known commands with arguments in range, or an error. */
import { type CommandName, commandArgs } from '../contract.ts';
import { AppError } from '../errors.ts';

/** @throws AppError `bad-arguments` */
export function parseCommand(name: CommandName, args: unknown): unknown {
  if (!Object.hasOwn(commandArgs, name)) throw new AppError({ code: 'bad-arguments', field: 'name' }, 'user');
  const parsed = commandArgs[name].safeParse(args);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // The path only: the message of a schema may repeat what was typed, which may be a secret.
  throw new AppError({ code: 'bad-arguments', field: issue?.path.join('.') ?? '', problem: issue?.code ?? '' }, 'user');
}
