import * as v from 'valibot';
import { ALGORITHM_NAMES } from '../jwt/algorithms.ts';

/**
 * The shape of the `policy` and `revocations` parameters, and the source of their published JSON Schemas.
 * What needs more than one place to be judged is checked in policy.ts.
 */
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const oneOrMany = v.union([text, v.pipe(v.array(text), v.minLength(1))]);
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens'),
);
const seconds = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const scalar = v.union([v.string(), v.number(), v.boolean()]);

const claimRule = v.pipe(
  v.strictObject({
    equals: v.exactOptional(scalar),
    anyOf: v.exactOptional(v.pipe(v.array(scalar), v.minLength(1))),
    contains: v.exactOptional(scalar),
    exists: v.exactOptional(v.boolean()),
  }),
  v.minEntries(1),
);

/** By claim name, or by JSON Pointer where it begins with a slash. */
const claimRules = v.record(v.string(), claimRule);

const common = {
  clockToleranceSeconds: v.exactOptional(seconds(300)),
  maxTokenAgeSeconds: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  requiredClaims: v.exactOptional(claimRules),
  scopeClaim: v.exactOptional(text),
};

const jwks = v.strictObject({
  type: v.literal('jwks'),
  /** Exact `iss`, or several where one key set serves them all. */
  issuer: v.exactOptional(oneOrMany),
  /** Accepted audiences; null switches the check off. */
  audience: v.exactOptional(v.nullable(oneOrMany)),
  audienceClaim: v.exactOptional(text),
  /** Key set URL, or `discover`, the default. */
  jwksUri: v.exactOptional(text),
  /** The key set itself, for a function that has no way out to the network. */
  jwks: v.exactOptional(v.looseObject({ keys: v.array(v.looseObject({})) })),
  algorithms: v.exactOptional(v.pipe(v.array(v.picklist(ALGORITHM_NAMES)), v.minLength(1))),
  /** Accepted `typ`; the default is `JWT` and `at+jwt`. */
  typ: v.exactOptional(oneOrMany),
  ...common,
});

const verifiedAccess = v.strictObject({
  type: v.literal('verified-access'),
  instanceArn: text,
  /** What the `kid` is appended to; the default is the region's public endpoint. */
  keysUrl: v.exactOptional(text),
  ...common,
});

const albOidc = v.strictObject({
  type: v.literal('alb-oidc'),
  loadBalancerArn: text,
  clientId: text,
  keysUrl: v.exactOptional(text),
  ...common,
});

const mode = v.picklist(['enforce', 'report-only']);
const scopeToken = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope token'));
const scopeList = v.pipe(v.array(scopeToken), v.minLength(1));

const route = v.strictObject({
  path: v.pipe(v.string(), v.regex(/^\/[\x21-\x7e]*$/, 'must begin with a slash'), v.maxLength(128)),
  methods: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[A-Z]+$/, 'must be a method in upper case'))),
      v.minLength(1),
    ),
  ),
  providers: v.exactOptional(v.pipe(v.array(name), v.minLength(1))),
  onUnauthenticatedRequest: v.exactOptional(v.picklist(['deny', 'allow'])),
  corsPreflight: v.exactOptional(v.picklist(['deny', 'allow'])),
  scopes: v.exactOptional(
    v.union([scopeList, v.strictObject({ all: scopeList }), v.strictObject({ any: scopeList })]),
  ),
  claims: v.exactOptional(claimRules),
  /** Identity header by name, which begins with `x-jwt-`, and the claim that it carries. */
  headers: v.exactOptional(
    v.record(
      v.pipe(v.string(), v.regex(/^x-jwt-[a-z0-9-]+$/, 'must be an x-jwt- header in lower case')),
      text,
    ),
  ),
  stripToken: v.exactOptional(v.boolean()),
  mode: v.exactOptional(mode),
});

export const PolicySchema = v.strictObject({
  $schema: v.exactOptional(v.string()),
  mode: v.exactOptional(mode),
  providers: v.exactOptional(v.record(name, v.variant('type', [jwks, verifiedAccess, albOidc]))),
  routes: v.exactOptional(v.pipe(v.array(route), v.maxLength(1000))),
});

const revokedValues = v.exactOptional(v.array(text));

export const RevocationsSchema = v.objectWithRest(
  { $schema: v.exactOptional(v.string()) },
  v.strictObject({
    jti: revokedValues,
    sub: revokedValues,
    client_id: revokedValues,
    /** Seconds since the epoch. */
    issuedBefore: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(253_402_300_799))),
  }),
);

export type PolicyDocument = v.InferOutput<typeof PolicySchema>;
export type JwksProviderDocument = v.InferOutput<typeof jwks>;
export type ProviderDocument = NonNullable<PolicyDocument['providers']>[string];
export type SignedHeaderProviderDocument = Exclude<ProviderDocument, JwksProviderDocument>;
export type RouteDocument = NonNullable<PolicyDocument['routes']>[number];
export type RevocationsDocument = v.InferOutput<typeof RevocationsSchema>;
