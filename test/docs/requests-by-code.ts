import type { Code } from '../../lambda/core/codes.ts';
import type { TestRequest } from '../support/alb-event.ts';
import { refusedUrl } from '../support/raw-server.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { VERIFIED_ACCESS } from '../support/signed-headers.ts';
import { claimsOf, mint, NOW, withSegment } from '../support/tokens.ts';
import { JWKS_URI, type World } from '../support/world.ts';

/** Sets the world up for a code, and returns the request to send. */
type Setting = (world: World, upstream: ScriptedUpstream) => TestRequest | Promise<TestRequest>;

const bearing = (token: string): TestRequest => ({ headers: { authorization: `Bearer ${token}` } });
const good = ({ key }: World, claims: object = {}, header: object = {}): TestRequest =>
  bearing(mint(key, claimsOf({ ...claims }), header));
/** A token with some claims changed from a good one. */
const claiming =
  (claims: object): Setting =>
  (world) =>
    good(world, claims);
const heading =
  (header: object): Setting =>
  (world) =>
    good(world, {}, header);
const under =
  (policy: object, request: Setting): Setting =>
  (world, upstream) => {
    world.parameters.policy = JSON.stringify(policy);
    return request(world, upstream);
  };
const onRoute = (route: object, request: Setting) => under({ routes: [{ path: '/*', ...route }] }, request);

const MCP = { routes: [{ path: '/*', mcp: { method: 'tools/call' } }] };

/** How to make the function respond with each code, for the reason in its documented example. */
export const REQUESTS = {
  token_missing: () => ({ headers: { authorization: 'Basic eDp5' } }),
  token_ambiguous: () => ({ headers: { authorization: ['Bearer a', 'Bearer b'] } }),
  token_malformed: () => bearing('opaque'),
  algorithm_not_allowed: under(
    { providers: { default: { type: 'jwks', algorithms: ['ES256'] } } },
    heading({ alg: 'HS256' }),
  ),
  header_unsupported: heading({ crit: ['exp'] }),
  type_not_allowed: heading({ typ: 'logout+jwt' }),
  issuer_mismatch: claiming({ iss: 'https://issuer.example/' }),
  key_unknown: heading({ kid: 'other' }),
  signature_invalid: (world) => bearing(withSegment(mint(world.key), 2, () => 'AAAA')),
  audience_mismatch: claiming({ aud: 'other.example.com' }),
  claim_missing: claiming({ exp: undefined }),
  claim_malformed: claiming({ exp: NOW * 1000 }),
  claim_not_accepted: under(
    { providers: { default: { type: 'jwks', requiredClaims: { tenant: { equals: 'a' } } } } },
    claiming({ tenant: 'b' }),
  ),
  token_expired: claiming({ exp: NOW - 300 }),
  token_not_yet_valid: claiming({ nbf: NOW + 90 }),
  token_sender_constrained: claiming({ cnf: { jkt: 'x' } }),
  token_revoked: (world) => {
    world.parameters.revocations = '{"https://issuer.example":{"jti":["1"]}}';
    return good(world, { jti: '1' });
  },
  scope_missing: onRoute({ scopes: ['orders:write'] }, claiming({})),
  authentication_insufficient: onRoute(
    { acr: 'urn:example:mfa', maxAuthAgeSeconds: 900 },
    claiming({ acr: 'urn:example:password', auth_time: NOW }),
  ),
  claim_mismatch: onRoute({ claims: { tenant: { equals: 'a' } } }, claiming({ tenant: 'b' })),
  signed_header_missing: under(
    { providers: { staff: VERIFIED_ACCESS.provider }, routes: [{ path: '/*', providers: ['staff'] }] },
    () => ({}),
  ),
  mcp_request_invalid: under(MCP, (world) => ({
    ...good(world),
    method: 'POST',
    headers: { ...good(world).headers, 'content-type': 'application/json', 'mcp-name': 'search' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_all"}}',
  })),
  method_not_allowed: under(MCP, (world) => ({
    headers: { ...good(world).headers, accept: 'text/event-stream' },
  })),
  origin_not_allowed: under(
    {
      publicOrigins: ['https://app.example.com'],
      providers: { default: { type: 'jwks', tokenFrom: [{ cookie: '__Host-token' }] } },
    },
    ({ key }) => ({
      method: 'POST',
      headers: { cookie: `__Host-token=${mint(key)}`, origin: 'https://evil.example' },
    }),
  ),
  route_missing: under({ unmatched: 'deny' }, claiming({})),
  identity_unforwardable: onRoute(
    { headers: { 'x-jwt-groups': 'groups' } },
    claiming({ groups: Array(1000).fill('group') }),
  ),
  request_invalid: (world) => ({ ...good(world), method: 'get' }),
  path_invalid: under({ routes: [{ path: '/api/admin/*' }] }, (world) => ({
    ...good(world),
    target: '/api/Admin/users',
  })),
  keys_unavailable: (world) => {
    world.documents.set(JWKS_URI, new Error('down'));
    return good(world);
  },
  config_unavailable: (world) => {
    world.parameters.issuer = 'https://issuer.invalid';
    return good(world);
  },
  upstream_error: async (world) => {
    world.parameters.upstream = (await refusedUrl()).origin;
    return good(world);
  },
  upstream_timeout: under({ firstByteTimeoutSeconds: 1 }, (world, upstream) => {
    world.parameters.upstream = upstream.url.origin;
    upstream.act(() => {});
    return good(world);
  }),
  upstream_response_too_large: (world, upstream) => {
    world.parameters.upstream = upstream.url.origin;
    upstream.say(`HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n${'x'.repeat(1_048_577)}`);
    return good(world);
  },
  // No load balancer sends a number here, so the function does not handle one.
  internal_error: () => ({ headers: { authorization: [5 as unknown as string] } }),
} as const satisfies Record<Code, Setting>;
