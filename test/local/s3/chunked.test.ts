import { describe, expect, test } from '@jest/globals';
import { decodeChunked } from '../../../local/s3/chunked.ts';

const decode = (text: string) => decodeChunked(Buffer.from(text, 'latin1')).toString('latin1');

describe('a body in aws-chunked', () => {
  test.each([
    ['has its chunks joined', '3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n', 'abc0123456789'],
    ['loses its trailing checksum', '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n', 'abc'],
    ['loses its signatures', '3;chunk-signature=00ff\r\nabc\r\n0;chunk-signature=ff\r\n\r\n', 'abc'],
    ['keeps what looks like a chunk', '5\r\n0\r\n\r\n\r\n0\r\n\r\n', '0\r\n\r\n'],
    ['may be empty', '0\r\n\r\n', ''],
  ])('%s', (_, body, bytes) => {
    expect(decode(body)).toBe(bytes);
  });

  test.each([
    '',
    'abc',
    '3\r\nab',
    '3\r\nabc',
    '3\r\nabcd\r\n0\r\n\r\n',
    'x\r\n\r\n',
    '-1\r\n\r\n',
    '3\r\nabc\r\n',
  ])('that ends early or is malformed is rejected: %j', (body) => {
    expect(() => decode(body)).toThrow('terminated unexpectedly');
  });
});
