import * as v from 'valibot';
import { ALGORITHM_NAMES, SPIFFE_ALGORITHMS } from '../jwt/algorithms.ts';
import { STEP_NAMES } from '../paths/steps.ts';

/**
 * The shape of the `policy` parameter, and the source of its published JSON Schema.
 * What takes more than one place to judge is judged where it is compiled: providers.ts, routes.ts.
 */

/** An optional member, described for the schema's readers. */
export const member = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.exactOptional(v.pipe(schema, v.description(description)));

export const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const listOf = <S extends v.GenericSchema>(schema: S) => v.pipe(v.array(schema), v.minLength(1));
const oneOrMany = v.union([text, listOf(text)], 'must be a text or a list of texts, none of them empty');
const pattern = (regex: RegExp, wording: string) => v.pipe(v.string(), v.regex(regex, wording));
export const wholeNumber = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const name = pattern(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');
/** Beyond 2^53 JSON.parse rounds integers, and a rule for one would hold for its neighbours. */
const INEXACT =
  'must be within 2^53, beyond which numbers in JSON are not exact; have the issuer send a string';
const exactNumber = v.pipe(
  v.number(),
  v.minValue(Number.MIN_SAFE_INTEGER, INEXACT),
  v.maxValue(Number.MAX_SAFE_INTEGER, INEXACT),
);
const scalar = v.union([v.string(), exactNumber, v.boolean()], 'must be a text, a number or a boolean');

const claimRule = v.pipe(
  v.strictObject({
    equals: member(scalar, 'The claim is this very value'),
    anyOf: member(listOf(scalar), 'The claim is one of these values, or a list with at least one of them'),
    allOf: member(listOf(scalar), 'The claim is a list with all of these values'),
    noneOf: member(
      listOf(scalar),
      'The claim is none of these values, or a list with none of them; a missing claim does not meet this',
    ),
    contains: member(scalar, 'The claim is a list with this element, or a string with this word'),
    exists: member(v.boolean(), 'Whether the claim is there at all'),
  }),
  v.minEntries(1, 'must have at least one of equals, anyOf, allOf, noneOf, contains, exists'),
);

const claimRules = v.record(v.string(), claimRule);

const common = {
  clockToleranceSeconds: member(
    wholeNumber(0, 300),
    "How far the issuer's clock and ours may be apart; 30 by default",
  ),
  requiredClaims: member(
    claimRules,
    'Claims that every token must have; by name, or by JSON Pointer where it begins with a slash',
  ),
  scopeClaim: member(text, 'Claim that holds the scopes; "scope", else "scp", by default'),
};

const headerName = v.pipe(
  pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header field'),
  v.maxLength(64),
);
/** token of RFC 9110 §5.6.2, of which schemes, cookie names and subprotocols are made. */
const token = v.pipe(
  pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be letters, digits and hyphens'),
  v.maxLength(128),
);
const described = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

const place = v.union(
  [
    v.strictObject({
      header: described(headerName, 'Name of the header field'),
      scheme: member(
        token,
        'Scheme before the token, such as Bearer; without it the whole field is the token',
      ),
    }),
    v.strictObject({ cookie: described(token, 'Name of the cookie; needs publicOrigins') }),
    v.strictObject({
      query: described(
        v.pipe(pattern(/^[A-Za-z0-9_.~-]+$/, 'must be letters, digits and any of "_.~-"'), v.maxLength(64)),
        "Name of the query parameter, on a WebSocket's $connect",
      ),
      everywhere: member(v.boolean(), 'Whether other requests may have it too; false by default'),
    }),
    v.strictObject({
      webSocketProtocol: described(token, 'Subprotocol that the client offers right before the token'),
    }),
  ],
  'must be {"header": NAME}, {"header": NAME, "scheme": SCHEME}, {"cookie": NAME}, {"query": NAME} or {"webSocketProtocol": NAME}',
);

/** Most places of one provider. */
const MAX_PLACES = 8;
const tokenFrom = member(
  v.pipe(listOf(place), v.maxLength(MAX_PLACES)),
  'Where its tokens stand in a request; Bearer in Authorization by default',
);

const keysUrl = member(text, "What the kid is appended to; the region's public endpoint by default");

const jwks = v.strictObject({
  type: v.literal('jwks'),
  issuer: member(oneOrMany, 'Exact "iss", or several that one key set serves'),
  audience: member(v.nullable(oneOrMany), 'One of these must be in "aud"; null switches the check off'),
  audienceClaim: member(text, 'Claim that holds the audience; "aud" by default'),
  jwksUri: member(text, 'Key set URL; by default "discover", which asks the issuer'),
  jwks: member(
    v.looseObject({ keys: v.array(v.looseObject({})) }),
    'The key set itself, for a function without a way out to the network',
  ),
  algorithms: member(listOf(v.picklist(ALGORITHM_NAMES)), 'Accepted "alg"; all of them by default'),
  maxTokenAgeSeconds: member(wholeNumber(1, 31_536_000), 'Greatest age by "iat", whatever "exp" says'),
  typ: member(oneOrMany, 'Accepted "typ"; "JWT" and "at+jwt" by default'),
  tokenFrom,
  ...common,
});

const spiffe = v.strictObject({
  type: v.literal('spiffe'),
  trustDomain: described(text, 'Trust domain that the SPIFFE ID in "sub" is of, such as example.org'),
  audience: described(oneOrMany, 'One of these must be in "aud"'),
  jwksUri: member(text, "URL of the trust domain's bundle or key set"),
  jwks: member(v.looseObject({ keys: v.array(v.looseObject({})) }), 'The key set itself'),
  algorithms: member(listOf(v.picklist(SPIFFE_ALGORITHMS)), 'Accepted "alg"; all of them by default'),
  maxTokenAgeSeconds: member(wholeNumber(1, 31_536_000), 'Greatest age by "iat", whatever "exp" says'),
  tokenFrom,
  ...common,
});

const verifiedAccess = v.strictObject({
  type: v.literal('verified-access'),
  instanceArn: v.pipe(text, v.description('ARN of the Verified Access instance, which is "signer"')),
  keysUrl,
  ...common,
});

const albOidc = v.strictObject({
  type: v.literal('alb-oidc'),
  loadBalancerArn: v.pipe(
    text,
    v.description('ARN of the load balancer that logs users in, which is "signer"'),
  ),
  clientId: v.pipe(text, v.description('OIDC client of that login, which is "client"')),
  keysUrl,
  ...common,
});

const mode = v.picklist(['enforce', 'report-only']);
const denyOrAllow = v.picklist(['deny', 'allow']);
/** scope-token of RFC 6749 §3.3. */
const scopes = listOf(pattern(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope'));
const header = pattern(/^x-jwt-[a-z0-9-]+$/, 'must be a lower-case name that begins with x-jwt-');

/** Plain segments, so that there is no other spelling of them. */
const prefix = v.pipe(
  pattern(
    /^(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*$/,
    'must be segments of letters, digits, "_", "-" and single dots, each after a slash, or empty for none',
  ),
  v.maxLength(128),
);

const route = v.strictObject({
  path: v.pipe(
    pattern(/^\/[\x21-\x7e]*$/, 'must begin with a slash and have no spaces'),
    v.maxLength(128),
    v.description('Path pattern as in a listener rule: * is any text, ? one character'),
  ),
  methods: member(
    listOf(pattern(/^[A-Z]+$/, 'must be a method in upper case')),
    'Methods; any by default. GET covers HEAD',
  ),
  providers: member(listOf(name), 'Providers whose credentials are accepted; "default" by default'),
  onUnauthenticatedRequest: member(denyOrAllow, 'What to do without credentials; deny by default'),
  corsPreflight: member(denyOrAllow, 'Whether a CORS preflight passes without credentials; deny by default'),
  scopes: member(
    v.union(
      [scopes, v.strictObject({ all: scopes }), v.strictObject({ any: scopes })],
      'must be a list of scopes, or {"all": […]} or {"any": […]} with one',
    ),
    'Scopes that the token must have: all of a list, or as {"all": […]} or {"any": […]}',
  ),
  claims: member(claimRules, 'Claims that the token must have'),
  headers: member(v.record(header, text), 'Further identity headers, and the claims that they carry'),
  stripToken: member(v.boolean(), 'Whether the token is kept from the upstream; false by default'),
  upstream: member(
    text,
    'Where these requests go: an origin, which may have a base path, or "whoami"; the upstream parameter by default',
  ),
  stripPrefix: member(prefix, "What the upstream does not get of the path; the policy's by default"),
  mode: member(mode, 'report-only lets what would be rejected go on without an identity, and logs it'),
});

const domain = pattern(
  /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/,
  'must be a domain in lower case, of which *. may be the first label',
);
/** By the characters that an API mapping may have. */
const basePath = pattern(
  /^\/(?:[A-Za-z0-9$_.+!*'()-]+(?:\/[A-Za-z0-9$_.+!*'()-]+)*)?$/,
  'must be "/", or a path such as "/v1" without a slash at its end',
);

export const PolicySchema = v.strictObject({
  $schema: v.exactOptional(v.string()),
  mode: member(mode, 'The mode of each route that has none; enforce by default'),
  upstreamCa: member(
    v.pipe(
      pattern(
        /^(?:-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/,
        'must be one or more certificates in PEM form',
      ),
      v.maxLength(16_384),
    ),
    'Certificates in PEM form that upstreams are trusted by, in place of the public authorities',
  ),
  firstByteTimeoutSeconds: member(
    wholeNumber(1, 900),
    'How long the first byte of an answer may take; as long as the invocation lasts by default',
  ),
  preserveHost: member(
    v.boolean(),
    "Whether upstreams get the Host that the client sent; false, for the upstream's own, by default",
  ),
  keepOverrides: member(
    v.boolean(),
    'Whether header fields such as X-HTTP-Method-Override and X-Original-URL reach upstreams; false by default, since routes are chosen by the actual method and path',
  ),
  trustForwardedHost: member(
    v.boolean(),
    'Whether an incoming X-Forwarded-Host is passed on, for a proxy in front that sets it; by default it is set to the Host of the request',
  ),
  publicOrigins: member(
    listOf(text),
    'Origins of the pages that may send a cookie with a token, such as https://app.example.com',
  ),
  basePaths: member(
    v.record(
      domain,
      v.union([basePath, listOf(basePath)], 'must be a base path such as "/v1", or a list of them'),
    ),
    'Custom domains of API Gateway, and the base paths of their API mappings; "/" for a mapping without one',
  ),
  unmatched: member(
    v.picklist(['authenticate', 'deny']),
    'What becomes of a request that no route matches: the default provider must accept it, by default, or it is denied',
  ),
  stripPrefix: member(
    prefix,
    'What upstreams do not get of the path, such as /api; nothing by default. Needs "unmatched": "deny"',
  ),
  paths: member(
    v.strictObject({
      readings: member(
        listOf(v.picklist(STEP_NAMES)),
        'What servers behind the function may do to a path; all of it by default, and "decode" always',
      ),
    }),
    'How paths are judged',
  ),
  providers: member(
    v.record(name, v.variant('type', [jwks, spiffe, verifiedAccess, albOidc])),
    'Issuers of credentials by name; "default" refines that of the issuer and audience parameters',
  ),
  routes: member(v.pipe(v.array(route), v.maxLength(1000)), 'In order; the first that matches counts'),
});

export type PolicyDocument = v.InferOutput<typeof PolicySchema>;
export type JwksProviderDocument = v.InferOutput<typeof jwks>;
export type ProviderDocument = NonNullable<PolicyDocument['providers']>[string];
export type SpiffeProviderDocument = v.InferOutput<typeof spiffe>;
export type SignedHeaderProviderDocument = Exclude<
  ProviderDocument,
  JwksProviderDocument | SpiffeProviderDocument
>;
export type PlaceDocument = v.InferOutput<typeof place>;
export type RouteDocument = NonNullable<PolicyDocument['routes']>[number];
