/** An I2C bus as sensor and regulator drivers need it. Addresses have seven bits. */
export interface I2cBus {
  /** @throws AppError when the device does not acknowledge, or the bus does not answer */
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** Writes, then reads after a repeated start. @throws AppError as `write` */
  writeRead(address: number, bytes: Uint8Array, count: number): Promise<Uint8Array>;
}
