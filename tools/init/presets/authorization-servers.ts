import type { Preset } from './preset.ts';

/** Over http on this machine or in a private network, as while developing. */
const HOST = String.raw`https?:\/\/[A-Za-z0-9.-]+`;

export const OKTA: Preset = {
  name: 'okta',
  section: 'Okta',
  issuer: /^https:\/\/[a-z0-9-]+\.(?:okta|oktapreview|okta-emea)\.com\/oauth2\/[A-Za-z0-9]+$/,
  provider: { algorithms: ['RS256'], requiredClaims: { cid: { exists: true } } },
  audience: { what: 'the audience of the custom authorization server' },
  claims: [],
  scopes: {},
  token: { kind: 'client-credentials' },
  example: {
    issuers: ['https://example.okta.com/oauth2/default'],
    audience: ['api://default'],
    claims: {},
    scopes: ['orders:write'],
    paths: ['/api/*'],
  },
};

export const AUTH0: Preset = {
  name: 'auth0',
  section: 'Auth0',
  issuer: /^https:\/\/[a-z0-9.-]+\.auth0\.com\/$/,
  provider: { algorithms: ['RS256'] },
  audience: { what: 'the identifier of the API; a request for a token without it gets an opaque one' },
  claims: [],
  scopes: {},
  token: {
    kind: 'client-credentials',
    method: 'client_secret_post',
    form: ({ audience: [audience = ''] }) => ({ audience }),
  },
  example: {
    issuers: ['https://example.eu.auth0.com/'],
    audience: ['https://api.example.com'],
    claims: {},
    scopes: ['orders:write'],
    paths: ['/api/*'],
  },
};

export const KEYCLOAK: Preset = {
  name: 'keycloak',
  section: 'Keycloak',
  issuer: new RegExp(String.raw`^${HOST}(?::\d+)?(?:\/[\w/-]+)?\/realms\/[^/]+$`),
  provider: { algorithms: ['RS256'], requiredClaims: { typ: { equals: 'Bearer' } } },
  audience: { what: 'the client of the API, which an audience mapper adds to the tokens' },
  claims: [
    {
      name: 'realm_access/roles',
      pointer: '/realm_access/roles',
      of: 'route',
      rule: 'contains',
      what: 'realm role that the caller must have',
    },
  ],
  scopes: {},
  token: { kind: 'client-credentials' },
  example: {
    issuers: ['https://keycloak.example.com/realms/acme'],
    audience: ['orders-api'],
    claims: { 'realm_access/roles': ['orders-writer'] },
    scopes: [],
    paths: ['/api/*'],
  },
};

export const PINGONE: Preset = {
  name: 'pingone',
  section: 'PingOne',
  issuer: /^https:\/\/auth\.pingone\.[a-z.]+\/[0-9a-f-]{36}\/as$/,
  provider: { algorithms: ['RS256'], requiredClaims: { client_id: { exists: true } } },
  audience: { what: 'the audience of the custom resource' },
  claims: [],
  scopes: {},
  token: { kind: 'client-credentials' },
  example: {
    issuers: ['https://auth.pingone.eu/11111111-2222-3333-4444-555555555555/as'],
    audience: ['https://api.example.com'],
    claims: {},
    scopes: ['orders:write'],
    paths: ['/api/*'],
  },
};
