import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../../lambda/core/config/parse.ts';
import { SHARED_ISSUERS } from '../../../../lambda/core/config/shared-issuers.ts';
import { warningLine } from '../../../../lambda/core/config/warning.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const STS = 'https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws';
const STS_CLAIMS = '/https:~1~1sts.amazonaws.com~1';

const ours = { equals: 'ours' };

/** The warnings in the function's log when a policy is in force. */
async function warningsOf(policy: object, issuer = 'https://issuer.example'): Promise<readonly string[]> {
  const parsed = await parseConfig(
    {
      issuer,
      audience: 'orders',
      'jwks-uri': 'https://issuer.example/jwks',
      upstream: 'whoami',
      policy: JSON.stringify(policy),
      revocations: '{}',
    },
    '1',
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config.warnings.map(warningLine);
}

const providerOf = (issuer: string | readonly string[], requiredClaims?: object) => ({
  type: 'jwks',
  issuer,
  audience: 'orders',
  jwksUri: 'https://issuer.example/jwks',
  ...(requiredClaims && { requiredClaims }),
});

/** A policy whose only route accepts the tokens of an issuer, with rules in the provider and in the route. */
const accepting = (issuer: string | readonly string[], requiredClaims?: object, claims?: object) => ({
  providers: { shared: providerOf(issuer, requiredClaims) },
  routes: [{ path: '/api/*', providers: ['shared'], ...(claims && { claims }) }],
  unmatched: 'deny',
});

const anExample = (pattern: string): string => pattern.replace('*', '0a1b2c3d');
const EXAMPLES = SHARED_ISSUERS.flatMap(({ issuers, who }) =>
  issuers.map((pattern) => [anExample(pattern), who.map(anExample)] as const),
);

describe.each(EXAMPLES)('of %s', (issuer, who) => {
  test('warns of a provider whose issuer gives anybody a token', async () => {
    const warnings = await warningsOf(accepting(issuer));
    expect(warnings).toEqual([
      expect.stringMatching(/^policy: providers\.shared: (every|everybody) .+ no rule says who/),
    ]);
    for (const word of [issuer, '/api/*', who[0]]) expect(warnings[0]).toContain(word);
  });
  test.each(who)('a rule for %s says who is calling, in the provider or in the route', async (claim) => {
    for (const rule of [ours, { anyOf: ['ours'] }, { contains: 'ours' }]) {
      expect(await warningsOf(accepting(issuer, { [claim]: rule }))).toEqual([]);
      expect(await warningsOf(accepting(issuer, undefined, { [claim]: rule }))).toEqual([]);
    }
  });
  test('a rule that a claim exists ties it to nobody', async () => {
    const rules = Object.fromEntries(who.map((claim) => [claim, { exists: true }]));
    expect(await warningsOf(accepting(issuer, rules, rules))).toHaveLength(1);
  });
  test('a rule for something that anybody can cause ties it to nobody', async () => {
    const rules = Object.fromEntries(['aud', 'ref', 'environment', 'who'].map((claim) => [claim, ours]));
    expect(await warningsOf(accepting(issuer, rules, rules))).toHaveLength(1);
  });
});

test('the warning says who can call, where, and which rules help', async () => {
  expect(await warningsOf(accepting('https://accounts.google.com'))).toEqual([
    'policy: providers.shared: everybody with a Google account or a Google Cloud project can ask https://accounts.google.com for ' +
      'a token with any audience, and no rule says who may call /api/*: add an equals, anyOf, allOf or contains for sub, ' +
      'email or hd to its requiredClaims, or to the claims of each such route',
  ]);
  expect(await warningsOf(accepting('https://agent.buildkite.com'))).toEqual([
    'policy: providers.shared: every organization of Buildkite can ask https://agent.buildkite.com for a token with any audience, ' +
      'and no rule says who may call /api/*: add an equals, anyOf, allOf or contains for pipeline_id, organization_id, ' +
      'organization_slug or another claim that docs/identity-providers.md lists to its requiredClaims, or to the claims ' +
      'of each such route',
  ]);
});

describe('no warning is given for', () => {
  test.each([
    ['a slash at the end, which no token has', `${GITHUB}/`],
    ['the issuer of one enterprise', `${GITHUB}/octocorp`],
    ['another scheme', 'http://token.actions.githubusercontent.com'],
    ['upper case', 'https://TOKEN.actions.githubusercontent.com'],
    ['a longer host', `${GITHUB}.example`],
    ['a host in front of it', 'https://x.token.actions.githubusercontent.com'],
    ['a GitLab of your own', 'https://gitlab.example.com'],
    ['the issuer of one team', 'https://oidc.vercel.com/acme'],
    ['the issuer of one organization', 'https://oidc.circleci.com/org/2c3f7a0e-0000-4000-8000-000000000000'],
    ['no account of STS', 'https://tokens.sts.global.api.aws'],
    ['two labels before STS', `https://a.${STS.slice('https://'.length)}`],
    ['a path where an account of STS would be', 'https://evil.example/x.tokens.sts.global.api.aws'],
    ['a host behind STS', `${STS}.example`],
  ])('%s', async (_what, issuer) => {
    expect(await warningsOf(accepting(issuer))).toEqual([]);
  });
  test('a provider that no route names', async () => {
    const { providers } = accepting(GITHUB);
    expect(await warningsOf({ providers, routes: [{ path: '/api/*' }] })).toEqual([]);
  });
});

test.each([
  ['a claim inside a claim of this name', '/sub/0'],
  ['the pull request that anybody opens', 'actor'],
  ['a reusable workflow that anybody calls', 'job_workflow_ref'],
])('a rule for %s does not say whose a token of GitHub is', async (_what, claim) => {
  expect(await warningsOf(accepting(GITHUB, { [claim]: ours }))).toHaveLength(1);
});

test.each([
  ['the account, which has the issuer to itself', `${STS_CLAIMS}/aws_account`],
  ['a tag of the request, which the caller chooses', `${STS_CLAIMS}/request_tags/team`],
  ['all tags together', `${STS_CLAIMS}/principal_tags`],
  ['what a tag has inside it', `${STS_CLAIMS}/principal_tags/team/name`],
  ['a tag of no name', `${STS_CLAIMS}/principal_tags/`],
  ['a claim of the same name elsewhere', 'org_id'],
])('a rule for %s does not say whose a token of STS is', async (_what, claim) => {
  expect(await warningsOf(accepting(STS, { [claim]: ours }))).toHaveLength(1);
});

test('a claim given by its name is the same as one given by its pointer', async () => {
  expect(await warningsOf(accepting(GITHUB, { '/repository_id': ours }))).toEqual([]);
});

test('one of several issuers is enough for a warning', async () => {
  const warnings = await warningsOf(accepting(['https://ghes.example/_services/token', GITHUB]));
  expect(warnings).toEqual([expect.stringContaining(GITHUB)]);
});

test('every route that accepts the tokens has to have a rule of its own, and those without are named', async () => {
  const claims = { repository_id: ours };
  const routes = ['/api/a', '/api/b', '/api/c'].map((path) => ({ path, providers: ['shared'] }));
  const policy = (rules: readonly (object | undefined)[]) => ({
    ...accepting(GITHUB),
    routes: routes.map((route, index) => ({ ...route, ...(rules[index] && { claims: rules[index] }) })),
  });
  expect(await warningsOf(policy([claims, claims, claims]))).toEqual([]);
  expect(await warningsOf(policy([claims, undefined, { ref: ours }]))).toEqual([
    expect.stringContaining('who may call /api/b, /api/c: add'),
  ]);
});

describe('where it is the default provider', () => {
  const own = { path: '/api/*', claims: { repository_id: ours } };
  test('the warning says so for what no route matches', async () => {
    expect(await warningsOf({ routes: [own] }, GITHUB)).toEqual([
      expect.stringMatching(/^policy: providers\.default: .+ who may call what no route matches: add/),
    ]);
  });
  test('a policy that denies what no route matches needs no rule for it', async () => {
    expect(await warningsOf({ routes: [own], unmatched: 'deny' }, GITHUB)).toEqual([]);
  });
  test('rules of its entry in the policy count', async () => {
    const providers = { default: { type: 'jwks', requiredClaims: { repository_owner_id: ours } } };
    expect(await warningsOf({ providers }, GITHUB)).toEqual([]);
  });
});
