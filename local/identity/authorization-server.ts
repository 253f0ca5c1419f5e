import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Adapter, AdapterPayload, Provider } from 'oidc-provider';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { type ServedRequest, servedBy } from '../stack-event.ts';

/** The one client, and what its tokens are for. */
export const DEMO = {
  clientId: 'demo-client',
  clientSecret: 'demo-secret',
  audience: 'api.example.com',
  /** The resource indicator (RFC 8707) of that audience; a request without one means this. */
  resource: 'https://api.example.com/',
  /** What the printed commands ask for; the client gets any scope. */
  scope: 'read write',
  /** How long a token lives, in seconds. */
  lifetime: 3600,
} as const;

/** Signing algorithms to choose from by an `alg` in the token request. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Where an outage is begun and ended, for who has nothing but curl at hand. */
export const OUTAGE = '/outage';

export interface AuthorizationServer extends LoopbackServer {
  /** Replaces all signing keys: tokens that were signed before no longer verify. */
  rotateKeys(): Promise<void>;
  /** Answers 503 to everything from now on, or no longer. */
  setOutage(on: boolean): void;
  /** Whether it does. */
  isOut(): boolean;
}

/**
 * An OAuth 2.0 authorization server for the client credentials grant, with signed JWT access tokens
 * (RFC 9068). For trials a token request may carry `alg`, one of the usual signing algorithms, `aud`, another audience,
 * and `ttl`, the token's lifetime in seconds, which is negative for a token that has expired already; and PUT and DELETE
 * of `/outage` begin and end an outage.
 */
export async function startAuthorizationServer(options: {
  readonly port: number;
  /** Sees each request, and so when keys are fetched. */
  readonly onServed: (request: ServedRequest) => void;
  /** Gets a line for what goes wrong here. */
  readonly log: (line: string) => void;
}): Promise<AuthorizationServer> {
  const library = await loadLibrary();
  let serve: ReturnType<Provider['callback']>;
  let issuer = '';
  let outage = false;
  const setOutage = (on: boolean) => {
    outage = on;
  };
  const renew = async () => {
    serve = createProvider(library, issuer, await createKeys(), options.log).callback();
  };
  const server = await startLoopbackServer(
    { name: 'authorization server', port: options.port },
    async (origin) => {
      issuer = origin;
      await renew();
      return (request, response) => {
        response.on('finish', () => options.onServed(servedBy(request, response)));
        if (request.url === OUTAGE && (request.method === 'PUT' || request.method === 'DELETE')) {
          setOutage(request.method === 'PUT');
          response.writeHead(204).end();
        } else if (outage) response.writeHead(503).end();
        else void serve(request, response);
      };
    },
  );
  return { ...server, rotateKeys: renew, setOutage, isOut: () => outage };
}

type Keys = Awaited<ReturnType<typeof createKeys>>;

type Library = Awaited<ReturnType<typeof loadLibrary>>;

function createProvider(
  { Provider, errors }: Library,
  issuer: string,
  keys: Keys,
  log: (line: string) => void,
): Provider {
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter,
    clients: [
      {
        client_id: DEMO.clientId,
        client_secret: DEMO.clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    clientBasedCORS: () => false,
    cookies: { keys: [randomUUID()] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEMO.resource,
        getResourceServerInfo(context, resource) {
          if (resource !== DEMO.resource) throw new errors.InvalidTarget();
          const { alg = 'RS256', ttl = DEMO.lifetime, scope = '' } = context.oidc.body ?? {};
          if (!ALGORITHMS.includes(String(alg))) {
            throw new errors.InvalidRequest(`alg must be one of ${ALGORITHMS.join(' ')}`);
          }
          if (!Number.isSafeInteger(Number(ttl)) || Number(ttl) === 0) {
            throw new errors.InvalidRequest('ttl must be a number of seconds other than 0');
          }
          return {
            accessTokenFormat: 'jwt',
            // The library issues none that has expired.
            accessTokenTTL: Math.abs(Number(ttl)),
            audience: DEMO.audience,
            jwt: { sign: { alg: alg as 'RS256' } },
            // Whatever is asked for: a policy can be tried before its scopes exist anywhere else.
            scope: String(scope),
          };
        },
      },
    },
    formats: {
      customizers: {
        jwt({ oidc }, _, { payload }) {
          const { aud, ttl } = oidc.body ?? {};
          if (typeof aud === 'string' && aud !== '') payload.aud = aud;
          if (Number(ttl) < 0) {
            const exp = Number(payload.iat) + Number(ttl);
            Object.assign(payload, { exp, iat: exp - DEMO.lifetime });
          }
        },
      },
    },
    jwks: { keys },
    scopes: DEMO.scope.split(' '),
    // The token's lifetime is its resource's, as above; given here, it is not the library's default either.
    ttl: { ClientCredentials: (_, token) => token.resourceServer?.accessTokenTTL ?? DEMO.lifetime },
  });
  provider.on('server_error', (_, error) => log(`the authorization server failed: ${error}`));
  return provider;
}

/** RSA and EC keys and an Edwards one. They name no `alg`, so that each serves all algorithms of its kind. */
async function createKeys() {
  const generate = promisify(generateKeyPair);
  const pairs: { privateKey: KeyObject }[] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ec', { namedCurve: 'P-384' }),
    generate('ec', { namedCurve: 'P-521' }),
    generate('ed25519'),
  ]);
  return pairs.map(({ privateKey }) => ({
    ...privateKey.export({ format: 'jwk' }),
    use: 'sig',
    kid: randomUUID(),
  }));
}

/** Keeps what the library stores for as long as the process lives: JWT access tokens are not among it. */
function createMemoryAdapter(): Adapter {
  const entries = new Map<string, AdapterPayload>();
  return {
    async upsert(id, payload) {
      entries.set(id, payload);
    },
    find: async (id) => entries.get(id),
    findByUserCode: async () => undefined,
    findByUid: async () => undefined,
    async consume() {},
    async destroy(id) {
      entries.delete(id);
    },
    async revokeByGrantId() {},
  };
}

/**
 * oidc-provider warns on any Node.js before 22, while the tools of this project run on 20.19 too. What it uses
 * beyond that is `URL.parse`.
 */
async function loadLibrary() {
  URL.parse ??= (url, base) => (URL.canParse(String(url), base?.toString()) ? new URL(url, base) : null);
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
