/** The two number formats of PMBus regulators. Words are little-endian on the wire. */

/** SLINEAR11: signed exponent in bits 15–11, signed mantissa in bits 10–0. */
export function decodeLinear11(word: number): number {
  const exponent = (word << 16) >> 27;
  const mantissa = (word << 21) >> 21;
  return mantissa * 2 ** exponent;
}

const MAX_MANTISSA = 1023;
const EXPONENT = { min: -16, max: 15 };

/** With the smallest exponent whose mantissa fits, which keeps the most digits. @throws RangeError when nothing fits */
export function encodeLinear11(value: number): number {
  if (value === 0) return 0; // any exponent would do; this is how everyone writes it
  for (let exponent = EXPONENT.min; exponent <= EXPONENT.max; exponent += 1) {
    const mantissa = Math.round(value / 2 ** exponent);
    if (Math.abs(mantissa) <= MAX_MANTISSA) return ((exponent & 0x1f) << 11) | (mantissa & 0x7ff);
  }
  throw new RangeError(`${value} does not fit SLINEAR11`);
}

/** ULINEAR16 with the exponent −9 that TPS546 regulators start with: 1/512 V. */
export function encodeVolts(volts: number): number {
  return Math.round(volts * 512);
}

export function decodeVolts(word: number): number {
  return word / 512;
}
