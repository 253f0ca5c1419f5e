import * as v from 'valibot';
import { STEP_NAMES } from '../paths/steps.ts';
import { closedObject, oneShapeOf } from './closed-object.ts';
import { ProviderSchema } from './providers-schema.ts';
import { ResourceSchema } from './resources-schema.ts';
import {
  certificates,
  claimRules,
  described,
  listOf,
  member,
  name,
  pathPattern,
  pattern,
  scopes,
  suchAs,
  text,
  wholeNumber,
} from './schema-parts.ts';

/**
 * The shape of the `policy` parameter, and the source of its published JSON Schema. Rules that need more than one
 * place are checked where the place is compiled: providers.ts, routes.ts.
 */

const mode = v.picklist(['enforce', 'report-only']);
const denyOrAllow = v.picklist(['deny', 'allow']);
/** Lists of these values are separated by spaces (OpenID Connect Core §3.1.2.1). */
const acrValue = v.pipe(
  pattern(
    /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    'must be one authentication context, such as "urn:example:mfa", without spaces, quotes and backslashes',
  ),
  v.maxLength(256),
);
const oneOrManyAcr = v.union(
  [acrValue, v.pipe(listOf(acrValue, 'urn:example:mfa'), v.maxLength(16))],
  'must be one authentication context, such as "urn:example:mfa", or a list of them, each without spaces, quotes and backslashes',
);
const header = pattern(
  /^x-jwt-[a-z0-9-]+$/,
  'must begin with x-jwt- and have only lower-case letters, digits and hyphens',
);

/** Plain segments, which have only one spelling. */
const prefix = v.pipe(
  pattern(
    /^(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*$/,
    'must be segments of letters, digits, "_", "-" and single dots, each after a slash, or empty for none',
  ),
  v.maxLength(128),
);

/** For methods and names, which have only one spelling. */
const mcpPattern = v.pipe(
  pattern(
    /^[ -~\u00a0-\uffff]+$/,
    'must be a string without control characters, in which * is any text and ? one character',
  ),
  v.maxLength(256),
);

const mcp = v.pipe(
  closedObject(
    {
      method: member(mcpPattern, 'The method, such as "tools/call"; any by default'),
      name: member(
        mcpPattern,
        'What the method acts on: the name of a tool or prompt, the URI of a resource, or the id of a task; any or none by default',
      ),
    },
    suchAs('must be an object', { method: 'tools/call', name: 'search' }),
  ),
  v.minEntries(1, 'must have method or name; {"method": "*"} is for every method'),
);

const route = closedObject({
  path: v.pipe(
    pathPattern('/api/orders/*'),
    v.description('Path pattern as in a listener rule: * is any text, ? one character'),
  ),
  methods: member(
    listOf(pattern(/^[A-Z]+$/, 'must be a method in upper case, such as "POST"'), 'POST'),
    'Methods; any by default. GET covers HEAD',
  ),
  mcp: member(mcp, 'MCP messages that the route matches, by the body of a POST'),
  providers: member(
    listOf(name, 'default'),
    'Providers whose credentials are accepted; "default" by default',
  ),
  onUnauthenticatedRequest: member(denyOrAllow, 'What to do without credentials; deny by default'),
  corsPreflight: member(denyOrAllow, 'Whether a CORS preflight passes without credentials; deny by default'),
  scopes: member(
    oneShapeOf(
      { all: closedObject({ all: scopes }), any: closedObject({ any: scopes }) },
      'must be a list of scopes, such as ["orders:read"], or {"all": […]} or {"any": […]} with one',
      scopes,
    ),
    'Scopes that the token must have: all of a list, or as {"all": […]} or {"any": […]}',
  ),
  claims: member(claimRules, 'Claims that the token must have'),
  acr: member(
    oneOrManyAcr,
    'Authentication contexts, in order of preference: one of them must be the "acr" of the token',
  ),
  maxAuthAgeSeconds: member(
    wholeNumber(1, 31_536_000),
    'How long ago the login may have been, by the "auth_time" of the token; any time by default',
  ),
  headers: member(
    v.record(
      header,
      text,
      suchAs('must be an object of claims by header field', { 'x-jwt-tenant': 'tenant' }),
    ),
    'Additional identity headers, and the claims that they carry',
  ),
  stripToken: member(v.boolean(), 'Whether the token is withheld from the upstream; false by default'),
  upstream: member(
    text,
    'Where these requests go: an origin, which may have a base path, or "whoami"; the upstream parameter by default',
  ),
  stripPrefix: member(
    prefix,
    "Prefix to remove from the path before it goes to the upstream; the policy's by default",
  ),
  mode: member(
    mode,
    'report-only forwards requests without an identity where enforce would reject them, and logs the rejection',
  ),
});

const domain = pattern(
  /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/,
  'must be a domain in lower case, which may begin with *.',
);
/** Allows the characters that an API mapping may have. */
const basePath = pattern(
  /^\/(?:[A-Za-z0-9$_.+!*'()-]+(?:\/[A-Za-z0-9$_.+!*'()-]+)*)?$/,
  'must be "/", or a path such as "/v1" without a slash at its end',
);

