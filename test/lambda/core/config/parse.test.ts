import { describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../../../lambda/contract.ts';
import type { Config } from '../../../../lambda/core/config/config.ts';
import { parseConfig } from '../../../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../../../lambda/core/config/read-parameter.ts';
import { CROWDED_POLICY } from '../../../support/crowded-policy.ts';
import { createKey, jwksOf } from '../../../support/keys.ts';
import { providerOf, routeOf } from '../../../support/provider.ts';

const valuesOf = (overrides: Record<string, string | undefined> = {}): ParameterValues =>
  ({
    issuer: 'https://issuer.example',
    audience: 'api.example.com',
    'jwks-uri': 'https://issuer.example/jwks',
    upstream: 'whoami',
    policy: '{}',
    revocations: '{}',
    ...overrides,
  }) as ParameterValues;

async function configOf(overrides: Record<string, string | undefined> = {}): Promise<Config> {
  const result = await parseConfig(valuesOf(overrides), '1.2.3');
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** The problems, as `parameter message`. */
async function problemsOf(overrides: Record<string, string | undefined>): Promise<string[]> {
  const result = await parseConfig(valuesOf(overrides), '1.2.3');
  return 'problems' in result
    ? result.problems.map(({ parameter, message }) => `${parameter} ${message}`)
    : [];
}

describe('good parameters', () => {
  test('give a config with the default provider, which every request must satisfy', async () => {
    const config = await configOf();
    const provider = { ...providerOf(), algorithms: expect.any(Array) };
    expect(config).toMatchObject({ version: '1.2.3', providers: [provider], upstream: { kind: 'whoami' } });
    expect([...config.revocations]).toEqual([]);
    expect(config.judgePath('GET', '/api/x')).toEqual(routeOf({ providers: [provider as never] }));
  });
  test('may be surrounded by white space', async () => {
    const config = await configOf({ issuer: ' https://issuer.example\n', audience: ' a , b ' });
    expect(config.providers[0]).toMatchObject({ issuers: ['https://issuer.example'], audience: ['a', 'b'] });
  });
  test.each([
    'https://issuer.example/',
    'accounts.example.com',
    'https://login.example/t1/v2.0?p=x',
    'urn:example:issuer',
  ])('the issuer %s is kept as it is', async (issuer) => {
    expect((await configOf({ issuer })).providers[0]).toMatchObject({ issuers: [issuer] });
  });
  test('the keys may come from discovery', async () => {
    expect((await configOf({ 'jwks-uri': 'discover' })).providers[0]).toMatchObject({
      keys: { kind: 'discover', issuer: 'https://issuer.example' },
    });
  });
  test.each([
    ['http://upstream.internal:8080', 'http://upstream.internal:8080/'],
    ['https://upstream.example/', 'https://upstream.example/'],
    ['http://[::1]:3000', 'http://[::1]:3000/'],
  ])('the upstream is the origin %s', async (upstream, href) => {
    const config = await configOf({ upstream });
    expect(config.upstream).toMatchObject({ kind: 'origin', origin: expect.objectContaining({ href }) });
  });
});

describe('a parameter is a problem', () => {
  test.each(Object.keys(PARAMETERS))('if %s is missing, empty or blank', async (name) => {
    for (const value of [undefined, '', ' \n']) {
      expect(await problemsOf({ [name]: value })).toContain(`${name} is missing`);
    }
  });
  test.each([
    ['issuer', 'https://issuer.invalid', 'is still a placeholder'],
    ['issuer', 'https://issuer.example/ x', 'must not contain white space'],
    ['issuer', 'https://issuer\u0000.example', 'must not contain white space or control characters'],
    ['audience', 'audience.invalid', 'is still a placeholder'],
    ['audience', 'a,audience.invalid', 'is still a placeholder'],
    ['audience', 'a,,b', 'has an empty entry'],
    ['audience', ',', 'has an empty entry'],
    ['audience', 'a, ', 'has an empty entry'],
    ['jwks-uri', 'Discover', 'is not an absolute URL'],
    ['jwks-uri', 'http://issuer.example/jwks', 'must be https'],
    ['jwks-uri', 'file:///etc/passwd', 'is not an https URL'],
    ['jwks-uri', 'https://user:secret@issuer.example/jwks', 'must not contain credentials'],
    ['jwks-uri', 'https://169.254.169.254/latest/meta-data', 'must not be a link-local address'],
    ['upstream', 'upstream.example', 'is not an absolute URL'],
    ['upstream', 'ftp://upstream.example', 'is not an https URL'],
    ['upstream', 'http://user@upstream.example', 'must not contain credentials'],
    ['upstream', 'http://169.254.169.254', 'must not be a link-local address'],
    ['upstream', 'http://upstream.example/a%2Fb', 'must have no base path, or one with only letters'],
    ['upstream', 'http://upstream.example/a//b', 'must have no base path, or one with only letters'],
    ['upstream', 'http://upstream.example/a;b', 'must have no base path, or one with only letters'],
    ['upstream', 'http://upstream.example/?x', 'must have no query'],
    ['policy', '{', 'is not JSON'],
    ['policy', 'null', ''],
    ['policy', '{"rutes":[]}', 'rutes'],
    ['policy', '{"routes":[{"path":"/api/x","scope":["a"]}]}', 'routes.0.scope'],
    ['policy', '{"routes":[{"path":"api/x"}]}', 'routes.0.path'],
    [
      'policy',
      '{"routes":[{"path":"/api/../x"}]}',
      'has a dot segment, so every path it matches is rejected',
    ],
    ['policy', '{"routes":[{"path":"/api/x","providers":["staff"]}]}', 'there is no provider staff'],
    ['policy', '{"routes":[{"path":"/api/x","headers":{"x-jwt-subject":"sub"}}]}', 'x-jwt-subject'],
    [
      'policy',
      '{"routes":[{"path":"/api/x","headers":{"x-jwt-claims":"sub"}}]}',
      'x-jwt-claims: is reserved by API Gateway',
    ],
    ['policy', '{"routes":[{"path":"/api/x","headers":{"x-evil":"sub"}}]}', 'routes.0.headers.x-evil'],
    ['policy', '{"providers":{"a":{"type":"jwks","issuer":"https://a.example"}}}', 'audience: is missing'],
    ['policy', '{"providers":{"a":{"type":"jwks","audience":"a"}}}', 'issuer: is missing'],
    [
      'policy',
      CROWDED_POLICY,
      'routes.0.providers: 9 share the issuer https://issuer.example, but a token is tried with at most 8',
    ],
    ['policy', '{"providers":{"a":{"type":"jwks","issuer":"https://a.example","audience":[]}}}', 'audience'],
    ['policy', '{"providers":{"default":{"type":"jwks","audience":null}}}', 'providers.default.audience'],
    ['policy', '{"providers":{"default":{"type":"jwks","algorithms":["HS256"]}}}', 'algorithms'],
    ['policy', '{"providers":{"default":{"type":"jwks","algorithms":["none"]}}}', 'algorithms'],
    ['policy', '{"providers":{"default":{"type":"jwks","algorithms":[]}}}', 'algorithms'],
    [
      'policy',
      '{"providers":{"default":{"type":"jwks","clockToleranceSeconds":301}}}',
      'clockToleranceSeconds',
    ],
    [
      'policy',
      '{"providers":{"default":{"type":"jwks","clockToleranceSeconds":-1}}}',
      'clockToleranceSeconds',
    ],
    ['policy', '{"basePaths":{"API.example.com":"/v1"}}', 'must be a domain in lower case'],
    ['policy', '{"basePaths":{"https://api.example.com":"/v1"}}', 'must be a domain in lower case'],
    ['policy', '{"basePaths":{"*.com":"/v1"}}', 'must be a domain in lower case'],
    ['policy', '{"basePaths":{"api.example.com":"v1"}}', 'must be "/", or a path such as "/v1"'],
    ['policy', '{"basePaths":{"api.example.com":"/v1/"}}', 'must be "/", or a path such as "/v1"'],
    [
      'policy',
      '{"basePaths":{"api.example.com":[]}}',
      'basePaths.api.example.com: must have at least 1 entry',
    ],
    ['policy', '{"basePaths":{"api.example.com":7}}', 'must be a base path such as "/v1", or a list of them'],
    ['revocations', 'x', 'is not JSON'],
    ['revocations', '{"https://issuer.example":{"subject":["x"]}}', 'subject'],
    ['revocations', '{"https://issuer.example":{"issuedBefore":1790000000000}}', 'issuedBefore'],
  ])('%s %j: %s', async (name, value, message) => {
    const problems = await problemsOf({ [name]: value });
    expect(problems).toContainEqual(expect.stringContaining(message));
    expect(problems.every((problem) => problem.startsWith(`${name} `))).toBe(true);
  });
  test.each([
    'accounts.example.com',
    'http://issuer.example',
    'https://issuer.example/?p=x',
    'https://u:p@issuer.example',
  ])('if the keys of the issuer %s cannot be discovered', async (issuer) => {
    expect(await problemsOf({ issuer, 'jwks-uri': 'discover' })).toEqual([
      expect.stringMatching(/^jwks-uri .*cannot be discovered/),
    ]);
  });
});

test("a route's own upstream is judged as the parameter is", async () => {
  const policyOf = (upstream: string) => JSON.stringify({ routes: [{ path: '/api/a', upstream }] });
  const { judgePath } = await configOf({ policy: policyOf('http://orders.internal:8080/v2/') });
  expect(judgePath('GET', '/api/a')).toMatchObject({
    upstream: { kind: 'origin', origin: new URL('http://orders.internal:8080'), basePath: '/v2' },
  });
  expect(judgePath('GET', '/api/b')).toMatchObject({ upstream: undefined });
  expect(await problemsOf({ policy: policyOf('https://a.example/?q') })).toEqual([
    'policy routes.0.upstream: must have no query',
  ]);
});

test('every problem is reported at once, with its parameter', async () => {
  const problems = await problemsOf({
    issuer: 'https://issuer.invalid',
    audience: ',',
    'jwks-uri': 'ftp://x',
    upstream: '',
    policy: '{"a":1,"routes":[{"path":"x"},{"path":"/api/../y"}]}',
    revocations: '{',
  });
  const parameters = problems.map((problem) => problem.split(' ')[0]);
  expect(new Set(parameters)).toEqual(new Set(Object.keys(PARAMETERS)));
});

test('the values of a fresh deployment are not valid, and the problems name what to set', async () => {
  const initial = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, { initial }]) => [name, initial]),
  );
  const problems = await problemsOf(initial);
  expect(problems).toEqual([
    expect.stringMatching(/^issuer is still a placeholder/),
    expect.stringMatching(/^audience is still a placeholder/),
  ]);
});

