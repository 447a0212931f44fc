/**
 * The handshake computed a second time, straight down the page, from node:crypto and plain bigints: it shares no line and
 * no library with core/noise, so that both agreeing is evidence. Slow, and for tests only.
 */
import { createCipheriv, createECDH, createHash, createHmac } from 'node:crypto';

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G: Point = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
];
/** The square root of −3 that is a square itself. */
const ROOT_OF_MINUS_3 = 0xa2d2ba93507f1df233770c2a797962cc61f6d15da14ecd47d8d27ae1cd5f852n;

type Point = readonly [x: bigint, y: bigint] | undefined;

const mod = (value: bigint, modulus = P): bigint => ((value % modulus) + modulus) % modulus;
const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytes32 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
const u8 = (...values: number[]): Buffer => Buffer.from(values);
const EMPTY = Buffer.alloc(0);

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

/** Extended Euclid. */
function divide(a: bigint, b: bigint): bigint {
  let [high, low, coefficient, next] = [P, mod(b), 0n, 1n];
  while (low > 0n) {
    const quotient = high / low;
    [high, low] = [low, high - quotient * low];
    [coefficient, next] = [next, coefficient - quotient * next];
  }
  return mod(a * coefficient);
}

const curve = (x: bigint): bigint => mod(x ** 3n + 7n);
const isOnCurve = (x: bigint): boolean => power(curve(x), (P - 1n) / 2n) === 1n;

function add(a: Point, b: Point): Point {
  if (a === undefined || b === undefined) return a ?? b;
  if (a[0] === b[0] && mod(a[1] + b[1]) === 0n) return undefined;
  const slope = a[0] === b[0] ? divide(3n * a[0] * a[0], 2n * a[1]) : divide(b[1] - a[1], b[0] - a[0]);
  const x = mod(slope * slope - a[0] - b[0]);
  return [x, mod(slope * (a[0] - x) - a[1])];
}

function times(point: Point, scalar: bigint): Point {
  let [result, double]: [Point, Point] = [undefined, point];
  for (let left = scalar; left > 0n; left >>= 1n) {
    if (left & 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}

function evenPoint(x: bigint): Point {
  const y = power(curve(x), (P + 1n) / 4n);
  return [x, y % 2n === 0n ? y : P - y];
}

/** BIP 324's XSwiftEC: 32 bytes of x. */
export function xOfEncoding(encoding: Uint8Array): Buffer {
  const u = mod(big(encoding.subarray(0, 32))) || 1n;
  let t = mod(big(encoding.subarray(32))) || 1n;
  if (mod(curve(u) + t * t) === 0n) t = mod(2n * t);
  const x = divide(curve(u) - t * t, 2n * t);
  const y = divide(x + t, ROOT_OF_MINUS_3 * u);
  const candidates = [mod(u + 4n * y * y), divide(divide(-x, y) - u, 2n), divide(divide(x, y) - u, 2n)];
  return bytes32(candidates.find(isOnCurve) as bigint);
}

/** 32 bytes of x of a secret's public key. */
export function xOfSecret(secret: Uint8Array): Buffer {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(secret);
  return ecdh.getPublicKey().subarray(1, 33);
}

/** Whether the y coordinate of a secret's public key is odd. */
export function hasOddY(secret: Uint8Array): boolean {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(secret);
  return (ecdh.getPublicKey()[64] as number) % 2 === 1;
}

function sharedSecret(secret: Uint8Array, theirs: Uint8Array, initiator: Uint8Array, responder: Uint8Array): Buffer {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(secret);
  const x = ecdh.computeSecret(Buffer.concat([u8(2), xOfEncoding(theirs)]));
  const tag = sha256(Buffer.from('bip324_ellswift_xonly_ecdh'));
  return sha256(tag, tag, initiator, responder, x);
}

/** BIP 340 verification. */
export function verifies(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const tag = sha256(Buffer.from('BIP0340/challenge'));
  const [r, s] = [signature.subarray(0, 32), big(signature.subarray(32))];
  const challenge = mod(big(sha256(tag, tag, r, key, message)), N);
  const point = add(times(G, s), times(evenPoint(big(key)), mod(-challenge, N)));
  return point !== undefined && point[1] % 2n === 0n && point[0] === big(r);
}

/** What a certificate's signature covers (NOI-16). */
export function certificateDigest(certificate: Uint8Array, staticEncoding: Uint8Array): Buffer {
  return sha256(certificate.subarray(0, 10), xOfEncoding(staticEncoding));
}

/** IETF ChaCha20-Poly1305 under the nonce of `counter`. */
export function seal(key: Uint8Array, counter: bigint, associated: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(counter, 4);
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(associated, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

export interface Keys {
  readonly secret: Uint8Array;
  readonly encoding: Uint8Array;
}

/** Act 2 and the session, from the three key pairs and the certificate, as the responder computes them. */
export function recompute(e: Keys, re: Keys, rs: Keys, certificate: Uint8Array): Recomputed {
  let ck = sha256(Buffer.from('Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256'));
  let h = sha256(ck);
  h = sha256(h, e.encoding);
  h = sha256(h);
  h = sha256(h, re.encoding);
  let t = hmac(ck, sharedSecret(re.secret, e.encoding, e.encoding, re.encoding));
  ck = hmac(t, u8(1));
  const sealedStatic = seal(hmac(t, ck, u8(2)), 0n, h, rs.encoding);
  h = sha256(h, sealedStatic);
  t = hmac(ck, sharedSecret(rs.secret, e.encoding, e.encoding, rs.encoding));
  ck = hmac(t, u8(1));
  const sealedCertificate = seal(hmac(t, ck, u8(2)), 0n, h, certificate);
  h = sha256(h, sealedCertificate);
  t = hmac(ck, EMPTY);
  const first = hmac(t, u8(1));
  return {
    act2: Buffer.concat([re.encoding, sealedStatic, sealedCertificate]),
    handshakeHash: h,
    chainingKey: ck,
    keys: { initiator: first, responder: hmac(t, first, u8(2)) },
  };
}

export interface Recomputed {
  readonly act2: Uint8Array;
  readonly handshakeHash: Uint8Array;
  readonly chainingKey: Uint8Array;
  /** By who sends with it. */
  readonly keys: { readonly initiator: Uint8Array; readonly responder: Uint8Array };
}

/** A sealed frame whose header uses counter `counter`; the payload must fit one chunk. */
export function sealFrame(key: Uint8Array, counter: bigint, header: Uint8Array, payload: Uint8Array): Buffer {
  return Buffer.concat([seal(key, counter, EMPTY, header), seal(key, counter + 1n, EMPTY, payload)]);
}
