/** Small schemas that every kind of vector shares. Hex becomes bytes while it is read. */
import * as z from 'zod';
import { fromHex } from '../../core/bytes.ts';

const U32_MAX = 0xffffffff;

export const hex = z
  .string()
  .regex(/^([0-9a-fA-F]{2})*$/, 'must be hexadecimal, two digits a byte')
  .transform(fromHex);
export const bytes32 = hex.refine((bytes) => bytes.length === 32, 'must have 32 bytes');
export const u32 = z.int().min(0).max(U32_MAX);
export const name = z.string().min(1);
