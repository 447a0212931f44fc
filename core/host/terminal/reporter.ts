/** How a run is told: to people (`lines`) or to programs (`json`). */
import type { EventEntry, FaultSnapshot, Snapshot } from '../../contract.ts';

export interface Reporter {
  /** At most four a second. */
  snapshot(snapshot: Snapshot): void;
  event(event: EventEntry): void;
  note(text: string): void;
  failure(fault: FaultSnapshot, text: string): void;
  /** Last words; without totals when mining never began. */
  end(totals: { readonly accepted: number; readonly refused: number } | undefined): void;
}
