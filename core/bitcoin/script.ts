/** Output scripts that have an address, and how to tell them apart. Witness programs: BIP 141, BIP 341. */
import { concat } from '../bytes.ts';

export type ScriptKind = 'p2pkh' | 'p2sh' | 'p2wpkh' | 'p2wsh' | 'p2tr' | 'witness-future';

/** What a script pays to: a hash, or a witness program of some version. */
export type Payee =
  | { readonly kind: 'p2pkh' | 'p2sh'; readonly hash: Uint8Array }
  | { readonly kind: Exclude<ScriptKind, 'p2pkh' | 'p2sh'>; readonly version: number; readonly program: Uint8Array };

const HASH160_BYTES = 20;
const OP_1 = 0x51;
const OP_16 = 0x60;
const P2PKH_HEAD = Uint8Array.of(0x76, 0xa9, HASH160_BYTES); // OP_DUP OP_HASH160 push
const P2PKH_TAIL = Uint8Array.of(0x88, 0xac); // OP_EQUALVERIFY OP_CHECKSIG
const P2SH_HEAD = Uint8Array.of(0xa9, HASH160_BYTES); // OP_HASH160 push
const P2SH_TAIL = Uint8Array.of(0x87); // OP_EQUAL

/** The output script. */
export function scriptOf(payee: Payee): Uint8Array {
  if ('hash' in payee) {
    return payee.kind === 'p2pkh' ? concat(P2PKH_HEAD, payee.hash, P2PKH_TAIL) : concat(P2SH_HEAD, payee.hash, P2SH_TAIL);
  }
  const opcode = payee.version === 0 ? 0 : OP_1 + payee.version - 1;
  return concat(Uint8Array.of(opcode, payee.program.length), payee.program);
}

/** Whom a script pays, when it has an address. */
export function payeeOf(script: Uint8Array): Payee | undefined {
  if (framed(script, P2PKH_HEAD, P2PKH_TAIL)) return { kind: 'p2pkh', hash: script.slice(3, 23) };
  if (framed(script, P2SH_HEAD, P2SH_TAIL)) return { kind: 'p2sh', hash: script.slice(2, 22) };
  const opcode = script[0] ?? 0xff;
  if (opcode !== 0 && (opcode < OP_1 || opcode > OP_16)) return undefined;
  if (script[1] !== script.length - 2) return undefined;
  return witnessPayee(opcode === 0 ? 0 : opcode - OP_1 + 1, script.slice(2));
}

/** BIP 141: a program has 2 to 40 bytes, of version 0 exactly 20 or 32; undefined when it breaks that. */
export function witnessPayee(version: number, program: Uint8Array): Payee | undefined {
  if (version < 0 || version > 16 || program.length < 2 || program.length > 40) return undefined;
  if (version === 0 && program.length === 20) return { kind: 'p2wpkh', version, program };
  if (version === 0) return program.length === 32 ? { kind: 'p2wsh', version, program } : undefined;
  return { kind: version === 1 && program.length === 32 ? 'p2tr' : 'witness-future', version, program };
}

function framed(script: Uint8Array, head: Uint8Array, tail: Uint8Array): boolean {
  const tailAt = head.length + HASH160_BYTES;
  return (
    script.length === tailAt + tail.length &&
    head.every((byte, index) => script[index] === byte) &&
    tail.every((byte, index) => script[tailAt + index] === byte)
  );
}
