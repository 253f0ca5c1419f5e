import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { MCP, MCP_DOCUMENT, MCP_METADATA, WELL_KNOWN } from '../support/resources.ts';
import { claimsOf, mint, NOW } from '../support/tokens.ts';
import { ask, KEYS, type Question } from './explain-world.ts';

const POLICY = {
  unmatched: 'deny',
  routes: [{ path: '/mcp/*', scopes: ['tools'], acr: ['urn:example:mfa'], maxAuthAgeSeconds: 900 }],
  resources: [{ ...MCP, allowedOrigins: ['https://app.example.com'] }],
};
const REALM = 'Bearer realm="alb-jwt-authorizer"';
const explanationFor = async (
  claims: Record<string, unknown> | undefined,
  question: Partial<Question> = {},
) => {
  const explanation = await ask({
    token: claims === undefined ? '' : mint(KEYS.issuer, claimsOf(claims)),
    request: 'POST /mcp',
    policy: POLICY,
    ...question,
  });
  return { text: render(explanation), ...explanation };
};
const outcomes = ({ steps }: Awaited<ReturnType<typeof explanationFor>>) =>
  steps.map(({ name, outcome }) => `${name} ${outcome}`);

describe('the challenge is shown word for word', () => {
  test.each([
    [undefined, `${REALM}, scope="tools", resource_metadata="${MCP_METADATA}"`],
    [{ exp: NOW - 500 }, `${REALM}, error="invalid_token", resource_metadata="${MCP_METADATA}"`],
    [
      { acr: 'pwd', auth_time: NOW },
      `${REALM}, error="insufficient_user_authentication", acr_values="urn:example:mfa", max_age=900, resource_metadata="${MCP_METADATA}"`,
    ],
    [
      { acr: 'urn:example:mfa', auth_time: NOW - 900 },
      `${REALM}, error="insufficient_scope", scope="tools", resource_metadata="${MCP_METADATA}"`,
    ],
  ])('for the claims %j', async (claims, challenge) => {
    const { text, verdict } = await explanationFor(claims);
    expect(verdict.challenge).toBe(challenge);
    expect(text).toContain(`\nWWW-Authenticate: ${challenge}\n`);
  });

  test('but not if there is none, or if the response is an API’s', async () => {
    const request = 'GET /nowhere';
    expect((await explanationFor({}, { request })).verdict).toMatchObject({
      code: 'route_missing',
      challenge: undefined,
    });
    expect((await explanationFor(undefined, { frontDoor: { kind: 'api-gateway' } })).verdict).toMatchObject({
      code: 'token_missing',
      challenge: undefined,
    });
    const good = { acr: 'urn:example:mfa', auth_time: NOW, scope: 'tools' };
    expect((await explanationFor(good)).verdict).toMatchObject({ code: 'allowed', challenge: undefined });
  });
});

test('explains which pages may send an MCP message outside every resource', async () => {
  const policy = {
    routes: [{ path: '/mcp', mcp: { method: 'ping' } }, { path: '/mcp' }],
    publicOrigins: ['https://app.example.com'],
  };
  const from = (origin: string) => explanationFor({}, { policy, headers: [['origin', origin]] });
  const { text, verdict } = await from('https://evil.example');
  expect(verdict.code).toBe('origin_not_allowed');
  expect(text).toContain('pages of https://app.example.com may send MCP messages');
  expect(outcomes(await from('https://app.example.com'))).toContain('origin pass');
});

test('the login has its own stage, with what the route requires and what the token has', async () => {
  const explained = await explanationFor({ acr: 'pwd', auth_time: NOW - 5000, scope: 'tools' });
  expect(outcomes(explained)).toContain('authentication fail');
  expect(explained.text).toContain(
    '"acr" is not accepted (accepted: urn:example:mfa) [authentication_insufficient]',
  );
  expect(explained.text).toContain(
    'the route asks for a login by "urn:example:mfa" and a login within the last 900 s; the token has "acr" "pwd" and "auth_time"',
  );
});

test('lists of one, two and three parts read well', async () => {
  const route = { path: '/mcp/*', acr: ['mfa', 'hwk'], maxAuthAgeSeconds: 5000, scopes: ['tools'] };
  const { text } = await explanationFor({ acr: null }, { policy: { routes: [route] } });
  expect(text).toContain(
    'a credential for default, a login by one of "mfa", "hwk", a login within the last 5000 s and the scope tools\n',
  );
  expect(text).toContain('; the token has "acr" null and no "auth_time"\n');
  const elsewhere = await explanationFor({}, { policy: { routes: [route] }, request: 'GET /other' });
  expect(elsewhere.text).toContain('the only route does not match; required: a credential for default\n');
});

test('a page that may not call the resource fails at its origin, with the names of the pages that may', async () => {
  const explained = await explanationFor(undefined, { headers: [['origin', 'https://evil.example']] });
  expect(explained.verdict.code).toBe('origin_not_allowed');
  expect(outcomes(explained).filter((one) => one.endsWith('fail'))).toEqual(['origin fail', 'extract fail']);
  expect(explained.text).toContain('pages of https://app.example.com may call');
});

describe('a request for a document', () => {
  test('is served by the function itself, without looking at a token', async () => {
    const explained = await explanationFor({}, { request: `GET ${MCP_DOCUMENT}` });
    expect(outcomes(explained)).toEqual(['request pass', 'path pass', 'document pass']);
    expect(explained.text).toContain(
      'Verdict: 200: Protected resource metadata is served here, and no upstream gets it',
    );
    expect(explained.text).toContain(`> {"resource":"${MCP.resource}","authorization_servers":`);
  });
  test('with another method is rejected', async () => {
    const { verdict, text } = await explanationFor({}, { request: `POST ${MCP_DOCUMENT}` });
    expect(verdict).toMatchObject({ code: 'method_not_allowed', status: 405, answered: false });
    expect(text).toContain('GET and HEAD are served');
  });
  test('takes its route if the function is an authorizer', async () => {
    const { verdict } = await explanationFor(
      {},
      { request: `GET ${MCP_DOCUMENT}`, frontDoor: { kind: 'api-gateway' } },
    );
    expect(verdict.code).toBe('route_missing');
  });
  test('arrives through its own listener rule', async () => {
    const frontDoor = { kind: 'load-balancer', paths: ['/mcp/*'], hosts: [] } as const;
    for (const path of [WELL_KNOWN, MCP_DOCUMENT]) {
      const { text, steps } = await explanationFor({}, { request: `GET ${path}`, frontDoor });
      expect(steps[0]).toMatchObject({ name: 'listener', outcome: 'pass' });
      expect(text).toContain('on an existing listener only if it is deployed with resourceDocuments=true');
    }
    expect((await explanationFor({}, { request: `GET ${WELL_KNOWN}x`, frontDoor })).verdict.code).toBe(
      'not_routed',
    );
  });
});
