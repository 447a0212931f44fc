/** A run told to programs: one JSON object a line, each with `type` and `at` (Unix milliseconds). */
import type { Snapshot } from '../../contract.ts';
import type { Clock } from '../../ports.ts';
import type { Reporter } from './reporter.ts';

/** Status lines between the events. */
const STATUS_EVERY_MS = 10_000;

export interface JsonReporterOptions {
  readonly clock: Clock;
  readonly version: string;
  readonly practice: boolean;
  print(line: string): void;
}

export function jsonReporter({ clock, version, practice, print }: JsonReporterOptions): Reporter {
  let toldAt = Number.NEGATIVE_INFINITY;
  const say = (type: string, facts: object) => print(JSON.stringify({ type, at: clock.now(), ...facts }));
  say('started', { version, practice });
  return {
    snapshot(snapshot) {
      if (clock.monotonic() - toldAt < STATUS_EVERY_MS) return;
      toldAt = clock.monotonic();
      say('status', statusOf(snapshot));
    },
    event: (event) => print(JSON.stringify(event)),
    note: (text) => say('note', { text }),
    failure: (fault, text) => say('failed', { ...fault, text }),
    end: (totals) => say('ended', { ...totals }),
  };
}

function statusOf(snapshot: Snapshot): object {
  const { practice, hashesPerSecond, expectedHashesPerSecond, accepted, refused, pending, unanswered, bestSession, blocks } = snapshot;
  const source = snapshot.sources.find(({ active }) => active);
  return {
    state: snapshot.mining.at,
    practice,
    hashesPerSecond,
    expectedHashesPerSecond,
    accepted,
    refused,
    pending,
    unanswered,
    bestSession,
    blocks,
    ...(source && { source: { id: source.id, endpoint: source.endpoint, privacy: source.privacy, protocol: source.protocol } }),
  };
}
