import { shellWord } from '../../shell-word.ts';
import type { Preset } from './preset.ts';

const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
const OF_POOLS = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+$/;

export const COGNITO: Preset = {
  name: 'cognito',
  section: 'Amazon Cognito',
  issuer: OF_POOLS,
  provider: {
    audienceClaim: 'client_id',
    algorithms: ['RS256'],
    requiredClaims: { token_use: { equals: 'access' } },
  },
  audience: { what: 'the IDs of the app clients that may call ("client_id" in the tokens)' },
  claims: [],
  scopes: {},
  token: { kind: 'client-credentials' },
  example: {
    issuers: [POOL],
    audience: ['5s3rqmk2dpl1v9example', '1h57kf5cpq17m0example'],
    claims: {},
    scopes: ['orders/write'],
    paths: ['/api/*'],
  },
};

export const COGNITO_BOUND: Preset = {
  name: 'cognito-bound',
  section: 'Amazon Cognito with resource binding',
  issuer: OF_POOLS,
  provider: { algorithms: ['RS256'], requiredClaims: { token_use: { equals: 'access' } } },
  audience: { what: 'the URL that clients ask managed login for as "resource"' },
  claims: [
    {
      name: 'client_id',
      of: 'provider',
      rule: 'anyOf',
      what: 'IDs of the app clients that may call, as every client of the pool gets tokens for any URL',
      need: 'which app clients may call',
    },
  ],
  scopes: {},
  token: {
    kind: 'words',
    text: () => 'A user logs in through managed login, with "resource" in the request.',
  },
  example: {
    issuers: [POOL],
    audience: ['https://api.example.com/orders'],
    claims: { client_id: ['5s3rqmk2dpl1v9example', '1h57kf5cpq17m0example'] },
    scopes: ['https://api.example.com/orders/write'],
    paths: ['/api/*'],
  },
};

/** Where AWS STS puts its own claims. */
const STS = '/https:~1~1sts.amazonaws.com~1';
const WHO = 'which principals may call';

export const AWS: Preset = {
  name: 'aws',
  section: 'AWS IAM principals',
  issuer: /^https:\/\/[A-Za-z0-9-]+\.tokens\.sts\.global\.api\.aws$/,
  provider: { algorithms: ['RS256', 'ES384'], maxTokenAgeSeconds: 3600 },
  audience: { what: 'what callers pass to sts:GetWebIdentityToken' },
  claims: [
    { name: 'sub', of: 'route', rule: 'anyOf', what: 'ARNs of the roles that may call', need: WHO },
    {
      name: 'org_id',
      pointer: `${STS}/org_id`,
      of: 'provider',
      rule: 'equals',
      what: 'ID of the organization whose principals may call',
      need: WHO,
    },
    {
      name: 'principal_tags/*',
      pointer: `${STS}/principal_tags/*`,
      of: 'provider',
      rule: 'equals',
      what: 'value of a tag of the principals that may call',
      need: WHO,
    },
  ],
  token: {
    kind: 'shell',
    title: 'Get a token, as one of the roles',
    command: ({ audience: [audience = ''] }) =>
      `TOKEN=$(aws sts get-web-identity-token --audience ${shellWord(audience)} --signing-algorithm ES384 --query WebIdentityToken --output text)`,
  },
  example: {
    issuers: ['https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws'],
    audience: ['https://api.example.com'],
    claims: {
      sub: ['arn:aws:iam::123456789012:role/orders-worker'],
      org_id: ['o-abc1234567'],
      'principal_tags/environment': ['production'],
    },
    scopes: [],
    paths: ['/api/*'],
  },
};
