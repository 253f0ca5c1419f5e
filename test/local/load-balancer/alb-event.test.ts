import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildAlbEvent,
  countForwardedAddresses,
  type EventOptions,
  type ReceivedRequest,
} from '../../../local/load-balancer/alb-event.ts';

const options: EventOptions = {
  targetGroupArn: 'arn:tg',
  multiValueHeaders: true,
  dropInvalidHeaderFields: true,
  now: 1_790_000_000,
};
const build = (request: Partial<ReceivedRequest>, changes: Partial<EventOptions> = {}) =>
  buildAlbEvent(
    {
      method: 'GET',
      path: '/api/x',
      query: '',
      headers: [],
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
      port: 8080,
      ...request,
    },
    { ...options, ...changes },
  );

describe('query', () => {
  test('stays encoded, with duplicates in order', () => {
    const { multiValueQueryStringParameters } = build({ query: 'a=1%20&b=%2B&a=+2&flag&e==' });
    expect(multiValueQueryStringParameters).toEqual({ a: ['1%20', '+2'], b: ['%2B'], flag: [''], e: ['='] });
  });

  test('keeps the last duplicate in single-value mode', () => {
    const event = build({ query: 'a=1&a=2' }, { multiValueHeaders: false });
    expect(event.queryStringParameters).toEqual({ a: '2' });
    expect(event).not.toHaveProperty('multiValueQueryStringParameters');
  });

  test('may name __proto__', () => {
    const json = JSON.stringify(build({ query: '__proto__=1' }));
    expect(json).toContain('"__proto__":["1"]');
  });
});

describe('headers', () => {
  test('are lists under lower-case names', () => {
    const { multiValueHeaders } = build({ headers: [['Authorization', 'a'], ['AUTHORIZATION', 'b']] }); // biome-ignore format: one line
    expect(multiValueHeaders?.authorization).toEqual(['a', 'b']);
  });

  test('keep the last duplicate if the target group has single values', () => {
    const { headers } = build(
      { headers: [['X-A', '1'], ['x-a', '2']] }, // biome-ignore format: one line
      { multiValueHeaders: false },
    );
    expect(headers?.['x-a']).toBe('2');
  });

  test('get the forwarding headers and a trace id', () => {
    expect(build({}).multiValueHeaders).toEqual({
      'x-forwarded-for': ['127.0.0.1'],
      'x-forwarded-port': ['8080'],
      'x-forwarded-proto': ['http'],
      'x-amzn-trace-id': [expect.stringMatching(/^Root=1-6ab13b80-[0-9a-f]{24}$/)],
    });
  });

  test("append the client's address to X-Forwarded-For and replace port and protocol", () => {
    const { multiValueHeaders } = build({
      headers: [['X-Forwarded-For', '10.0.0.1'], ['X-Forwarded-For', '10.0.0.2'], ['X-Forwarded-Proto', 'https']], // biome-ignore format: one line
    });
    expect(multiValueHeaders?.['x-forwarded-for']).toEqual(['10.0.0.1, 10.0.0.2, 127.0.0.1']);
    expect(multiValueHeaders?.['x-forwarded-proto']).toEqual(['http']);
  });

  test("keep a client's trace id and add a Self field", () => {
    const { multiValueHeaders } = build({ headers: [['X-Amzn-Trace-Id', 'Root=1-67891233-abc;Lineage=x']] });
    expect(multiValueHeaders?.['x-amzn-trace-id']?.[0]).toMatch(
      /^Self=1-[^;]+;Root=1-67891233-abc;Lineage=x$/,
    );
  });

  test('with invalid names are dropped if the load balancer says so', () => {
    const sent = { headers: [['X_JWT_Subject', 'root']] as const };
    expect(build(sent).multiValueHeaders).not.toHaveProperty('x_jwt_subject');
    expect(build(sent, { dropInvalidHeaderFields: false }).multiValueHeaders).toHaveProperty('x_jwt_subject');
  });
});

describe('body', () => {
  const body = Buffer.from('{"é":1}');
  test.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['Text/Plain', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/problem+json', true],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
  ])('of type %s: base64 is %s', (type, expected) => {
    const event = build({ body, headers: [['Content-Type', type]] });
    expect(event.isBase64Encoded).toBe(expected);
    expect(Buffer.from(event.body, expected ? 'base64' : 'utf8')).toEqual(body);
  });

  test('of no type, or with a content encoding, is base64', () => {
    expect(build({ body }).isBase64Encoded).toBe(true);
    const headers = [['Content-Type', 'text/plain'], ['Content-Encoding', 'gzip']] as const; // biome-ignore format: one line
    expect(build({ body, headers }).isBase64Encoded).toBe(true);
  });

  test('that is empty is an empty text', () => {
    expect(build({})).toMatchObject({ body: '', isBase64Encoded: false });
  });

  test('keeps every byte through JSON, whatever its type', () => {
    const types = fc.constantFrom(
      'text/plain',
      'application/json',
      'image/png',
      'text/plain; charset=latin1',
    );
    fc.assert(
      fc.property(fc.uint8Array(), types, (bytes, type) => {
        const sent = build({ body: Buffer.from(bytes), headers: [['content-type', type]] });
        const event = JSON.parse(JSON.stringify(sent)) as typeof sent;
        const got = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
        expect(got.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });
});

test('the path is as sent', () => {
  expect(build({ path: '/api/../%2e//x' }).path).toBe('/api/../%2e//x');
});

test('forwarded addresses are counted over all header lines', () => {
  expect(countForwardedAddresses([])).toBe(0);
  expect(countForwardedAddresses([['X-Forwarded-For', '1.1.1.1, 2.2.2.2'], ['x-forwarded-for', '3.3.3.3']])).toBe(3); // biome-ignore format: one line
});
