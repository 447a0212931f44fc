/** Why Hearth cannot start, in words: from the table of faults, or what the system said. */
import { AppError, describe } from '../core/errors.ts';
import { type FaultCode, faults } from '../core/faults.ts';

export function explain(error: unknown): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const { fault } = error;
  if (!Object.hasOwn(faults, fault.code)) return describe(fault);
  const { what, todo } = faults[fault.code as FaultCode];
  return `${what} ${todo}\n\n${describe(fault)}`;
}
