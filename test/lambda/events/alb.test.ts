import { describe, expect, test } from '@jest/globals';
import type { ALBEvent } from 'aws-lambda';
import type { HttpResponse } from '../../../lambda/core/http/message.ts';
import { MAX_ALB_RESPONSE_BYTES, requestFromAlb, responseToAlb } from '../../../lambda/events/alb.ts';
import { albEvent } from '../../support/alb-event.ts';

const eventOf = (overrides: object = {}): ALBEvent => ({ ...albEvent(), ...overrides }) as ALBEvent;
/** An event of a target group without multi-value headers. */
const singleEventOf = (overrides: object = {}): ALBEvent => {
  const { multiValueHeaders: _h, multiValueQueryStringParameters: _q, ...rest } = albEvent();
  return { ...rest, headers: {}, queryStringParameters: {}, ...overrides } as ALBEvent;
};
const responseOf = (overrides: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: [['content-type', 'text/plain']],
  body: Buffer.from('ok'),
  ...overrides,
});
const json = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('the request of an event', () => {
  test('has method, path and every header field, lower-case, in order, none joined', () => {
    const multiValueHeaders = { Accept: ['a', 'b'], 'X-One': ['1'], 'x-none': [] };
    expect(requestFromAlb(eventOf({ httpMethod: 'PATCH', path: '/api/%41', multiValueHeaders }))).toEqual({
      method: 'PATCH',
      path: '/api/%41',
      query: '',
      headers: [
        ['accept', 'a'],
        ['accept', 'b'],
        ['x-one', '1'],
      ],
      body: Buffer.alloc(0),
    });
  });
  test('has two fields if a name comes in two spellings', () => {
    const multiValueHeaders = { Authorization: ['Bearer a'], authorization: ['Bearer b'] };
    expect(requestFromAlb(eventOf({ multiValueHeaders })).headers).toHaveLength(2);
  });
  test('has the query as it came, still encoded, lists in their order', () => {
    const multiValueQueryStringParameters = { a: ['1', '%20', 'x=y'], 'b%5B%5D': ['+'], flag: [''] };
    expect(requestFromAlb(eventOf({ multiValueQueryStringParameters })).query).toBe(
      'a=1&a=%20&a=x=y&b%5B%5D=+&flag=',
    );
  });
  test('is the same without multi-value headers, where only the last of equal fields arrives', () => {
    const event = singleEventOf({
      headers: { Accept: 'a', 'X-Undefined': undefined },
      queryStringParameters: { a: '%20', b: undefined },
    });
    expect(requestFromAlb(event)).toMatchObject({ headers: [['accept', 'a']], query: 'a=%20' });
  });
  test('uses the lists if both maps are present', () => {
    const event = eventOf({
      headers: { authorization: 'Bearer last' },
      multiValueHeaders: { authorization: ['Bearer first', 'Bearer last'] },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
    });
    expect(requestFromAlb(event)).toMatchObject({
      headers: [
        ['authorization', 'Bearer first'],
        ['authorization', 'Bearer last'],
      ],
      query: 'a=1&a=2',
    });
  });
  test.each([null, undefined])('is empty if maps and body are %p', (absent) => {
    const event = singleEventOf({ headers: absent, queryStringParameters: absent, body: absent });
    expect(requestFromAlb(event)).toMatchObject({ headers: [], query: '', body: Buffer.alloc(0) });
  });
  test('has only its agent for a health check', () => {
    const event = singleEventOf({ headers: { 'user-agent': 'ELB-HealthChecker/2.0' }, body: '' });
    expect(requestFromAlb(event).headers).toEqual([['user-agent', 'ELB-HealthChecker/2.0']]);
  });
  test('has the bytes of the body, from base64 or from text', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const event = eventOf({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(requestFromAlb(event).body).toEqual(bytes);
    expect(requestFromAlb(eventOf({ body: 'é😀' })).body).toEqual(Buffer.from('é😀'));
    expect(requestFromAlb(eventOf({ body: 'aGk=' })).body).toEqual(Buffer.from('aGk='));
  });
  test('treats __proto__ as an ordinary name', () => {
    const event = eventOf({ multiValueHeaders: JSON.parse('{"__proto__":["x"],"constructor":["y"]}') });
    expect(requestFromAlb(event).headers).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('the response to an event', () => {
  test('has lists of header fields if the event does, Set-Cookie by Set-Cookie', () => {
    const headers = [
      ['set-cookie', 'a=1'],
      ['content-type', 'text/plain'],
      ['set-cookie', 'b=2, c'],
      ['vary', 'a'],
      ['vary', 'b'],
    ] as const;
    expect(responseToAlb(responseOf({ headers }), eventOf())).toEqual({
      statusCode: 200,
      multiValueHeaders: {
        'set-cookie': ['a=1', 'b=2, c'],
        'content-type': ['text/plain'],
        vary: ['a', 'b'],
      },
      body: 'ok',
      isBase64Encoded: false,
    });
    expect(responseToAlb(responseOf({ headers }), singleEventOf())).toMatchObject({
      headers: { 'set-cookie': 'b=2, c', 'content-type': 'text/plain', vary: 'a, b' },
    });
  });
  test('treats a header field named __proto__ as an ordinary field', () => {
    const headers = [['__proto__', 'x']] as const;
    const lists = responseToAlb(responseOf({ headers }), eventOf())?.multiValueHeaders;
    expect(JSON.stringify(lists)).toBe('{"__proto__":["x"]}');
    const singles = responseToAlb(responseOf({ headers }), singleEventOf())?.headers;
    expect(JSON.stringify(singles)).toBe('{"__proto__":"x"}');
  });
  test.each([
    ['text/html', false],
    ['TEXT/HTML; charset=utf-8', false],
    ['application/json', false],
    ['application/problem+json', false],
    ['application/vnd.api+json; charset=utf-8', false],
    ['application/octet-stream', true],
    ['application/jsonish', true],
    ['image/svg+xml', true],
    [undefined, true],
  ])('of type %s has its body in base64: %p', (type, base64) => {
    const headers = type === undefined ? [] : ([['content-type', type]] as const);
    expect(responseToAlb(responseOf({ headers }), eventOf())).toMatchObject({
      isBase64Encoded: base64,
      body: base64 ? 'b2s=' : 'ok',
    });
  });
  test('has its body in base64 if it is compressed, or not UTF-8', () => {
    const compressed = responseOf({
      headers: [
        ['content-type', 'text/plain'],
        ['content-encoding', 'gzip'],
      ],
    });
    expect(responseToAlb(compressed, eventOf())).toMatchObject({ isBase64Encoded: true });
    const latin1 = responseOf({ body: Buffer.from([0xe9]) });
    expect(responseToAlb(latin1, eventOf())).toMatchObject({ isBase64Encoded: true, body: '6Q==' });
  });
  test('keeps every byte of a view into a larger buffer', () => {
    const body = new Uint8Array(Buffer.from('xxokxx')).subarray(2, 4);
    expect(responseToAlb(responseOf({ body }), eventOf())).toMatchObject({ body: 'ok' });
  });
});

describe("a response over the load balancer's limit is rejected", () => {
  test('by its header, to the byte', () => {
    const withHeader = (bytes: number) =>
      responseToAlb(responseOf({ headers: [['x-a', 'x'.repeat(bytes - 'x-a: \r\n'.length)]] }), eventOf());
    expect(withHeader(32 * 1024)).toBeDefined();
    expect(withHeader(32 * 1024 + 1)).toBeUndefined();
  });
  const largest = (body: (length: number) => Buffer, headers: HttpResponse['headers']): number => {
    let [good, bad] = [0, 2 * MAX_ALB_RESPONSE_BYTES];
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const result = responseToAlb(responseOf({ headers, body: body(middle) }), eventOf());
      if (result === undefined) bad = middle;
      else good = middle;
    }
    const result = responseToAlb(responseOf({ headers, body: body(good) }), eventOf());
    expect(json(result)).toBeLessThanOrEqual(MAX_ALB_RESPONSE_BYTES);
    return good;
  };
  test.each([
    ['text', 'x', 1, 'text/plain'],
    ['text that JSON escapes', '"', 2, 'text/plain'],
    ['text that JSON escapes at length', '\u0001', 6, 'text/plain'],
    ['text of several bytes per character', '€', 1, 'text/plain'],
    ['bytes', 'x', 4 / 3, 'application/octet-stream'],
  ])('%s is measured as JSON, to the byte', (_, unit, factor, type) => {
    const bytesOf = (length: number) => Buffer.from(unit.repeat(length / Buffer.byteLength(unit)));
    const limit = largest(bytesOf, [['content-type', type]]);
    expect(limit * factor).toBeGreaterThan(MAX_ALB_RESPONSE_BYTES - 200);
  });
});
