import { isUtf8 } from 'node:buffer';
import { spellingsOf } from '../http/forwarded-headers.ts';
import { type HeaderList, type HttpRequest, soleValue } from '../http/message.ts';

/** The text of a body that every server reads as the same JSON, or why the body is not one. */
export function jsonText({
  headers,
  body,
}: Pick<HttpRequest, 'headers' | 'body'>): Text | { problem: string } {
  const problem = framingProblem(headers);
  if (problem !== undefined) return { problem };
  if (!isUtf8(body)) return { problem: 'the body is not UTF-8' };
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  // RFC 8259 §8.1: some parsers ignore the mark, and others fail.
  return text.startsWith('\ufeff') ? { problem: 'the body begins with a byte order mark' } : { text };
}

interface Text {
  readonly text: string;
  readonly problem?: undefined;
}

/** Why servers might read different text from the same bytes. */
function framingProblem(headers: HeaderList): string | undefined {
  if (headers.some(([name]) => ENCODING.test(name))) return 'the body has a Content-Encoding';
  if (headers.some(([name]) => TYPE.test(name) && name !== 'content-type')) {
    return 'there is another spelling of Content-Type';
  }
  const type = soleValue(headers, 'content-type');
  return typeof type === 'string' && JSON_TYPE.test(type)
    ? undefined
    : 'Content-Type is not application/json in UTF-8';
}

const ENCODING = spellingsOf('content-encoding');
const TYPE = spellingsOf('content-type');

/**
 * Without a parameter the charset is UTF-8 (RFC 8259 §8.1). In another charset the same bytes can be another message.
 */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;
