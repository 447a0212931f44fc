/** BIP 34: the coinbase script begins with the block's height as a minimal script push. */

/** The bytes that Bitcoin Core expects for `height`: OP_0, OP_1…OP_16, then length and little-endian number. */
export function heightPush(height: number): Uint8Array {
  if (!Number.isSafeInteger(height) || height < 0) throw new RangeError('a height is a whole number');
  if (height === 0) return Uint8Array.of(0x00);
  if (height <= 16) return Uint8Array.of(0x50 + height);
  const number: number[] = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) number.push(rest % 256);
  // Script numbers are signed: a set top bit would read as negative.
  if ((number.at(-1) as number) >= 0x80) number.push(0);
  return Uint8Array.of(number.length, ...number);
}

/** The height that a coinbase script begins with; undefined when it begins with none. */
export function heightOf(script: Uint8Array): number | undefined {
  const opcode = script[0];
  if (opcode === undefined) return undefined;
  if (opcode === 0) return 0;
  if (opcode > 0x50 && opcode <= 0x60) return opcode - 0x50;
  // Five bytes hold every height there will ever be, and longer ones would not fit a number.
  if (opcode > 5 || script.length < 1 + opcode) return undefined;
  let height = 0;
  for (let index = opcode; index > 0; index -= 1) height = height * 256 + (script[index] as number);
  return (script[opcode] as number) >= 0x80 ? undefined : height;
}
