import { shellWord } from '../../shell-word.ts';
import { CURL, jsonField } from '../shell-commands.ts';
import type { AskedClaim, AudienceQuestion, Preset } from './preset.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const V1 = `https://sts.windows.net/${TENANT}/`;
const OF_V2 = /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/;
const OF_V1 = /^https:\/\/sts\.windows\.net\/[0-9a-f-]{36}\/$/;

const tenantOf = (issuer: string): string => /[0-9a-f-]{36}/.exec(issuer)?.[0] ?? '';
const keysOf = (issuer: string): string =>
  `https://login.microsoftonline.com/${tenantOf(issuer)}/discovery/keys`;

const APPLICATION = 'the application (client) ID of the API';
/** In v2.0 tokens, `aud` is always the client ID, whatever was requested. */
const APPLICATION_ID: AudienceQuestion = {
  what: APPLICATION,
  fault: (value) =>
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
      ? undefined
      : `v2.0 tokens never have ${value} as "aud", but ${APPLICATION}: 36 characters, in lower case.`,
};
const APPLICATION_URI = 'the application ID URI of the API';
const NEED =
  'what callers must be allowed to do, as everyone and every application in the tenant can get tokens';
const ROLES: AskedClaim = {
  name: 'roles',
  of: 'route',
  rule: 'contains',
  what: 'app role that has been assigned to the caller',
  need: NEED,
};

const token = {
  kind: 'client-credentials',
  method: 'client_secret_post',
  endpoint: (issuer) => `https://login.microsoftonline.com/${tenantOf(issuer)}/oauth2/v2.0/token`,
  form: ({ audience: [audience = ''] }) => ({ scope: `${audience}/.default` }),
} as const satisfies Preset['token'];

export const ENTRA: Preset = {
  name: 'entra',
  section: 'Microsoft Entra ID, v2.0 tokens',
  issuer: OF_V2,
  provider: { algorithms: ['RS256'], requiredClaims: { ver: { equals: '2.0' } } },
  audience: APPLICATION_ID,
  claims: [ROLES],
  scopes: { need: NEED },
  token,
  example: {
    issuers: [V2],
    audience: ['aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
    claims: { roles: ['Orders.Write'] },
    scopes: [],
    paths: ['/api/*'],
  },
};

export const ENTRA_V1: Preset = {
  name: 'entra-v1',
  section: 'Microsoft Entra ID, v1.0 tokens',
  issuer: OF_V1,
  provider: { algorithms: ['RS256'], requiredClaims: { ver: { equals: '1.0' } } },
  jwksUri: keysOf,
  audience: { what: APPLICATION_URI },
  claims: [ROLES],
  scopes: { need: NEED },
  token,
  example: {
    issuers: [V1],
    audience: ['api://orders'],
    claims: {},
    scopes: ['Orders.Write'],
    paths: ['/api/*'],
  },
};

export const ENTRA_TENANTS: Preset = {
  name: 'entra-tenants',
  section: 'Microsoft Entra ID, several tenants',
  issuer: OF_V2,
  provider: { algorithms: ['RS256'], requiredClaims: { ver: { equals: '2.0' } } },
  jwksUri: () => 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  several: true,
  audience: APPLICATION_ID,
  claims: [ROLES],
  scopes: { need: NEED },
  token,
  example: {
    issuers: [V2, 'https://login.microsoftonline.com/66666666-7777-8888-9999-000000000000/v2.0'],
    audience: ['aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
    claims: { roles: ['Orders.Read'] },
    scopes: [],
    paths: ['/api/*'],
  },
};

export const AZURE: Preset = {
  name: 'azure',
  section: 'Azure managed identities',
  issuer: OF_V1,
  provider: {
    algorithms: ['RS256'],
    requiredClaims: { ver: { equals: '1.0' }, xms_mirid: { exists: true } },
  },
  jwksUri: keysOf,
  audience: { what: APPLICATION_URI },
  claims: [
    {
      name: 'oid',
      of: 'route',
      rule: 'anyOf',
      what: 'object IDs of the identities that may call, as every identity of the tenant gets tokens',
      need: 'which identities may call',
    },
  ],
  token: {
    kind: 'shell',
    title: 'Get a token, on a machine that has the identity',
    command: ({ audience: [audience = ''] }) =>
      `TOKEN=$(${CURL} -H 'Metadata: true' ${shellWord(`http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(audience)}`)} | ${jsonField('access_token')})`,
  },
  example: {
    issuers: [V1],
    audience: ['api://orders'],
    claims: { oid: ['77777777-0000-1111-2222-333333333333'] },
    scopes: [],
    paths: ['/api/*'],
  },
};
