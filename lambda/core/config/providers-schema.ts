import * as v from 'valibot';
import { ALGORITHM_NAMES, SPIFFE_ALGORITHMS } from '../jwt/algorithms.ts';
import { closedObject, oneShapeOf } from './closed-object.ts';
import {
  certificates,
  claimRules,
  described,
  listOf,
  member,
  oneOrMany,
  pattern,
  suchAs,
  text,
  wholeNumber,
} from './schema-parts.ts';

/** The shape of the policy's providers, by their types. */

const common = {
  clockToleranceSeconds: member(
    wholeNumber(0, 300),
    "How far apart the issuer's clock and ours may be; 30 by default",
  ),
  requiredClaims: member(
    claimRules,
    'Claims that every token must have; each by its name, or by a JSON Pointer, which begins with a slash',
  ),
  scopeClaim: member(text, 'Claim that holds the scopes; "scope", else "scp", by default'),
};

/** token of RFC 9110 §5.6.2: the syntax of field names, cookie names, schemes and subprotocols. */
const token = pattern(
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  'must be letters, digits and any of "!#$%&\'*+-.^_`|~", without spaces',
);
const headerName = v.pipe(token, v.maxLength(64));
const tokenName = v.pipe(token, v.maxLength(128));
const place = oneShapeOf(
  {
    header: closedObject({
      header: described(headerName, 'Name of the header field'),
      scheme: member(
        tokenName,
        'Scheme before the token, such as Bearer; without it the whole field is the token',
      ),
    }),
    cookie: closedObject({
      cookie: described(tokenName, 'Name of the cookie; needs publicOrigins, or cors with credentials'),
    }),
    query: closedObject({
      query: described(
        v.pipe(pattern(/^[A-Za-z0-9_.~-]+$/, 'must be letters, digits and any of "_.~-"'), v.maxLength(64)),
        "Name of the query parameter; read on a WebSocket's $connect",
      ),
      everywhere: member(v.boolean(), 'Whether it is read on every other request too; false by default'),
    }),
    webSocketProtocol: closedObject({
      webSocketProtocol: described(tokenName, 'Subprotocol that the client lists right before the token'),
    }),
  },
  'must be {"header": NAME}, {"header": NAME, "scheme": SCHEME}, {"cookie": NAME}, {"query": NAME} or {"webSocketProtocol": NAME}',
);

/** How many places a provider may have. */
const MAX_PLACES = 8;
const tokenFrom = member(
  v.pipe(
    v.array(place, suchAs('must be a list', [{ cookie: '__Host-token' }])),
    v.minLength(1),
    v.maxLength(MAX_PLACES),
  ),
  'Where clients send its tokens; as a bearer token in Authorization by default',
);

const keyEndpoint = {
  ca: member(
    certificates,
    'Certificates in PEM form to trust for the key endpoint and the discovery document, instead of the public authorities',
  ),
  insecureHttp: member(
    v.boolean(),
    'Whether keys may be fetched over plain HTTP from a private address; false by default. Anyone on the network path can replace the keys',
  ),
};

const keysUrl = member(text, "URL that the kid is appended to; the region's public endpoint by default");

export const jwks = closedObject({
  type: v.literal('jwks'),
  issuer: member(oneOrMany, 'Exact "iss"; a list where one key set serves several issuers'),
  audience: member(v.nullable(oneOrMany), 'One of these must be in "aud"; null switches the check off'),
  audienceClaim: member(text, 'Claim that holds the audience; "aud" by default'),
  jwksUri: member(text, 'Key set URL; by default "discover", which asks the issuer'),
  jwks: member(
    v.looseObject({ keys: v.array(v.looseObject({})) }),
    'The key set itself, for a function that cannot reach the network',
  ),
  ...keyEndpoint,
  algorithms: member(listOf(v.picklist(ALGORITHM_NAMES), 'RS256'), 'Accepted "alg"; all of them by default'),
  maxTokenAgeSeconds: member(wholeNumber(1, 31_536_000), 'Maximum age by "iat", whatever "exp" says'),
  typ: member(oneOrMany, 'Accepted "typ"; "JWT" and "at+jwt" by default'),
  tokenFrom,
  ...common,
});

export const spiffe = closedObject({
  type: v.literal('spiffe'),
  trustDomain: described(text, 'Trust domain of the SPIFFE ID in "sub", such as example.org'),
  audience: described(oneOrMany, 'One of these must be in "aud"'),
  jwksUri: member(text, "URL of the trust domain's bundle or key set"),
  jwks: member(v.looseObject({ keys: v.array(v.looseObject({})) }), 'The key set itself'),
  ...keyEndpoint,
  algorithms: member(
    listOf(v.picklist(SPIFFE_ALGORITHMS), 'ES256'),
    'Accepted "alg"; all of them by default',
  ),
  maxTokenAgeSeconds: member(wholeNumber(1, 31_536_000), 'Maximum age by "iat", whatever "exp" says'),
  tokenFrom,
  ...common,
});

export const verifiedAccess = closedObject({
  type: v.literal('verified-access'),
  instanceArn: v.pipe(text, v.description('ARN of the Verified Access instance, compared with "signer"')),
  keysUrl,
  ...keyEndpoint,
  ...common,
});

export const albOidc = closedObject({
  type: v.literal('alb-oidc'),
  loadBalancerArn: v.pipe(
    text,
    v.description('ARN of the load balancer that logs users in, compared with "signer"'),
  ),
  clientId: v.pipe(text, v.description('OIDC client of that login, compared with "client"')),
  keysUrl,
  ...keyEndpoint,
  ...common,
});

export const ProviderSchema = v.variant('type', [jwks, spiffe, verifiedAccess, albOidc]);

export type ProviderDocument = v.InferOutput<typeof ProviderSchema>;
export type JwksProviderDocument = v.InferOutput<typeof jwks>;
export type SpiffeProviderDocument = v.InferOutput<typeof spiffe>;
export type SignedHeaderProviderDocument =
  | v.InferOutput<typeof verifiedAccess>
  | v.InferOutput<typeof albOidc>;
export type PlaceDocument = v.InferOutput<typeof place>;
