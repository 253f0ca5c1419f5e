const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** From this length on, DER first says how many bytes the length takes (X.690 §8.1.3.5). */
const LONG_FORM = 0x80;

/**
 * Converts the two integers r‖s of equal length in a JWS (RFC 7518 §3.4) into an ECDSA-Sig-Value in DER (RFC 3279
 * §2.2.3), which is OpenSSL's own form.
 */
export function ecdsaSignatureValue(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const r = integerAt(raw, 0, half);
  const s = integerAt(raw, half, raw.length);
  const length = 4 + r.length + s.length;
  const value = Buffer.allocUnsafe(3 + length);
  let end = value.writeUInt8(SEQUENCE);
  if (length >= LONG_FORM) end = value.writeUInt8(LONG_FORM | 1, end);
  end = value.writeUInt8(length, end);
  for (const integer of [r, s]) end = writeInteger(value, end, raw, integer);
  return value.subarray(0, end);
}

/** A non-negative integer among bytes: where its digits are, and how many bytes it takes in DER. */
interface Integer {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/** As short as possible, with a zero in front if it would otherwise look negative (X.690 §8.3). */
function integerAt(bytes: Buffer, from: number, end: number): Integer {
  let start = from;
  while (start < end - 1 && bytes[start] === 0) start++;
  const sign = (bytes[start] ?? 0) >= 0x80 ? 1 : 0;
  return { start, end, length: sign + end - start };
}

function writeInteger(target: Buffer, at: number, bytes: Buffer, { start, end, length }: Integer): number {
  let next = target.writeUInt8(length, target.writeUInt8(INTEGER, at));
  if (length > end - start) next = target.writeUInt8(0, next);
  return next + bytes.copy(target, next, start, end);
}
