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

/**
 * What a client asks for to get refresh tokens (OpenID Connect Core §11). Without it there are none: clients that refresh where
 * they should ask for more scope would never get it.
 */
const OFFLINE = 'offline_access';

/** In seconds. */
const DAY = 24 * 60 * 60;

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
 * An OAuth 2.0 authorization server with signed JWT access tokens (RFC 9068), for whatever resource is asked for (RFC 8707).
 * There is one client for the client credentials grant; others register themselves (RFC 7591) and send their user here, to
 * get a code (with PKCE) and refresh tokens; pages of this machine can do both. Metadata is where RFC 8414 and OpenID Connect
 * have it.
 * For trials a token request may carry `alg`, one of the usual signing algorithms, `aud`, another audience,
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
  const library = await loadOidcLibrary();
  // Clients and users outlive the keys.
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
          void signIn(provider, request, response).catch(() => refuse(response));
        else void serve(request, response);
      };
    },
  );
  return { ...server, rotateKeys: renew, setOutage, isOut: () => outage };
}

/** A page that was opened twice, or long ago. */
function refuse(response: ServerResponse): void {
  response.writeHead(400, { 'Content-Type': 'text/plain' });
  response.end('There is no sign-in under way here: start it again from the client.\n');
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
            // The library issues none that has expired.
            accessTokenTTL: Math.abs(Number(ttl)),
            audience: resource === DEMO.resource ? DEMO.audience : resource,
            jwt: { sign: { alg: alg as 'RS256' } },
            // Whatever is asked for: a policy can be tried before its scopes exist anywhere else.
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
    // An access token's lifetime is its resource's, as above; given here, it is not the library's default either.
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
