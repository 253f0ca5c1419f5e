import { gunzipSync, gzipSync } from 'node:zlib';
import { type Parsed, parsed, problem } from './parsed.ts';

/** What a packed value begins with; base64 of gzip (RFC 1952) follows. */
const PREFIX = 'gz:';

/** Longest text that is unpacked, in bytes: far over any real policy, far under what could hurt. */
export const MAX_UNPACKED_BYTES = 256 * 1024;

/** A value in the form that takes less room: SSM holds 4 KB, or 8 KB in its advanced tier. */
export function pack(text: string): string {
  return PREFIX + gzipSync(text, { level: 9 }).toString('base64');
}

/** The text of a value that may be packed. */
export function unpack(value: string): Parsed<string> {
  if (!value.startsWith(PREFIX)) return parsed(value);
  try {
    const bytes = Buffer.from(value.slice(PREFIX.length), 'base64');
    return parsed(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8'));
  } catch {
    return problem(`is not "${PREFIX}" and base64 of gzip, or unpacks to over ${MAX_UNPACKED_BYTES} bytes`);
  }
}
