/** The wire to the test: what the app did goes out as records, what the test wants done comes in as asks. */
export interface Trace {
  /** `powerSaveBlocker.start` and the like. */
  readonly call: string;
  readonly args: readonly unknown[];
}
export interface Ask {
  readonly id: number;
  readonly ask: string;
  readonly args: readonly unknown[];
}
export type FromDouble = { readonly trace: Trace } | { readonly id: number; readonly value?: unknown; readonly error?: string };

let sending: Promise<unknown> = Promise.resolve();

/** Records a call. Only plain data crosses; a function is shown as its type. */
export function record(call: string, ...args: readonly unknown[]): void {
  post({ trace: { call, args: JSON.parse(JSON.stringify(args)) as unknown[] } });
}

export function post(message: FromDouble): void {
  if (!process.send) return;
  const sent = new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
  sending = sending.then(() => sent);
}

/** Resolves when everything posted so far has left. */
export async function posted(): Promise<void> {
  await sending;
}
