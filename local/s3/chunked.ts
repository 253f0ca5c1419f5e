import { S3Error } from './s3-error.ts';

/**
 * Decodes a body of content encoding `aws-chunked`: each chunk begins with its size in hexadecimal and perhaps a
 * signature; trailing fields with a checksum follow the last one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeChunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let offset = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', offset);
    const [, hex] =
      /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(body.toString('latin1', offset, Math.max(offset, lineEnd))) ?? [];
    if (lineEnd < 0 || hex === undefined) throw new S3Error('IncompleteBody');
    const size = Number.parseInt(hex, 16);
    if (size === 0) return Buffer.concat(chunks);
    const start = lineEnd + 2;
    const end = start + size;
    if (body.toString('latin1', end, end + 2) !== '\r\n') throw new S3Error('IncompleteBody');
    chunks.push(body.subarray(start, end));
    offset = end + 2;
  }
}
