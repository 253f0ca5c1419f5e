import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ALBEvent } from 'aws-lambda';
import fc from 'fast-check';
import { albEvent, type TestRequest } from '../support/alb-event.ts';
import { createKey } from '../support/keys.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { createWorld, type World } from '../support/world.ts';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';
const ID = '1-67891233-abcdef012345678912345678';

let bytes = '';
let upstream: RawServer;
let world: World;
beforeAll(async () => {
  upstream = await startRawServer(async ({ request, socket }) => {
    await request();
    socket.end(bytes, 'latin1');
  });
  world = createWorld(createKey());
  world.parameters.upstream = upstream.url.origin;
});
afterAll(() => upstream.close());

/** The event of a target group without multi-value headers, which contains the last of several equal fields. */
function singleValued({
  multiValueHeaders = {},
  multiValueQueryStringParameters: _,
  ...event
}: ALBEvent): ALBEvent {
  const last = Object.entries(multiValueHeaders).map(([name, values]) => [name, values?.at(-1)]);
  return { ...event, headers: Object.fromEntries(last), queryStringParameters: {} };
}

/** The fields that a client gets, by their names in lower case. */
async function fieldsOf(event: ALBEvent) {
  const { headers, multiValueHeaders } = await world.handle(event);
  const entries = Object.entries(multiValueHeaders ?? headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => [name.toLowerCase(), String(value)] as const),
  );
  return (name: string) => entries.filter(([key]) => key === name).map(([, value]) => value);
}

const grant = fc.constantFrom('*', EVIL, APP, 'true', 'null');
const field = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...['Access-Control-Allow-Origin', 'ACCESS-control-ALLOW-origin', 'Access-Control_Allow-Origin'],
      ...['Access-Control-Allow-Origin ', 'Access-Control-Allow-Credentials', 'Access-Control-'],
      ...['X-Request-Id', '__proto__', 'Trailer', 'Set-Cookie'],
    ),
    grant,
  ),
  fc.tuple(fc.constantFrom('Vary', 'vary'), fc.constantFrom('*', 'Accept, *', 'origin', 'Cookie, ,', '')),
  fc.tuple(fc.constant('Connection'), fc.constantFrom('vary', 'access-control-allow-origin, x-request-id')),
  fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 10 })),
);
const upstreams = fc.record({
  fields: fc.array(fc.tuple(field, fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\n ', '\r')), {
    maxLength: 6,
  }),
  status: fc.constantFrom(
    '200 OK',
    '204 No Content',
    '304 Not Modified',
    '302 Found',
    '401 No',
    '500 No',
    '101 No',
  ),
});
const requests = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST'),
  origin: fc.constantFrom(undefined, APP, EVIL, 'null', '*', `${APP}, ${EVIL}`),
  announced: fc.boolean(),
  single: fc.boolean(),
});

test('whatever an upstream sends, in whatever form the response goes out: only the policy grants', async () => {
  await fc.assert(
    fc.asyncProperty(
      upstreams,
      requests,
      fc.constantFrom<[object, (origin: string | undefined) => readonly string[]]>(
        [{ origins: [APP] }, (origin) => (origin === APP ? [APP] : [])],
        [{ origins: ['*'] }, (origin) => (origin === APP || origin === EVIL ? ['*'] : [])],
      ),
      async ({ fields, status }, { method, origin, announced, single }, [cors, granted]) => {
        world.parameters.policy = JSON.stringify({
          cors,
          routes: [{ path: '/*', onUnauthenticatedRequest: 'allow' }],
        });
        world.advance(120);
        const lines = fields.map(([[name, value], end]) => `${name}:${value}${end}`).join('');
        bytes = `HTTP/1.1 ${status}\r\n${lines}Connection: close\r\n\r\n`;
        const headers: TestRequest['headers'] = {
          'x-amzn-trace-id': `Root=${ID}`,
          ...(origin !== undefined && { origin }),
          ...(announced && { 'access-control-request-method': 'PUT' }),
        };
        const before = upstream.requests.length;
        const event = albEvent({ method, headers });
        const fieldOf = await fieldsOf(single ? singleValued(event) : event);
        expect(fieldOf('access-control-allow-origin')).toEqual(granted(origin));
        expect(fieldOf('access-control-allow-credentials')).toEqual([]);
        expect(fieldOf('vary')).toEqual([expect.stringMatching(/(?:^|, )(?:\*|origin)(?:,|$)/i)]);
        expect(fieldOf('x-request-id')).toEqual([ID]);
        expect(world.decisions.at(-1)?.request.requestId).toBe(ID);
        const sent = upstream.requests.slice(before);
        const isPreflight = method === 'OPTIONS' && announced && origin !== undefined;
        expect(sent).toHaveLength(isPreflight ? 0 : 1);
        for (const text of sent) expect(text.match(/^x-request-id: .*$/gim)).toEqual([`x-request-id: ${ID}`]);
        expect(world.bugs).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
