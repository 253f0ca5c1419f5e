import { describe, expect, test } from '@jest/globals';
import { LAMBDA_BODY_LIMIT, mapFunctionResponse } from '../../../local/load-balancer/alb-response.ts';

const map = (response: unknown, multiValueHeaders = true) =>
  mapFunctionResponse(Buffer.from(JSON.stringify(response)), { multiValueHeaders });
const responseFor = (response: unknown, multiValueHeaders = true) => {
  const mapped = map(response, multiValueHeaders);
  if (mapped.kind !== 'response') throw new Error(mapped.problem);
  return mapped.response;
};

describe('a response', () => {
  test('keeps several values of a header', () => {
    const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': ['text/plain'] };
    expect(responseFor({ statusCode: 200, multiValueHeaders: headers, body: 'x' })).toEqual({
      status: 200,
      reason: undefined,
      headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Content-Type', 'text/plain']], // biome-ignore format: one line
      body: Buffer.from('x'),
    });
  });

  test("takes headers only from the member of the target group's mode", () => {
    const both = { statusCode: 200, headers: { 'x-single': '1' }, multiValueHeaders: { 'x-multi': ['1'] } };
    expect(responseFor(both, true).headers).toEqual([['x-multi', '1']]);
    expect(responseFor(both, false).headers).toEqual([['x-single', '1']]);
  });

  test("drops hop-by-hop headers and the function's Content-Length", () => {
    const multiValueHeaders = {
      Connection: ['close'],
      'Content-Length': ['99'],
      'Transfer-Encoding': ['chunked'],
    };
    expect(responseFor({ statusCode: 200, multiValueHeaders }).headers).toEqual([]);
  });

  test('decodes base64, keeps the reason phrase, and adds a type to a body without one', () => {
    const response = { statusCode: 201, statusDescription: '201 Made', body: 'AP8=', isBase64Encoded: true };
    expect(responseFor(response)).toEqual({
      status: 201,
      reason: 'Made',
      headers: [['Content-Type', 'application/octet-stream']],
      body: Buffer.from([0, 255]),
    });
  });
});

describe('malformed is', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'hello'],
    ['no status', { body: 'x' }],
    ['a status in text', { statusCode: '200' }],
    ['an informational status', { statusCode: 101 }],
    ['a body that is not a string', { statusCode: 200, body: { a: 1 } }],
    ['a body that is not base64', { statusCode: 200, body: '%%', isBase64Encoded: true }],
    ['a header that is not a list', { statusCode: 200, multiValueHeaders: { a: 'b' } }],
    ['a line break in a header', { statusCode: 200, multiValueHeaders: { a: ['b\r\nc: d'] } }],
    ['a header name with a space', { statusCode: 200, multiValueHeaders: { 'a b': ['c'] } }],
    ['headers over 32 K', { statusCode: 200, multiValueHeaders: { a: ['x'.repeat(32 * 1024)] } }],
  ])('%s', (_, response) => {
    expect(map(response).kind).toBe('malformed');
  });

  test('response JSON over 1 MB, but not of exactly 1 MB', () => {
    const json = (length: number) => {
      const frame = JSON.stringify({ statusCode: 200, body: '' }).length;
      return Buffer.from(JSON.stringify({ statusCode: 200, body: 'x'.repeat(length - frame) }));
    };
    expect(mapFunctionResponse(json(LAMBDA_BODY_LIMIT), { multiValueHeaders: true }).kind).toBe('response');
    expect(mapFunctionResponse(json(LAMBDA_BODY_LIMIT + 1), { multiValueHeaders: true }).kind).toBe(
      'malformed',
    );
  });
});
