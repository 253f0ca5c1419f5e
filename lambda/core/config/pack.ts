import { gunzipSync, gzipSync } from 'node:zlib';
import { type Parsed, parsed, problem } from './parsed.ts';

/** How a packed value begins; base64 of gzip (RFC 1952) follows. */
const PREFIX = 'gz:';

/** Longest text that is unpacked, in bytes: far more than any real policy has, and far less than could do harm. */
export const MAX_UNPACKED_BYTES = 256 * 1024;

/** Packs a value to save room: SSM holds 4 KB, or 8 KB in its advanced tier. */
export function pack(text: string): string {
  return PREFIX + gzipSync(text, { level: 9 }).toString('base64');
}

/** Returns the text of a value, which may be packed, without white space around it. */
export function unpack(value: string): Parsed<string> {
  const whole = unpackWhole(value);
  return 'value' in whole ? parsed(whole.value.trim()) : whole;
}

/** The same with the white space, which counts for places in the text. */
export function unpackWhole(value: string): Parsed<string> {
  const packed = value.trim();
  if (!packed.startsWith(PREFIX)) return parsed(value);
  try {
    const bytes = Buffer.from(packed.slice(PREFIX.length), 'base64');
    return parsed(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8'));
  } catch {
    return problem(`is not "${PREFIX}" and base64 of gzip, or unpacks to over ${MAX_UNPACKED_BYTES} bytes`);
  }
}
