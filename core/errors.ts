/**
 * What can go wrong, as data. A failure is a union of `{ code, ...facts }`; the message is rendered from it, so
 * callers switch on `code` and never parse text. `core/faults.ts` says what a person should do about each code.
 */

/** Who has to act: the other side broke a rule, we have a bug, the computer refused, or the person typed something. */
export type Whose = 'peer' | 'us' | 'machine' | 'user';

/** The least a failure says of itself: a stable kebab-case code, and facts beside it (never secrets). */
export type Failure = { readonly code: string };

/** An exception that carries a failure. It ends one connection, one request or one board, never the process. */
export class AppError<F extends Failure = Failure> extends Error {
  readonly fault: F;
  readonly whose: Whose;

  constructor(fault: F, whose: Whose = 'us', options?: ErrorOptions) {
    super(describe(fault), options);
    this.name = 'AppError';
    this.fault = fault;
    this.whose = whose;
  }
}

/** The peer broke a rule: its connection ends, nothing else does. */
export class PeerError<F extends Failure = Failure> extends AppError<F> {
  constructor(fault: F, options?: ErrorOptions) {
    super(fault, 'peer', options);
    this.name = 'PeerError';
  }
}

/** Renders a failure as one line: `bad-frame (length 5, limit 4)`. */
export function describe(fault: Failure): string {
  const facts = Object.entries(fault)
    .filter(([key, value]) => key !== 'code' && value !== undefined)
    .map(([key, value]) => `${key} ${String(value)}`);
  return facts.length === 0 ? fault.code : `${fault.code} (${facts.join(', ')})`;
}

/** The failure inside anything thrown; what is not ours becomes `{ code: 'internal', text }`. */
export function faultOf(thrown: unknown): Failure {
  if (thrown instanceof AppError) return thrown.fault;
  return { code: 'internal', text: thrown instanceof Error ? thrown.message : String(thrown) } as Failure;
}
