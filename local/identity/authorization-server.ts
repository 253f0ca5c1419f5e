import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Configuration, Provider } from 'oidc-provider';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { type ServedRequest, servedBy } from '../stack-event.ts';
import { isLocalPage, letLocalPagesRegister } from './local-pages.ts';
import { createMemoryAdapters } from './memory-adapter.ts';
import { loadOidcLibrary, type OidcLibrary } from './oidc-library.ts';
import { registerForAnyScope } from './registration.ts';
import { findAccount, isSignIn, loginClaims, signIn, signInEachTime } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';

/** The preregistered client, and the audience of its tokens. */
export const DEMO = {
  clientId: 'demo-client',
  clientSecret: 'demo-secret',
  audience: 'api.example.com',
  /** The resource indicator (RFC 8707) of that audience; the default of a request without one. */
  resource: 'https://api.example.com/',
  /** The scope that the printed commands request; the client gets any scope. */
  scope: 'read write',
  /** Lifetime of a token, in seconds. */
  lifetime: 3600,
} as const;

/** Signing algorithms that `alg` in a token request may choose. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * The scope for refresh tokens (OpenID Connect Core §11). Only clients that request it get them: a client that refreshes when it
 * should request more scope would never get the scope.
 */
const OFFLINE = 'offline_access';

/** In seconds. */
const DAY = 24 * 60 * 60;

/** The path that begins and ends an outage, for people who only have curl. */
export const OUTAGE = '/outage';

export interface AuthorizationServer extends LoopbackServer {
  /** Replaces all signing keys: earlier tokens no longer verify. */
  rotateKeys(): Promise<void>;
  /** Begins an outage, in which it responds to everything with 503, or ends it. */
  setOutage(on: boolean): void;
  /** Whether it is in an outage. */
  isOut(): boolean;
}

/**
 * An OAuth 2.0 authorization server that issues signed JWT access tokens (RFC 9068) for any requested resource (RFC 8707).
 * One client is preregistered for the client credentials grant. Other clients register themselves (RFC 7591) and send their
 * user here to get a code (with PKCE) and refresh tokens; pages served from this machine can do both. It serves its metadata
 * where RFC 8414 and OpenID Connect Discovery say.
 * For trials, a token request may contain `alg`, one of the usual signing algorithms; `aud`, another audience; and `ttl`, the
 * token's lifetime in seconds, negative for an expired token. PUT and DELETE of `/outage` begin and end an outage.
 */
export async function startAuthorizationServer(options: {
  readonly port: number;
  /** Gets each request, including those for keys. */
  readonly onServed: (request: ServedRequest) => void;
  /** Gets a line for each internal error. */
  readonly log: (line: string) => void;
}): Promise<AuthorizationServer> {
  const library = await loadOidcLibrary();
  // A key rotation keeps clients and sessions.
  const lasting = { adapter: createMemoryAdapters(), cookies: { keys: [randomUUID()] } };
  let provider: Provider;
  let serve: ReturnType<Provider['callback']>;
  let issuer = '';
  let outage = false;
  const setOutage = (on: boolean) => {
    outage = on;
  };
  const renew = async () => {
    provider = createProvider(library, issuer, { ...lasting, jwks: { keys: await createSigningKeys() } });
    provider.on('server_error', (_, error) => options.log(`the authorization server failed: ${error}`));
    serve = provider.callback();
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
        else if (isSignIn(request.url))
          void signIn(provider, request, response).catch(() => rejectSignIn(response));
        else void serve(request, response);
      };
    },
  );
  return { ...server, rotateKeys: renew, setOutage, isOut: () => outage };
}

/** For a sign-in page opened twice, or long after its request. */
function rejectSignIn(response: ServerResponse): void {
  response.writeHead(400, { 'Content-Type': 'text/plain' });
  response.end('This sign-in has ended or never began: start it again from the client.\n');
}

function createProvider(
  library: OidcLibrary,
  issuer: string,
  lasting: Pick<Configuration, 'adapter' | 'cookies' | 'jwks'>,
): Provider {
  const { Provider, errors } = library;
  const provider = new Provider(issuer, {
    ...lasting,
    clients: [
      {
        client_id: DEMO.clientId,
        client_secret: DEMO.clientSecret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    clientBasedCORS: (_, origin) => isLocalPage(origin),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEMO.resource,
        getResourceServerInfo(context, resource) {
          const { alg = 'RS256', ttl = DEMO.lifetime } = context.oidc.body ?? {};
          const { AuthorizationCode: code, RefreshToken: refresh } = context.oidc.entities;
          const scope = context.oidc.params?.scope ?? code?.scope ?? refresh?.scope ?? '';
          if (!ALGORITHMS.includes(String(alg))) {
            throw new errors.InvalidRequest(`alg must be one of ${ALGORITHMS.join(' ')}`);
          }
          if (!Number.isSafeInteger(Number(ttl)) || Number(ttl) === 0) {
            throw new errors.InvalidRequest('ttl must be a number of seconds other than 0');
          }
          return {
            accessTokenFormat: 'jwt',
            // The library does not issue expired tokens; the customizer below moves "exp" back.
            accessTokenTTL: Math.abs(Number(ttl)),
            audience: resource === DEMO.resource ? DEMO.audience : resource,
            jwt: { sign: { alg: alg as 'RS256' } },
            // Grants every requested scope, so that a policy can be tried before its scopes exist elsewhere.
            scope: String(scope)
              .split(' ')
              .filter((one) => one !== OFFLINE)
              .join(' '),
          };
        },
      },
    },
    formats: {
      customizers: {
        jwt(context, _, { payload }) {
          Object.assign(payload, loginClaims(context));
          const { aud, ttl } = context.oidc.body ?? {};
          if (typeof aud === 'string' && aud !== '') payload.aud = aud;
          if (Number(ttl) < 0) {
            const exp = Number(payload.iat) + Number(ttl);
            Object.assign(payload, { exp, iat: exp - DEMO.lifetime });
          }
        },
      },
    },
    findAccount,
    interactions: signInEachTime(library),
    responseTypes: ['code'],
    scopes: [...DEMO.scope.split(' '), OFFLINE],
    // Access tokens get their resource's lifetime from above; without these entries the library would use its own default.
    ttl: {
      AccessToken: (_, token) => token.resourceServer?.accessTokenTTL ?? DEMO.lifetime,
      ClientCredentials: (_, token) => token.resourceServer?.accessTokenTTL ?? DEMO.lifetime,
      Grant: DAY,
      Interaction: DEMO.lifetime,
      RefreshToken: DAY,
      Session: DAY,
    },
  });
  provider.use(letLocalPagesRegister);
  provider.use(registerForAnyScope);
  return provider;
}
