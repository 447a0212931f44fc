/** What a board's sensors said at one moment. Absent: not measured. A value that makes no sense is absent, never passed on. */
export interface Readings {
  /** The hottest chip. */
  readonly tempC?: number;
  /** The hottest other part: a second sensor on the board. */
  readonly boardTempC?: number;
  /** Of the regulator. */
  readonly regulatorTempC?: number;
  readonly fanRpm?: number;
  /** What the fan was told. */
  readonly fanPercent?: number;
  readonly inputMillivolts?: number;
  readonly inputMilliamps?: number;
  readonly coreMillivolts?: number;
  readonly coreMilliamps?: number;
  /** The regulator's own faults, in words. */
  readonly regulatorFault?: string;
}
