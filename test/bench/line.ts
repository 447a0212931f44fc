/** One line of the bench's table. */
export interface Line {
  readonly name: string;
  /** With its unit. */
  readonly measured: string;
  /** What it was compared with, and that one's value. */
  readonly against: string;
  /** Measured ÷ against, or the other way round where less is better, so that more than 1 is better; NaN where nothing was compared. */
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean | 'no goal' | 'not measured';
  readonly note?: string;
}
