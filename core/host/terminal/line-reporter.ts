/** A run told to people: lines for what happens, a status line below them, or a status now and then where nothing redraws. */
import type { EventEntry, Snapshot } from '../../contract.ts';
import type { Clock } from '../../ports.ts';
import { eventText } from './event-text.ts';
import type { Reporter } from './reporter.ts';
import type { Screen } from './screen.ts';
import { statusLine } from './status-line.ts';

/** In a log file: often enough to see that it lives, rare enough to be read. */
const STATUS_EVERY_MS = 60_000;
/** Events between two snapshots; more is a flood nobody reads. */
const MAX_WAITING = 200;
/** Columns a log line may have. */
const LOG_COLUMNS = 200;

export interface LineReporterOptions {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly version: string;
  readonly practice: boolean;
  error(text: string): void;
}

export function lineReporter({ screen, clock, version, practice, error }: LineReporterOptions): Reporter {
  // Lines wait for the next snapshot, a quarter of a second at most: it has what an event only names.
  let waiting: EventEntry[] = [];
  let latest: Snapshot | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  const line = (text: string, at = clock.now()) => screen.line(`${new Date(at).toTimeString().slice(0, 8)} ${text}`);
  const tell = (snapshot: Snapshot) => {
    for (const event of waiting) {
      const text = eventText(event, snapshot);
      if (text !== undefined) line(text, event.at);
    }
    waiting = [];
  };
  line(`Hearth ${version}.${practice ? ' PRACTICE: a simulated chain on this computer, it earns nothing.' : ''}`);
  return {
    snapshot(snapshot) {
      latest = snapshot;
      tell(snapshot);
      if (screen.redraws) return screen.status(statusLine(snapshot, screen.columns - 1));
      if (clock.monotonic() - toldAt < STATUS_EVERY_MS) return;
      const isFirst = toldAt === Number.NEGATIVE_INFINITY;
      toldAt = clock.monotonic();
      if (!isFirst) line(statusLine(snapshot, LOG_COLUMNS));
    },
    event: (event) => void (waiting.length < MAX_WAITING && waiting.push(event)),
    note: line,
    failure(_, text) {
      screen.end();
      error(text);
    },
    end(totals) {
      screen.end();
      if (latest) tell(latest);
      if (totals)
        line(`Ended. ${totals.accepted} shares accepted, ${totals.refused} refused.${practice ? ' PRACTICE: they earned nothing.' : ''}`);
    },
  };
}
