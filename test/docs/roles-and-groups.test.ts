import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createKey } from '../support/keys.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { createWorld } from '../support/world.ts';

const PAGE = readFileSync(new URL('../../docs/roles-and-groups.md', import.meta.url), 'utf8');
const exampleOf = (provider: string): string =>
  new RegExp(`<!-- roles: ${provider} -->\n\`\`\`json\n([^]*?)\`\`\``).exec(PAGE)?.[1] ?? '';

const key = createKey('ES256', 'first');
const GROUP = '3f2a1c5e-8d47-4b6a-9c11-5e0d7a924b18';
const INVOICES = 'https://invoices.example/api';

/** Claims that an example's route accepts, and similar ones that it does not. */
interface Tokens {
  readonly provider: string;
  readonly path: string;
  readonly allowed: readonly object[];
  readonly rejected: readonly object[];
}

const realm = (roles: unknown) => ({ realm_access: { roles } });
const client = (roles: Record<string, unknown>) => ({
  resource_access: Object.fromEntries(Object.entries(roles).map(([id, some]) => [id, { roles: some }])),
});

const CASES: readonly Tokens[] = [
  {
    provider: 'entra',
    path: '/api/orders/1',
    allowed: [{ roles: ['Orders.Write'] }, { roles: ['Reports.Read', 'Orders.Admin'] }],
    rejected: [
      {},
      { roles: [] },
      { roles: ['Orders.Read'] },
      { roles: ['orders.write'] },
      { roles: ['Orders.Write.All'] },
      { roles: ['Orders.Read Orders.Write'] },
      { roles: 'Orders.Read Orders.Write' },
      { groups: ['Orders.Write'] },
      { scp: 'Orders.Write' },
    ],
  },
  {
    provider: 'entra',
    path: '/api/reports/1',
    allowed: [{ groups: [GROUP] }, { groups: ['00000000-0000-0000-0000-000000000000', GROUP] }],
    rejected: [
      {},
      { groups: [GROUP.toUpperCase()] },
      { groups: [`${GROUP}0`] },
      { wids: [GROUP] },
      { hasgroups: true },
      {
        _claim_names: { groups: 'src1' },
        _claim_sources: { src1: { endpoint: 'https://graph.example/groups' } },
      },
    ],
  },
  {
    provider: 'cognito',
    path: '/api/orders/1',
    allowed: [{ 'cognito:groups': ['orders-writers'] }, { 'cognito:groups': ['a', 'orders-writers'] }],
    rejected: [
      {},
      { 'cognito:groups': ['orders-readers'] },
      { 'cognito:groups': ['orders-writers-eu'] },
      { 'cognito:groups': ['orders-writers', 'suspended'] },
      { 'cognito:groups': ['orders-writers', null] },
      { 'custom:groups': ['orders-writers'] },
      { cognito: { groups: ['orders-writers'] } },
    ],
  },
  {
    provider: 'keycloak',
    path: '/api/orders/1',
    allowed: [realm(['orders-writer']), realm(['offline_access', 'orders-writer'])],
    rejected: [
      {},
      realm(['orders-reader']),
      realm(['orders-writers']),
      realm([['orders-writer']]),
      client({ 'orders-api': ['orders-writer'] }),
      { roles: ['orders-writer'] },
      { 'realm_access.roles': ['orders-writer'] },
      { '/realm_access/roles': ['orders-writer'] },
      { realm_access: ['orders-writer'] },
    ],
  },
  {
    provider: 'keycloak',
    path: '/api/audit/1',
    allowed: [client({ 'orders-api': ['exporter', 'x', 'auditor'] })],
    rejected: [
      {},
      client({ 'orders-api': ['auditor'] }),
      client({ 'orders-api': ['auditor exporter'] }),
      client({ 'orders-api': 'auditor exporter' }),
      client({ account: ['auditor', 'exporter'] }),
      client({ 'orders-api': ['auditor'], account: ['exporter'] }),
      realm(['auditor', 'exporter']),
    ],
  },
  {
    provider: 'keycloak',
    path: '/api/invoices/1',
    allowed: [client({ [INVOICES]: ['reader'] })],
    rejected: [
      {},
      client({ [INVOICES]: ['writer'] }),
      client({ [`${INVOICES}/`]: ['reader'] }),
      client({ 'https:~1~1invoices.example~1api': ['reader'] }),
      { resource_access: { 'https:': { '': { 'invoices.example': { api: { roles: ['reader'] } } } } } },
    ],
  },
  {
    provider: 'okta',
    path: '/api/orders/1',
    allowed: [{ groups: ['Everyone', 'Orders Writers'] }, { groups: ['Orders Admins'] }],
    rejected: [
      {},
      { groups: ['Everyone'] },
      { groups: ['Orders', 'Writers'] },
      { groups: ['Orders Writers EU'] },
      { groups: ['orders writers'] },
      { Groups: ['Orders Writers'] },
    ],
  },
];

describe.each(CASES)('the example for $provider, $path', ({ provider, path, allowed, rejected }) => {
  const call = async (claims: object) => {
    const world = createWorld(key);
    world.parameters.policy = exampleOf(provider);
    return world.present(mint(key, claimsOf({ ...claims })), { target: path });
  };
  test('allows a token with the role', async () => {
    for (const claims of allowed) {
      expect({ claims, status: (await call(claims)).status }).toEqual({ claims, status: 200 });
    }
  });
  test('rejects a token without it, and tokens with similar claims', async () => {
    for (const claims of rejected) {
      expect({ claims, ...(await call(claims)) }).toMatchObject({
        claims,
        status: 403,
        body: { code: 'claim_mismatch' },
      });
    }
  });
});

test('covers every route of the examples', () => {
  const providers = [...PAGE.matchAll(/<!-- roles: (\w+) -->/g)].map(([, name = '']) => name);
  const routes = providers.flatMap((provider) =>
    (JSON.parse(exampleOf(provider)) as { routes: { path: string }[] }).routes.map(
      ({ path }) => `${provider} ${path.replace('*', '1')}`,
    ),
  );
  expect(CASES.map(({ provider, path }) => `${provider} ${path}`)).toEqual(routes);
});

test('the names and pointers in the page find the claims that it says', async () => {
  const found = async (claim: string, claims: object) => {
    const world = createWorld(key);
    const route = { path: '/api/*', claims: { [claim]: { contains: 'a' } } };
    world.parameters.policy = JSON.stringify({ routes: [route] });
    return (await world.present(mint(key, claimsOf({ ...claims })))).status === 200;
  };
  for (const [claim, claims] of [
    ['https://example.com/roles', { 'https://example.com/roles': ['a'] }],
    ['/https:~1~1example.com~1app/roles', { 'https://example.com/app': { roles: ['a'] } }],
    ['/~1roles', { '/roles': ['a'] }],
    ['/groups/0', { groups: ['a', 'b'] }],
  ] as const) {
    expect(PAGE).toContain(claim);
    expect({ claim, found: await found(claim, claims) }).toEqual({ claim, found: true });
  }
  expect(await found('/roles', { '/roles': ['a'] })).toBe(false);
});