test('keys in the policy itself make a provider that needs no fetches', async () => {
  const key = createKey('ES256');
  const partner = { type: 'jwks', issuer: 'https://partner.example', audience: 'orders', jwks: jwksOf(key) };
  const config = await configOf({ policy: JSON.stringify({ providers: { partner } }) });
  expect(config.providers[1]).toMatchObject({ name: 'partner', keys: { kind: 'inline' } });
});

test('a media type may begin with application/ in the policy, as in a token', async () => {
  const providers = { default: { type: 'jwks', typ: 'application/at+jwt' } };
  const config = await configOf({ policy: JSON.stringify({ providers }) });
  expect(config.providers[0]?.types).toEqual(['at+jwt']);
});

test.each(['policy', 'revocations'])('a list is no %s, not even an empty one', async (name) => {
  expect(await problemsOf({ [name]: '[]' })).not.toEqual([]);
});

test('revocations of an issuer that no provider has are kept, and a warning says so', async () => {
  const config = await configOf({ revocations: '{"https://other.example":{"jti":["1"]}}' });
  expect(config.warnings).toMatchObject([
    {
      kind: 'revoked-issuer',
      parameter: 'revocations',
      message: expect.stringMatching(/^https:\/\/other\.example: /),
    },
  ]);
  expect(config.revocations.get('https://other.example')?.jti).toEqual(new Set(['1']));
  expect((await configOf()).warnings).toEqual([]);
});
