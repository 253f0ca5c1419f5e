import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileBasePaths } from '../../../lambda/core/base-paths.ts';
import type { FoundPath } from '../../../lambda/core/verdict.ts';
import { exchangeOf } from '../../../lambda/events/authorizer.ts';
import { readAuthorizerResult } from '../../../local/api-gateway/authorizer-result.ts';
import {
  API_KINDS,
  type ApiKind,
  type ApiPlace,
  type ApiRequest,
  buildAuthorizerEvent,
  integrationPath,
  readPath,
} from '../../../local/api-gateway/event.ts';
import { encodePath } from '../../../local/api-gateway/path.ts';
import { createKey } from '../../support/keys.ts';
import { claimsOf, mint } from '../../support/tokens.ts';
import { createWorld } from '../../support/world.ts';

/** Parts of paths that some server might read as another path. */
const PIECES = [
  ...[
    '/',
    '/',
    '/',
    'admin',
    'users',
    'public',
    'orders',
    'prod',
    'v1',
    'a',
    '.',
    '..',
    '+',
    ';',
    '*',
    '$%7Ba}',
  ],
  ...[
    '%',
    '%2F',
    '%2f',
    '%5C',
    '%25',
    '%252F',
    '%2561',
    '%61',
    '%41dmin',
    '%20',
    '%2B',
    '%3F',
    '%23',
    '%7Bid%7D',
  ],
  ...[
    '%C3%A9',
    '%FF',
    '%C0%AF',
    '%EF%BF%BD',
    '%00',
    '%0A',
    '%F0%9F%98%80',
    '{proxy+}',
    '$default',
    '$connect',
  ],
];
const nasty = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((pieces) => `/${pieces.join('')}`);
/** A path with at most one unusual part. */
const nearlyPlain = fc
  .record({
    segments: fc.array(fc.constantFrom('admin', 'users', 'public', 'orders', 'prod', 'v1'), {
      minLength: 1,
      maxLength: 3,
    }),
    end: fc.oneof(
      fc.constantFrom('', '/', '/a%20b', '/caf%C3%A9', '/%24%7Ba%7D'),
      fc.constantFrom(...PIECES),
    ),
  })
  .map(({ segments, end }) => `/${segments.join('/')}${end}`);
const paths = fc.oneof(nearlyPlain, nasty);

const DOMAIN = 'api.example.com';
const methods = fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS', 'ANY');
const places: fc.Arbitrary<ApiPlace> = fc.record(
  {
    region: fc.constantFrom('us-east-1', 'eu-central-2'),
    account: fc.constant('123456789012'),
    stage: fc.constantFrom('$default', 'prod', 'v1', 'admin', 'a'),
    domain: fc.record({
      name: fc.constantFrom(DOMAIN, 'API.example.com'),
      basePath: fc.constantFrom('', '/v1', '/admin', '/public/orders', '/v1/prod'),
    }),
  },
  { requiredKeys: ['region', 'account'] },
);

const requestTo = (path: string, method = 'GET'): ApiRequest => ({
  method,
  path,
  query: '',
  headers: [['Authorization', 'Bearer x']],
  sourceIp: '192.0.2.1',
});

interface AnyEvent {
  readonly methodArn?: string;
  readonly routeArn?: string;
}

type Form = 'as it is' | 'encoded' | 'decoded' | 'route key';

