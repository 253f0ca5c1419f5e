import { STATUS_CODES } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { CODES } from '../../lambda/core/codes.ts';
import { problemResponse } from '../../lambda/core/problem.ts';
import type { TestRequest } from '../support/alb-event.ts';
import { canaryClaims, underAttack } from '../support/attack.ts';
import { createKey } from '../support/keys.ts';
import { refusedUrl } from '../support/raw-server.ts';
import { CANARY } from '../support/rejection.ts';
import { claimsOf, mint, NOW, withSegment } from '../support/tokens.ts';
import { JWKS_URI } from '../support/world.ts';

const attack = underAttack(createKey('ES256'));
const REALM = 'Bearer realm="alb-jwt-authorizer"';
const INVALID_TOKEN = `${REALM}, error="invalid_token"`;

const bearing = (token: string): TestRequest => ({ headers: { authorization: `Bearer ${token}` } });
const good = (claims: object = canaryClaims(), header: object = {}) =>
  bearing(mint(attack.key, claims, header));
const onRoute = (route: object) => {
  attack.world.parameters.policy = JSON.stringify({ routes: [{ path: '/*', ...route }] });
};

interface Row {
  readonly code: keyof typeof CODES;
  readonly status: number;
  readonly challenge?: string;
  readonly retry?: string;
  readonly allow?: string;
  /** Two requests that fail in the same way: the responses must be byte for byte the same. */
  readonly requests: () => TestRequest[] | Promise<TestRequest[]>;
}