/** token of RFC 9110 §5.6.2. */
const fieldName = pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be the name of a header field');

const cors = closedObject({
  origins: described(
    listOf(text, 'https://app.example.com'),
    'Origins of the pages, such as https://app.example.com; "*" for every page, without credentials',
  ),
  credentials: member(
    v.boolean(),
    'Whether these pages may send cookies and read the responses to those requests; false by default',
  ),
  exposeHeaders: member(
    v.pipe(listOf(fieldName, 'x-total-count'), v.maxLength(64)),
    'Header fields of responses that pages may read, in addition to WWW-Authenticate, X-Request-Id, DPoP-Nonce and Retry-After',
  ),
  maxAgeSeconds: member(
    wholeNumber(0, 86_400),
    'How long a browser may remember the response to a preflight; 600 by default',
  ),
});

export const PolicySchema = closedObject({
  $schema: v.exactOptional(v.string()),
  mode: member(mode, 'Mode of routes that do not set their own; enforce by default'),
  upstreamCa: member(
    certificates,
    'Certificates in PEM form to trust for upstreams, instead of the public authorities',
  ),
  firstByteTimeoutSeconds: member(
    wholeNumber(1, 900),
    'How long the first byte of a response may take; as long as the invocation lasts by default',
  ),
  preserveHost: member(
    v.boolean(),
    'Whether upstreams get the Host that the client sent; false by default, so that each gets its own',
  ),
  keepOverrides: member(
    v.boolean(),
    'Whether header fields such as X-HTTP-Method-Override and X-Original-URL reach upstreams; false by default, since routes are chosen by the actual method and path',
  ),
  trustForwardedHost: member(
    v.boolean(),
    'Whether to forward an incoming X-Forwarded-Host, for a proxy in front that sets it; by default the function sets it to the Host of the request',
  ),
  problemTypes: member(
    v.pipe(
      pattern(/^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a URL to which the code is appended'),
      v.maxLength(512),
    ),
    'URL that the "type" of a rejection begins with; the code follows it. Publish there what the codes mean. An example is https://docs.example.com/errors#',
  ),
  publicOrigins: member(
    listOf(text, 'https://app.example.com'),
    'Origins of the pages that may send a token in a cookie, such as https://app.example.com',
  ),
  cors: member(
    cors,
    'Pages of other origins that may call: the function responds to their preflights, and replaces what upstreams say about CORS',
  ),
  basePaths: member(
    v.record(
      domain,
      v.union([basePath, listOf(basePath, '/v1')], 'must be a base path such as "/v1", or a list of them'),
    ),
    'Custom domains of API Gateway, and the base paths of their API mappings; "/" for a mapping without one',
  ),
  unmatched: member(
    v.picklist(['authenticate', 'deny']),
    'What happens to a request that no route matches: by default the default provider must accept it; "deny" rejects it',
  ),
  stripPrefix: member(
    prefix,
    'Prefix to remove from paths before they go to an upstream, such as /api; none by default. Needs "unmatched": "deny"',
  ),
  paths: member(
    closedObject({
      readings: member(
        listOf(v.picklist(STEP_NAMES), 'decode'),
        'What servers behind the function may do to a path; everything by default. Must include "decode"',
      ),
    }),
    'How paths are judged',
  ),
  providers: member(
    v.record(name, ProviderSchema),
    'Issuers of credentials by name; "default" refines the provider that the issuer and audience parameters define',
  ),
  routes: member(
    v.pipe(v.array(route, suchAs('must be a list', [{ path: '/api/*' }])), v.maxLength(1000)),
    'In order; the first match counts',
  ),
  resources: member(
    v.pipe(
      v.array(
        ResourceSchema,
        suchAs('must be a list', [{ resource: 'https://api.example.com/mcp', path: '/mcp/*' }]),
      ),
      v.maxLength(50),
    ),
    'Protected resources that clients discover the API by (RFC 9728), in order; the first whose path matches counts',
  ),
});

export type PolicyDocument = v.InferOutput<typeof PolicySchema>;
export type RouteDocument = NonNullable<PolicyDocument['routes']>[number];
