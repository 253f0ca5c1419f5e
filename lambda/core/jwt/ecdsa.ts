const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** From this length on, DER says first how many bytes the length takes (X.690 §8.1.3.5). */
const LONG_FORM = 0x80;

/**
 * The ECDSA-Sig-Value (RFC 3279 §2.2.3) in DER, which is OpenSSL's own form, of the two integers r‖s of equal
 * length that a JWS has (RFC 7518 §3.4).
 */
export function ecdsaSignatureValue(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const integers = Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]);
  const { length } = integers;
  const head = length < LONG_FORM ? [SEQUENCE, length] : [SEQUENCE, LONG_FORM | 1, length];
  return Buffer.concat([Buffer.from(head), integers]);
}

/** A non-negative integer (X.690 §8.3): as short as it can be, with a zero before what would be a sign. */
function derInteger(magnitude: Buffer): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([INTEGER, sign.length + digits.length, ...sign]), digits]);
}