/** The same event with an ARN that names the path in any form that is not known to be wrong. */
function withArn(event: object, request: ApiRequest, form: Form): object {
  if (form === 'as it is') return event;
  const { methodArn, routeArn } = event as AnyEvent;
  const arn = (routeArn ?? methodArn ?? '').split('/').slice(0, 2).join('/');
  const path = { encoded: request.path, decoded: decoded(request.path), 'route key': '/{proxy+}' }[form];
  return { ...event, [routeArn === undefined ? 'methodArn' : 'routeArn']: `${arn}/${request.method}${path}` };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const forms = fc.constantFrom<Form>('as it is', 'encoded', 'decoded', 'route key');

function found(event: object, basePaths: Parameters<typeof compileBasePaths>[0]): FoundPath {
  const exchange = exchangeOf(event, 'simple');
  if ('problems' in exchange) throw new Error(exchange.problems.join());
  return exchange.value.question.findPath(compileBasePaths(basePaths));
}

/** The base paths that a correct policy lists for the domain, or none. */
const listings = fc.constantFrom('alone', 'among others', 'not');
const listedFor = ({ domain }: ApiPlace, listing: string) => {
  if (domain === undefined || listing === 'not') return {};
  const basePath = domain.basePath || '/';
  return { [DOMAIN]: listing === 'alone' ? basePath : [basePath, '/elsewhere'] };
};

const PATH_KINDS = API_KINDS.filter((kind) => kind !== 'rest-token');

describe.each(PATH_KINDS)('the path of a request to an API (%s)', (kind) => {
  const pathsRead = paths.map((sent) => readPath(kind, sent)).filter((path) => path !== undefined);

  test('is found or unknown, wherever it was called and whatever its ARN says', () => {
    fc.assert(
      fc.property(pathsRead, methods, places, forms, listings, (path, method, place, form, listing) => {
        const request = requestTo(path, method);
        const event = withArn(buildAuthorizerEvent(kind, request, 'Bearer x', place), request, form);
        const result = found(event, listedFor(place, listing));
        if ('paths' in result) expect(result.paths).toContain(integrationPath(kind, path));
      }),
      { numRuns: 3000 },
    );
  });

  test('is found first on its own domain and on a listed one, and alone except for optional parts', () => {
    fc.assert(
      fc.property(pathsRead, places, (path, { stage, ...place }) => {
        fc.pre(!path.includes('\ufffd'));
        const at = kind === 'http' && stage !== undefined ? { ...place, stage } : place;
        const event = buildAuthorizerEvent(kind, requestTo(path), 'Bearer x', at);
        const result = found(event, listedFor(place, 'alone'));
        expect(result).toMatchObject({ paths: expect.arrayContaining([integrationPath(kind, path)]) });
        if (!('paths' in result)) return;
        expect(result.paths[0]).toBe(integrationPath(kind, path));
        const basePath = place.domain?.basePath || '//';
        if (kind !== 'http' || !path.startsWith(basePath)) expect(result.paths).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });
});

const KEY = createKey();
const TOKENS = ['read', 'read admin'].map((scope) => `Bearer ${mint(KEY, claimsOf({ scope }))}`);
const POLICY = {
  routes: [
    { path: '/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/admin/*', scopes: ['admin'] },
    { path: '/orders/*', methods: ['POST'], scopes: ['write'] },
    { path: '/orders/*', mode: 'report-only', scopes: ['write'] },
  ],
  basePaths: { [DOMAIN]: '/v1' },
};
const tokens = fc.constantFrom(...TOKENS, 'Bearer x', undefined);
const domains = fc.constantFrom(undefined, { name: DOMAIN, basePath: '/v1' });

function setUp() {
  const world = createWorld(KEY);
  world.parameters.policy = JSON.stringify(POLICY);
  const last = () => {
    const decision = world.decisions.splice(0).at(-1);
    return decision && { code: decision.code, route: decision.route, reported: decision.reported };
  };
  return {
    world,
    /** The outcome of a load balancer's request for this path. */
    async direct(path: string, method: string, token: string | undefined) {
      await world.call({
        method,
        target: path,
        headers: token === undefined ? {} : { authorization: token },
      });
      return last();
    },
    async throughApi(event: object) {
      const authorized = await world.ask(event, 'iam').catch((error: Error) => error);
      return { authorized, decision: last() };
    },
  };
}

/** The request, with or without a token. */
const presenting = (path: string, method: string, token: string | undefined): ApiRequest => ({
  ...requestTo(path, method),
  headers: token === undefined ? [] : [['Authorization', token]],
});

describe.each(API_KINDS)('a decision for an API (%s)', (kind: ApiKind) => {
  test('matches the same route as a direct request for that path, or is rejected', async () => {
    const { direct, throughApi } = setUp();
    await fc.assert(
      fc.asyncProperty(paths, methods, tokens, domains, forms, async (sent, method, token, domain, form) => {
        const path = readPath(kind, sent);
        if (path === undefined) return;
        const place = { region: 'us-east-1', account: '123456789012', ...(domain && { domain }) };
        const request = presenting(path, method, token);
        const event = withArn(buildAuthorizerEvent(kind, request, token ?? '', place), request, form);
        const { decision } = await throughApi(event);
        if (decision?.code === 'path_invalid') return;
        // A TOKEN event has no other path, so if it is decoded, the request was for the decoded path.
        const isDecoded = kind === 'rest-token' && form === 'decoded';
        const got = isDecoded ? encodePath(decoded(path)) : integrationPath(kind, path);
        expect(decision).toEqual(await direct(got, method, token));
      }),
      { numRuns: 500 },
    );
  });
});

describe.each(['rest', 'rest-token'] as const)('an Allow that is cached (%s)', (kind) => {
  test('allows no other request that would have been rejected, whatever characters its path has', async () => {
    const { throughApi } = setUp();
    const place = { region: 'us-east-1', account: '123456789012' };
    const eventOf = (request: ApiRequest, token: string | undefined, form: Form) =>
      withArn(buildAuthorizerEvent(kind, request, token ?? '', place), request, form);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(paths, methods),
        fc.tuple(paths, methods),
        tokens,
        fc.constantFrom<Form>('encoded', 'decoded'),
        async ([keptPath, keptMethod], [path, method], token, form) => {
          const kept = eventOf(presenting(keptPath, keptMethod, token), token, form);
          const other = eventOf(presenting(path, method, token), token, form);
          const { authorized, decision } = await throughApi(kept);
          if (authorized instanceof Error) return;
          const result = { kind: 'response', body: Buffer.from(JSON.stringify(authorized)) } as const;
          const { rule } = readAuthorizerResult(kind, result);
          const allows = (event: AnyEvent) => rule(event.methodArn ?? '').kind === 'allow';
          // The log says what the policy does.
          expect(allows(kept)).toBe(decision?.code === 'allowed');
          if ((other as AnyEvent).methodArn === (kept as AnyEvent).methodArn || !allows(other)) return;
          expect((await throughApi(other)).decision?.code).toBe('allowed');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