/** The contract's table of what callers see. */
const TABLE: readonly Row[] = [
  {
    code: 'token_missing',
    status: 401,
    challenge: REALM,
    requests: () => [{}, { headers: { authorization: 'Basic x' } }],
  },
  {
    code: 'token_ambiguous',
    status: 400,
    challenge: `${REALM}, error="invalid_request"`,
    requests: () => [{ headers: { authorization: ['Bearer a', 'Bearer b'] } }, bearing('a, Bearer b')],
  },
  {
    code: 'token_malformed',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [bearing(CANARY), bearing('a.b.c.d.e')],
  },
  {
    code: 'algorithm_not_allowed',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf(), { alg: 'none' }), good(canaryClaims(), { alg: CANARY })],
  },
  {
    code: 'header_unsupported',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf(), { crit: ['exp'] }), good(canaryClaims(), { crit: [CANARY] })],
  },
  {
    code: 'type_not_allowed',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf(), { typ: 'dpop+jwt' }), good(canaryClaims(), { typ: CANARY })],
  },
  {
    code: 'issuer_mismatch',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ iss: 'https://other.example' })), good(canaryClaims({ iss: CANARY }))],
  },
  {
    code: 'key_unknown',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf(), { kid: 'other' }), good(canaryClaims(), { kid: CANARY })],
  },
  {
    code: 'signature_invalid',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () =>
      [claimsOf(), canaryClaims()].map((claims) =>
        bearing(withSegment(mint(attack.key, claims), 2, () => 'AAAA')),
      ),
  },
  {
    code: 'audience_mismatch',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ aud: 'other' })), good(canaryClaims({ aud: ['x', 'y'] }))],
  },
  {
    code: 'claim_missing',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ exp: undefined })), good(canaryClaims({ aud: undefined }))],
  },
  {
    code: 'claim_malformed',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ exp: 'x' })), good(canaryClaims({ nbf: CANARY }))],
  },
  {
    code: 'token_expired',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ exp: NOW - 100 })), good(canaryClaims({ exp: 1 }))],
  },
  {
    code: 'token_not_yet_valid',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ nbf: NOW + 100 })), good(canaryClaims({ iat: NOW + 1000 }))],
  },
  {
    code: 'token_sender_constrained',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => [good(claimsOf({ cnf: {} })), good(canaryClaims({ cnf: { jkt: CANARY } }))],
  },
  {
    code: 'token_revoked',
    status: 401,
    challenge: INVALID_TOKEN,
    requests: () => {
      attack.world.parameters.revocations = '{"https://issuer.example":{"jti":["1","2"]}}';
      return [good(claimsOf({ jti: '1' })), good(canaryClaims({ jti: '2' }))];
    },
  },
  {
    code: 'scope_missing',
    status: 403,
    challenge: `${REALM}, error="insufficient_scope", scope="orders:write orders:read"`,
    requests: () => {
      onRoute({ scopes: ['orders:write', 'orders:read'] });
      return [good(claimsOf()), good(canaryClaims({ scope: `orders:write ${CANARY}` }))];
    },
  },
  {
    code: 'authentication_insufficient',
    status: 401,
    challenge: `${REALM}, error="insufficient_user_authentication", acr_values="mfa hwk", max_age=60`,
    requests: () => {
      onRoute({ acr: ['mfa', 'hwk'], maxAuthAgeSeconds: 60, scopes: ['unheard-of'] });
      return [good(claimsOf({ acr: 'mfa' })), good(canaryClaims({ acr: CANARY, auth_time: NOW }))];
    },
  },
  {
    code: 'method_not_allowed',
    status: 405,
    allow: 'GET, HEAD',
    requests: () => {
      attack.world.parameters.policy = JSON.stringify({
        resources: [{ resource: 'https://api.example.com/api', path: '/api/*' }],
      });
      const target = '/.well-known/oauth-protected-resource/api';
      return [
        { method: 'POST', target },
        { ...good(), method: 'DELETE', target: `${target}?${CANARY}` },
      ];
    },
  },
  {
    code: 'claim_mismatch',
    status: 403,
    requests: () => {
      onRoute({ claims: { tenant: { anyOf: ['a', 'b'] } } });
      return [good(claimsOf()), good(canaryClaims({ tenant: CANARY }))];
    },
  },
  {
    code: 'request_invalid',
    status: 400,
    requests: () => [{ method: 'get' }, { ...good(), target: `/api/x?${CANARY}\n` }],
  },
  {
    code: 'path_invalid',
    status: 400,
    requests: () => [{ target: '/api/../x' }, { ...good(), target: `/api/..%2f${CANARY}` }],
  },
  {
    code: 'mcp_request_invalid',
    status: 400,
    requests: () => {
      onRoute({ mcp: { method: 'tools/call' } });
      return [
        { ...good(claimsOf()), method: 'POST', body: '' },
        { ...good(), method: 'POST', body: `{"${CANARY}":1}` },
      ];
    },
  },
  {
    code: 'method_not_allowed',
    status: 405,
    allow: 'POST',
    requests: () => {
      onRoute({ mcp: { method: 'tools/call' } });
      const { headers } = good();
      return [
        { headers: { ...headers, accept: 'text/event-stream' } },
        { headers: { ...headers, accept: `text/event-stream, ${CANARY}` }, target: `/api/x?${CANARY}` },
      ];
    },
  },
  {
    code: 'origin_not_allowed',
    status: 403,
    requests: () => {
      attack.world.parameters.policy = JSON.stringify({
        publicOrigins: ['https://app.example.com'],
        providers: { default: { type: 'jwks', tokenFrom: [{ cookie: '__Host-session' }] } },
      });
      const cookie = `__Host-session=${mint(attack.key, canaryClaims())}`;
      return [
        { method: 'POST', headers: { cookie } },
        { method: 'POST', headers: { cookie, origin: `https://${CANARY}` } },
      ];
    },
  },
  {
    code: 'route_missing',
    status: 403,
    requests: () => {
      attack.world.parameters.policy = JSON.stringify({ unmatched: 'deny' });
      return [{}, good()];
    },
  },
  {
    code: 'identity_unforwardable',
    status: 403,
    requests: () => [
      good(claimsOf({ sub: 'x'.repeat(5000) })),
      good(canaryClaims({ sub: 'é'.repeat(1000) })),
    ],
  },
  {
    code: 'keys_unavailable',
    status: 503,
    retry: '10',
    requests: () => {
      attack.world.documents.set(JWKS_URI, new Error('down'));
      return [good(claimsOf()), good(canaryClaims())];
    },
  },
  {
    code: 'config_unavailable',
    status: 503,
    retry: '5',
    requests: () => {
      attack.world.setStore(new Error('down'));
      return [{}, good()];
    },
  },
  {
    code: 'upstream_error',
    status: 502,
    requests: async () => {
      attack.world.parameters.upstream = (await refusedUrl()).origin;
      return [good(claimsOf()), good(canaryClaims())];
    },
  },
];

