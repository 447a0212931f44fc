/** What makes a board's core voltage, whatever part it is: behind it stand a TPS546, or a DAC beside a fixed regulator. */
import type { I2cBus } from '../sensor/i2c.ts';
import type { Readings } from '../sensor/readings.ts';

export interface CoreSupply {
  /** Checks what it is, takes the voltage away (or as low as it goes), and writes every limit. @throws AppError<BoardFault> */
  begin(): Promise<void>;
  /** To the board's voltage. @throws AppError<BoardFault> */
  on(): Promise<void>;
  /** Away, or as low as it goes. @throws AppError<BoardFault> */
  off(): Promise<void>;
  /** Of the board's own supply; also while the core has no voltage. */
  inputMillivolts(): Promise<number>;
  /** Of the regulator; also while the core has no voltage. Absent: it does not say. */
  tempC?(): Promise<number>;
  /** What it measures. @param isOn the core should have its voltage now */
  readings(isOn: boolean): Promise<Readings>;
}

export type MakeCoreSupply = (bus: I2cBus) => CoreSupply;

/** `range`: what the maker's firmware allows; nothing outside is ever set. */
export interface CoreVolts {
  readonly volts: number;
  readonly range: { readonly min: number; readonly max: number };
}
