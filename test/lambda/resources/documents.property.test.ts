import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createKey } from '../../support/keys.ts';
import { refusedUrl } from '../../support/raw-server.ts';
import { under, WELL_KNOWN, withoutRequestId } from '../../support/resources.ts';
import { createWorld, type World } from '../../support/world.ts';

const RESOURCES = [
  { resource: 'https://api.example.com/mcp', path: '/mcp/*', scopes: ['tools'] },
  { resource: 'https://api.example.com/mcp/admin', path: '/admin/*', name: 'Admin' },
  { resource: 'https://other.example.com/Orders', path: '/orders/*' },
  { resource: 'https://api.example.com', path: '/*' },
];
const DOCUMENTS = new Map([
  [`${WELL_KNOWN}/mcp`, 0],
  [`${WELL_KNOWN}/mcp/admin`, 1],
  [`${WELL_KNOWN}/Orders`, 2],
  [WELL_KNOWN, 3],
]);

let world: World;
const plain = new Map<string, unknown>();
beforeAll(async () => {
  world = under(createWorld(createKey()), {
    routes: [{ path: '/*', methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] }],
    resources: RESOURCES,
  });
  // A forwarded request would get a 502.
  world.parameters.upstream = (await refusedUrl()).origin;
  for (const [target, index] of DOCUMENTS) {
    const response = withoutRequestId(await world.call({ target }));
    expect(response).toMatchObject({ status: 200, body: { resource: RESOURCES[index]?.resource } });
    plain.set(target, response);
  }
});

const text = fc.string({ unit: fc.constantFrom(...'abc.:/-_,;=*"%0'), maxLength: 20 });
const fields = fc.dictionary(
  fc.constantFrom(
    ...['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for', 'forwarded'],
    ...[
      'x-original-url',
      'x-rewrite-url',
      'x-http-method-override',
      'origin',
      'authorization',
      'cookie',
      'accept',
    ],
    ...[
      'accept-language',
      'if-none-match',
      'if-modified-since',
      'range',
      'mcp-protocol-version',
      'via',
      'te',
    ],
  ),
  fc.oneof(
    text,
    fc.constantFrom('evil.example', 'other.example.com', 'https', '*', 'bytes=0-1', 'POST', '/mcp'),
  ),
);
const query = fc.oneof(
  fc.constant(''),
  text.map((some) => `?${encodeURI(some)}`),
  fc.constant('?resource=evil'),
);

test('nothing in a request but its path changes a document', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DOCUMENTS.keys()),
      fields,
      query,
      text,
      async (target, headers, more, body) => {
        const response = await world.call({ target: target + more, headers, body });
        expect(withoutRequestId(response)).toEqual(plain.get(target));
      },
    ),
    { numRuns: 500 },
  );
  expect(world.bugs).toEqual([]);
});

test('no path but its own serves a document', async () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'mcp',
      'admin',
      'Orders',
      'orders',
      'MCP',
      'x',
      '',
      '..',
      '.',
      '*',
      '%2e',
      'mcp%2Fadmin',
      'mcp;a',
    ),
    fc.constantFrom(
      '.well-known',
      'oauth-protected-resource',
      'OAuth-Protected-Resource',
      'm%63p',
      'mcp.json',
    ),
  );
  const paths = fc
    .tuple(fc.constantFrom(WELL_KNOWN, '', '/mcp', `/x/..${WELL_KNOWN}`), fc.array(segment, { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest].join('/') || '/');
  await fc.assert(
    fc.asyncProperty(paths, fields, async (target, headers) => {
      const { status, body } = await world.call({ target, headers });
      const index = DOCUMENTS.get(target);
      if (index === undefined) expect(status).toBeGreaterThanOrEqual(400);
      else expect(body).toEqual({ ...(body as object), resource: RESOURCES[index]?.resource });
    }),
    { numRuns: 1000 },
  );
  expect(world.bugs).toEqual([]);
});