describe('what the caller sees', () => {
  test('is the verified identity, for a good token, if no upstream is set', async () => {
    attack.world.parameters.upstream = 'whoami';
    const response = await attack.world.call(good(claimsOf()));
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': ['application/json'], 'cache-control': ['no-store'] },
      body: {
        provider: 'default',
        issuer: 'https://issuer.example',
        subject: 'client-1',
        client_id: 'client-1',
        scope: 'read write',
        claims: claimsOf(),
      },
    });
    expect(attack.world.decisions).toMatchObject([{ code: 'allowed', status: 200, provider: 'default' }]);
  });

  test.each(TABLE)('of $code: $status, and the same response whatever the token contains', async (row) => {
    const responses: unknown[] = [];
    for (const request of await row.requests()) {
      const { raw, status, headers, body } = await attack.world.call(request);
      responses.push(raw);
      expect(status).toBe(row.status);
      expect(headers).toEqual({
        'content-type': ['application/problem+json'],
        'cache-control': ['no-store'],
        'x-request-id': ['request-1'],
        ...(row.challenge !== undefined && { 'www-authenticate': [row.challenge] }),
        ...(row.retry !== undefined && { 'retry-after': [row.retry] }),
        ...(row.allow !== undefined && { allow: [row.allow] }),
      });
      expect(body).toEqual({
        type: 'about:blank',
        title: STATUS_CODES[row.status],
        status: row.status,
        detail: CODES[row.code].detail,
        code: row.code,
        requestId: 'request-1',
      });
      expect(attack.world.decisions.at(-1)).toMatchObject({ code: row.code, status: row.status });
    }
    expect(responses).toHaveLength(2);
    expect(responses[1]).toEqual(responses[0]);
    expect(JSON.stringify(responses)).not.toContain(CANARY);
    expect(attack.upstream.received).toEqual([]);
    expect(attack.world.bugs).toEqual([]);
  });
});

describe('the table of codes', () => {
  const entries = Object.entries(CODES) as [string, { status: number; detail: string; challenge?: string }][];

  test('has a challenge for every 401, and otherwise only those that RFC 6750 §3.1 or RFC 9470 §3 defines for the status', () => {
    for (const [code, { status, challenge }] of entries) {
      const allowed = {
        401: ['none', 'invalid_token', 'insufficient_user_authentication'],
        400: ['invalid_request'],
        403: ['insufficient_scope'],
      }[status];
      if (status === 401) expect([code, challenge]).not.toEqual([code, undefined]);
      if (challenge !== undefined)
        expect([code, allowed]).toEqual([code, expect.arrayContaining([challenge])]);
    }
  });
  test('has no duplicate details, and none that could contain a value', () => {
    const details = entries.map(([, { detail }]) => detail);
    expect(new Set(details).size).toBe(details.length);
    expect(details.filter((detail) => !/^[A-Za-z' ]+$/.test(detail))).toEqual([]);
  });
  test.each([
    [undefined, '1'],
    [0, '1'],
    [0.2, '1'],
    [9.1, '10'],
    [-5, '1'],
  ])('Retry-After of %p seconds is %s', (retryAfterSeconds, value) => {
    const options = { requestId: 'r', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    expect(problemResponse('keys_unavailable', options).headers).toContainEqual(['retry-after', value]);
  });
  test('lists in this table every code but 500, 504 and those of one kind of provider', () => {
    const seen = new Set<string>(TABLE.map(({ code }) => code));
    expect(Object.keys(CODES).filter((code) => !seen.has(code))).toEqual([
      'claim_not_accepted',
      'signed_header_missing',
      'upstream_timeout',
      'upstream_response_too_large',
      'internal_error',
    ]);
  });
});
