/** Faults that stand now: raised once, cleared once. What a failure says is cut down to facts safe to show (rule R5). */
import type { FaultSnapshot, HearthEvent } from '../contract.ts';
import { describe, type Failure } from '../errors.ts';
import { type FaultCode, isFaultCode } from '../faults.ts';

/** More than this at once is one trouble told many times. */
const MAX_STANDING = 100;
/** Evidence, not an archive. */
const MAX_FACTS = 20;
const MAX_FACT_LENGTH = 400;

/** A failure of any union, or one written on the spot with its facts. */
export type AnyFailure = Failure | { readonly code: string; readonly [fact: string]: unknown };

export class StandingFaults {
  readonly #standing = new Map<string, FaultSnapshot>();
  readonly #emit: (event: HearthEvent) => void;

  constructor(emit: (event: HearthEvent) => void) {
    this.#emit = emit;
  }

  /** One that stands already only gets its facts renewed. */
  raise(fault: FaultSnapshot): void {
    const key = keyOf(fault.about, fault.code);
    const standing = this.#standing.get(key);
    if (!standing && this.#standing.size >= MAX_STANDING) return;
    this.#standing.set(key, { ...fault, since: standing?.since ?? fault.since });
    if (!standing) this.#emit({ type: 'fault', fault });
  }

  /** Ends the fault of this code, or all about this thing. */
  clear(about: string, code?: FaultCode): void {
    for (const [key, fault] of this.#standing) {
      if (fault.about !== about || (code !== undefined && fault.code !== code)) continue;
      this.#standing.delete(key);
      this.#emit({ type: 'fault-cleared', code: fault.code, about });
    }
  }

  /** The newest one about this thing. */
  about(about: string): FaultSnapshot | undefined {
    return this.list().find((fault) => fault.about === about);
  }

  /** Newest first. */
  list(): readonly FaultSnapshot[] {
    return [...this.#standing.values()].reverse().sort((a, b) => b.since - a.since);
  }
}

/** A failure as a user interface sees it. A code that is not of the table becomes `fallback`, its own words a fact. */
export function faultSnapshot(failure: AnyFailure, about: string, now: number, fallback: FaultCode = 'internal'): FaultSnapshot {
  if (isFaultCode(failure.code)) return { code: failure.code, about, facts: factsOf(failure), since: now };
  return { code: fallback, about, facts: { text: describe(failure).slice(0, MAX_FACT_LENGTH) }, since: now };
}

function factsOf(failure: AnyFailure): FaultSnapshot['facts'] {
  const facts: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(failure).slice(0, MAX_FACTS)) {
    if (name === 'code' || value === undefined || value === null) continue;
    facts[name] = showFact(value);
  }
  return facts;
}

function showFact(value: unknown): string | number | boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return (value instanceof Uint8Array ? `${value.length} bytes` : String(value)).slice(0, MAX_FACT_LENGTH);
}

function keyOf(about: string, code: FaultCode): string {
  return `${about}\n${code}`;
}
