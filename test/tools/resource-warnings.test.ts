import { expect, test } from '@jest/globals';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters } from '../../tools/check-config/complete-parameters.ts';
import { MCP } from '../support/resources.ts';

const partner = { type: 'jwks', issuer: 'https://partner.example', audience: MCP.resource };
const staff = {
  type: 'verified-access',
  instanceArn: 'arn:aws:ec2:eu-west-1:111122223333:verified-access-instance/vai-1',
};
const POLICY = {
  unmatched: 'deny',
  providers: { partner },
  routes: [{ path: '/mcp/*', providers: ['partner'], scopes: ['tools'] }],
  resources: [{ ...MCP, scopes: ['tools'] }],
};

async function warningsOf(policy: object) {
  const { problems, warnings } = await checkParameters(
    completeParameters({ policy: JSON.stringify({ ...POLICY, ...policy }) }),
  );
  expect(problems).toEqual([]);
  return warnings.filter(({ kind }) => kind.startsWith('resource-')).map(({ id, message }) => [id, message]);
}
const warningOf = (kind: string, message: string, subject = MCP.resource) => [
  `policy:${kind}:${subject}`,
  expect.stringContaining(message),
];

test('a resource that clients can discover causes no warning', async () => {
  expect(await warningsOf({})).toEqual([]);
  expect(await warningsOf({ providers: { partner: { ...partner, audience: null } } })).toEqual([]);
  expect(await warningsOf({ providers: { partner: { ...partner, audience: ['x', MCP.resource] } } })).toEqual(
    [],
  );
  expect(
    await warningsOf({
      resources: [{ ...MCP, resource: 'https://api.example.com/mcp/', scopes: ['offline_access'] }],
      providers: { partner: { ...partner, audience: null } },
    }),
  ).toEqual([]);
});

test('warns that clients get no token for an audience other than the resource', async () => {
  expect(await warningsOf({ providers: { partner: { ...partner, audience: 'orders' } } })).toEqual([
    warningOf(
      'resource-audience',
      `resources.0.resource: clients ask for tokens for ${MCP.resource}, and the providers of its routes accept only those for orders: add that audience`,
    ),
  ]);
  const nearly = { ...partner, audience: `${MCP.resource}/` };
  expect(await warningsOf({ providers: { partner: nearly } })).toHaveLength(1);
});

test('warns that a resource without an authorization server cannot say where to get a token', async () => {
  const routes = [{ path: '/mcp/*', providers: ['staff'] }];
  const policy = { providers: { staff }, routes, resources: [MCP] };
  expect(await warningsOf(policy)).toEqual([
    warningOf('resource-server', 'resources.0: none of the providers of its routes has an https issuer'),
  ]);
  const resources = [{ ...MCP, authorizationServers: ['https://login.example.com'] }];
  expect(await warningsOf({ ...policy, resources })).toEqual([]);
});

test('warns that a resource whose own URL is not among its paths gets no challenge there', async () => {
  expect(
    await warningsOf({
      resources: [{ ...MCP, resource: 'https://api.example.com/public' }],
      providers: { partner: { ...partner, audience: null } },
    }),
  ).toEqual([warningOf('resource-path', '/mcp/* does not match /public', 'https://api.example.com/public')]);
});

test('warns about scopes that no route requires, which are most likely misspelt', async () => {
  const resources = [{ ...MCP, scopes: ['tools', 'tolos'], advertisedScopes: { 'api://x/tools': 'tools' } }];
  expect(await warningsOf({ resources })).toEqual([
    warningOf('resource-scope', 'none of its routes asks for tolos', `${MCP.resource}:tolos`),
    warningOf('resource-scope', '"scopes" lacks it', `${MCP.resource}:api://x/tools`),
  ]);
});

test('warns about placeholders, as elsewhere', async () => {
  const { problems, warnings } = await checkParameters(
    completeParameters({
      policy: JSON.stringify({
        ...POLICY,
        resources: [{ ...MCP, authorizationServers: ['https://login.example.com/YOUR-TENANT'] }],
      }),
    }),
  );
  expect(problems).toEqual([]);
  expect(warnings.filter(({ kind }) => kind === 'placeholder')).toMatchObject([
    { message: expect.stringMatching(/^resources\.0\.authorizationServers: has /) },
  ]);
});
