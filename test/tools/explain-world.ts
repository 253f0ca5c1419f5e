import fc from 'fast-check';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { parseJson } from '../../lambda/core/config/parse-json.ts';
import { PolicySchema } from '../../lambda/core/config/policy-schema.ts';
import type { HeaderList, HttpRequest } from '../../lambda/core/http/message.ts';
import { parseRequest } from '../../tools/explain/arguments.ts';
import { type Explanation, explain } from '../../tools/explain/explain.ts';
import type { ExplainInput } from '../../tools/explain/input.ts';
import type { FrontDoor } from '../../tools/explain/listener-step.ts';
import type { TokenName } from '../../tools/explain/paste/pasted.ts';
import { createKey, jwksOf } from '../support/keys.ts';
import { AUDIENCE, ISSUER, NOW } from '../support/tokens.ts';

/** Keys of the two issuers. Only their names are printed. */
export const KEYS = { issuer: createKey('ES256', 'key-2026'), partner: createKey('ES256', 'partner-1') };

const ENCRYPTION_KEY = { kty: 'RSA', kid: 'enc-2026', use: 'enc', n: 'AQAB', e: 'AQAB' };

const DOCUMENTS: Readonly<Record<string, object>> = {
  [`${ISSUER}/jwks`]: { keys: [...jwksOf(KEYS.issuer).keys, ENCRYPTION_KEY] },
  'https://partner.example/jwks': jwksOf(KEYS.partner),
};

const POLICY = {
  providers: {
    partner: {
      type: 'jwks',
      issuer: 'https://partner.example',
      audience: 'orders',
      jwksUri: 'https://partner.example/jwks',
    },
  },
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/partner/*', providers: ['partner'] },
    { path: '/api/orders/*', methods: ['POST'], scopes: ['orders:write'] },
    {
      path: '/api/tenants/*',
      claims: { tenant: { anyOf: ['a', 'b'] } },
      headers: { 'x-jwt-tenant': 'tenant' },
    },
    { path: '/api/trial/*', scopes: ['trial'], mode: 'report-only' },
  ],
};

/** Values of claims, most of them wrong, each for a different reason. */
const CLAIM_CHANGES = {
  iss: ['https://issuer.example/', 'https://partner.example', 'urn:x', 1],
  aud: ['orders', ['api.example.com', 'x'], {}, 'web'],
  exp: [NOW - 100, NOW - 10, 'soon', 1e15],
  nbf: [NOW + 20, NOW + 100, {}],
  sub: ['stolen', 7],
  scope: ['orders:write', ['trial'], 3],
  tenant: ['a', 'c', '\n'],
  cnf: [{}],
} as const;

/** Claims, each of which may be changed to one of the values, as `change` chooses. */
export const claimChanges = <T>(change: (...values: unknown[]) => fc.Arbitrary<T>) =>
  fc.record(
    Object.fromEntries(Object.entries(CLAIM_CHANGES).map(([claim, values]) => [claim, change(...values)])),
  );

/** Requests for the routes of the policy, one for none, and one with a path that is rejected. */
export const REQUESTS = [
  'GET /api/x',
  'POST /api/orders/1',
  'GET /api/tenants/1',
  'GET /api/partner/1',
  'GET /api/trial/1',
  'GET /api//x',
  'GET /api/public/x',
] as const;

export interface Question {
  /** As it is pasted. */
  readonly token: string;
  /** Method and path. */
  readonly request?: string;
  readonly headers?: HeaderList;
  readonly body?: string;
  readonly take?: TokenName;
  readonly frontDoor?: FrontDoor;
  readonly offline?: boolean;
  readonly carrier?: ExplainInput['carrier'];
  readonly policy?: object;
  readonly parameters?: Record<string, string>;
  readonly timeZone?: string;
  readonly documents?: Readonly<Record<string, object | string | undefined>>;
}

/** A request for `GET /api/x`, unless the question or its paste has another. */
export async function inputOf(
  question: Question,
): Promise<ExplainInput & { readonly request: Omit<HttpRequest, 'body'> }> {
  const { token, request, headers = [], body, carrier, take, frontDoor, offline } = question;
  const policy = JSON.stringify(question.policy ?? POLICY);
  const parsed = await parseConfig(
    {
      issuer: ISSUER,
      audience: AUDIENCE,
      'jwks-uri': `${ISSUER}/jwks`,
      upstream: 'whoami',
      policy,
      revocations: JSON.stringify({ [ISSUER]: { sub: ['stolen'] } }),
      ...question.parameters,
    },
    '1',
  );
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const document = parseJson(PolicySchema, policy);
  const documents = { ...DOCUMENTS, ...question.documents };
  return {
    pasted: token,
    request: {
      ...parseRequest(request ?? 'GET /api/x'),
      headers,
      ...(body !== undefined && { body: Buffer.from(body) }),
    },
    carrier,
    take,
    frontDoor,
    offline,
    config: parsed.config,
    policy: 'value' in document ? document.value : {},
    fetchDocument: async (url) => {
      const found = documents[url.href];
      if (found === undefined) throw new Error(`${url.href}: responded with status 404`);
      const text = typeof found === 'string' ? found : JSON.stringify(found);
      return { text, cacheControl: undefined };
    },
    now: NOW * 1000,
    timeZone: question.timeZone ?? 'UTC',
  };
}

export const ask = async (question: Question): Promise<Explanation> => explain(await inputOf(question));

/** The same for a paste that includes the request. */
export async function askPaste(question: Question): Promise<Explanation> {
  const input = await inputOf(question);
  return explain({ ...input, request: question.request === undefined ? undefined : input.request });
}
