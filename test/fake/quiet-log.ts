/** A log that keeps its lines for the test to read. */
import type { Log, LogLevel } from '../../core/ports.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export class QuietLog implements Log {
  readonly lines: LogLine[] = [];

  write(level: LogLevel, event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level, event, facts });
  }
}
