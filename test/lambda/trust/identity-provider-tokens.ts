import { createKey, type SigningKey } from '../../support/keys.ts';
import { NOW } from '../../support/tokens.ts';

/** A provider as it is seen in the wild: its key set, its access token, and what must not pass for one. */
export interface IdentityProvider {
  /** Heading of its section in docs/identity-providers.md. */
  readonly section: string;
  readonly key: SigningKey;
  readonly jwksUri: string;
  readonly keys: readonly Record<string, unknown>[];
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  /** What the upstream learns of the caller. */
  readonly identity: Record<string, unknown>;
  /** Claims of near misses, and the code that they are rejected with. */
  readonly rejected: readonly (readonly [what: string, claims: Record<string, unknown>, code: string])[];
}

const TENANT = '11111111-2222-3333-4444-555555555555';
const times = { iat: NOW - 5, exp: NOW + 3600 };
const withNbf = { ...times, nbf: NOW - 5 };

const rsa = (kid: string) => createKey('RS256', kid);
/** A public JWK with just these members besides those of the key itself. */
const publish = (key: SigningKey, members: Record<string, unknown>) => {
  const { kty, n, e } = key.jwk;
  return { kty, n, e, kid: key.kid, ...members };
};
const full = { alg: 'RS256', use: 'sig' };
/** A certificate chain is published beside the key by many; it is not looked at. */
const certified = { ...full, x5c: ['MIIC…'], x5t: 'nPx1pKd0hR2bWkpn' };

function cognito(): IdentityProvider {
  const key = rsa('1LXTBcZ2LQPFB+jRJz/u9K0l5IypgT1LsBeDLqMBkZo=');
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
  const client = '5s3rqmk2dpl1v9example';
  return {
    section: 'Amazon Cognito',
    key,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    keys: [publish(rsa('other+kid/0='), full), publish(key, full)],
    header: { kid: key.kid, alg: 'RS256' },
    claims: {
      ...times,
      sub: client,
      token_use: 'access',
      scope: 'orders/read orders/write',
      auth_time: NOW - 5,
      iss: issuer,
      version: 2,
      jti: '0f1c6d4a-8a53-4f0d-a8e3-6f1d6a1d9a55',
      client_id: client,
    },
    identity: { issuer, subject: client, client_id: client, scope: 'orders/read orders/write' },
    rejected: [
      [
        'an ID token, whose client is in "aud"',
        { token_use: 'id', aud: client, client_id: undefined },
        'claim_missing',
      ],
      ["an ID token with the access token's claims", { token_use: 'id' }, 'claim_not_accepted'],
      ['another app client', { client_id: '7another' }, 'audience_mismatch'],
      ['another user pool', { iss: issuer.replace('AbCdEf123', 'ZyXwVu987') }, 'issuer_mismatch'],
    ],
  };
}

function entra(): IdentityProvider {
  const key = rsa('nOo3ZDrODXEK1jKWhXslHR_KXEg');
  const issuer = `https://login.microsoftonline.com/${TENANT}/v2.0`;
  const published = { use: 'sig', x5t: key.kid, x5c: ['MIIC…'] };
  return {
    section: 'Microsoft Entra ID, v2.0 tokens',
    key,
    jwksUri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    // No "alg", and an issuer to each key: a tenant's own, or a template.
    keys: [
      publish(rsa('other'), { ...published, issuer: 'https://login.microsoftonline.com/9188040d/v2.0' }),
      publish(key, { ...published, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }),
    ],
    header: { typ: 'JWT', alg: 'RS256', kid: key.kid },
    claims: {
      ...withNbf,
      aud: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      iss: issuer,
      aio: 'k2RgYEhJ…',
      azp: '99999999-0000-1111-2222-333333333333',
      azpacr: '1',
      idtyp: 'app',
      oid: '77777777-0000-1111-2222-333333333333',
      roles: ['Orders.Read', 'Orders.Write'],
      sub: '77777777-0000-1111-2222-333333333333',
      tid: TENANT,
      ver: '2.0',
    },
    identity: { issuer, client_id: '99999999-0000-1111-2222-333333333333', scope: '' },
    rejected: [
      [
        'another tenant',
        { iss: issuer.replace(TENANT, 'ffffffff-0000-0000-0000-000000000000') },
        'issuer_mismatch',
      ],
      ['the template for tenants', { iss: issuer.replace(TENANT, '{tenantid}') }, 'issuer_mismatch'],
      ['a v1.0 token', { iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0' }, 'issuer_mismatch'],
      ['a token for Microsoft Graph', { aud: '00000003-0000-0000-c000-000000000000' }, 'audience_mismatch'],
      ['a caller without the role', { roles: ['Orders.Read'] }, 'claim_mismatch'],
      ['a caller without roles', { roles: undefined }, 'claim_mismatch'],
    ],
  };
}

function entraV1(): IdentityProvider {
  const key = rsa('2ZQpJ3UpbjAYXYGaXEJl8lV0TOI');
  const issuer = `https://sts.windows.net/${TENANT}/`;
  const client = '99999999-0000-1111-2222-333333333333';
  return {
    section: 'Microsoft Entra ID, v1.0 tokens',
    key,
    jwksUri: `https://login.microsoftonline.com/${TENANT}/discovery/keys`,
    keys: [publish(key, { use: 'sig', x5t: key.kid, x5c: ['MIIC…'] })],
    header: { typ: 'JWT', alg: 'RS256', x5t: key.kid, kid: key.kid },
    claims: {
      ...withNbf,
      aud: 'api://orders',
      iss: issuer,
      acr: '1',
      appid: client,
      appidacr: '1',
      scp: 'Orders.Read Orders.Write',
      sub: 'Jx1Xq0k3T9f1',
      tid: TENANT,
      unique_name: 'jane@example.com',
      ver: '1.0',
    },
    identity: { issuer, client_id: client, scope: 'Orders.Read Orders.Write' },
    rejected: [
      ['the issuer without its slash', { iss: issuer.slice(0, -1) }, 'issuer_mismatch'],
      ['a v2.0 token', { iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }, 'issuer_mismatch'],
      ['another version', { ver: '2.0' }, 'claim_not_accepted'],
      ['a lesser scope', { scp: 'Orders.Read' }, 'scope_missing'],
    ],
  };
}

function okta(): IdentityProvider {
  const key = rsa('U5R8cHbGw445Qbq8zVO1PcCpXL8yG6IcovVa3laCoxM');
  const issuer = 'https://example.okta.com/oauth2/default';
  const client = '0oa1h57kf5cpq17m0356';
  return {
    section: 'Okta',
    key,
    jwksUri: `${issuer}/v1/keys`,
    keys: [publish(key, full)],
    header: { kid: key.kid, alg: 'RS256' },
    claims: {
      ...times,
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: issuer,
      aud: 'api://default',
      cid: client,
      scp: ['orders:read', 'orders:write'],
      sub: client,
    },
    identity: { issuer, subject: client, client_id: client, scope: 'orders:read orders:write' },
    rejected: [
      ['an ID token', { aud: client, cid: undefined, scp: undefined }, 'audience_mismatch'],
      ["the organization's own server", { iss: 'https://example.okta.com' }, 'issuer_mismatch'],
      ['a lesser scope', { scp: ['orders:read'] }, 'scope_missing'],
    ],
  };
}

function auth0(): IdentityProvider {
  const key = rsa('NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg');
  const issuer = 'https://example.eu.auth0.com/';
  const client = 'x6kPq0nV3sExample';
  return {
    section: 'Auth0',
    key,
    jwksUri: 'https://example.eu.auth0.com/.well-known/jwks.json',
    keys: [publish(key, certified), publish(rsa('next'), certified)],
    header: { alg: 'RS256', typ: 'JWT', kid: key.kid },
    claims: {
      ...times,
      iss: issuer,
      sub: `${client}@clients`,
      aud: ['https://api.example.com', 'https://example.eu.auth0.com/userinfo'],
      azp: client,
      scope: 'orders:read orders:write',
      gty: 'client-credentials',
    },
    identity: { issuer, subject: `${client}@clients`, client_id: client, scope: 'orders:read orders:write' },
    rejected: [
      ['an ID token', { aud: client, nonce: 'n-0S6_WzA2Mj' }, 'audience_mismatch'],
      ['the issuer without its slash', { iss: issuer.slice(0, -1) }, 'issuer_mismatch'],
      [
        'a token for /userinfo alone',
        { aud: ['https://example.eu.auth0.com/userinfo'] },
        'audience_mismatch',
      ],
    ],
  };
}

function keycloak(): IdentityProvider {
  const key = rsa('FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE');
  const issuer = 'https://keycloak.example.com/realms/acme';
  return {
    section: 'Keycloak',
    key,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    keys: [
      publish(rsa('encryption'), { ...certified, alg: 'RSA-OAEP', use: 'enc' }),
      publish(key, certified),
    ],
    header: { alg: 'RS256', typ: 'JWT', kid: key.kid },
    claims: {
      ...times,
      jti: 'trrtcc:3b2a7a0e-6f0b-4a3a-8a0a-1d1f0f6f7a10',
      iss: issuer,
      aud: ['orders-api', 'account'],
      sub: '5c3cd0b5-0f0f-4a55-9c0e-9f1b0e6a7f11',
      typ: 'Bearer',
      azp: 'worker',
      acr: '1',
      realm_access: { roles: ['offline_access', 'orders-writer'] },
      resource_access: { account: { roles: ['view-profile'] } },
      scope: 'profile email',
      preferred_username: 'service-account-worker',
      client_id: 'worker',
    },
    identity: { issuer, client_id: 'worker', scope: 'profile email' },
    rejected: [
      ['an ID token', { typ: 'ID', aud: 'worker' }, 'audience_mismatch'],
      ['an ID token for the API itself', { typ: 'ID' }, 'claim_not_accepted'],
      ['a refresh token', { typ: 'Refresh', aud: issuer }, 'audience_mismatch'],
      ['another realm', { iss: 'https://keycloak.example.com/realms/acme2' }, 'issuer_mismatch'],
      ['a caller without the role', { realm_access: { roles: ['offline_access'] } }, 'claim_mismatch'],
      ['a role elsewhere', { realm_access: {}, roles: ['orders-writer'] }, 'claim_mismatch'],
    ],
  };
}

function google(): IdentityProvider {
  const key = rsa('b5e44e6b4a7e5b1f2d0c9a8e7f6d5c4b3a291807');
  const account = '104512345678901234567';
  return {
    section: 'Google',
    key,
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    keys: [publish(rsa('0a1b2c3d'), full), publish(key, full)],
    header: { alg: 'RS256', kid: key.kid, typ: 'JWT' },
    claims: {
      ...times,
      iss: 'https://accounts.google.com',
      aud: 'https://api.example.com',
      azp: account,
      email: 'worker@acme.iam.gserviceaccount.com',
      email_verified: true,
      sub: account,
    },
    identity: { issuer: 'https://accounts.google.com', subject: account, client_id: account, scope: '' },
    rejected: [
      ['an account of somebody else, for our audience', { sub: '999', azp: '999' }, 'claim_not_accepted'],
      ['the old issuer without a scheme', { iss: 'accounts.google.com' }, 'issuer_mismatch'],
      ['a login of a person', { aud: '1234.apps.googleusercontent.com' }, 'audience_mismatch'],
      ['an hour that is over', { iat: NOW - 3700, exp: NOW + 9999 }, 'token_expired'],
    ],
  };
}

function githubActions(): IdentityProvider {
  const key = rsa('cc413527-173f-5a05-976e-9c52b1d7b431');
  const issuer = 'https://token.actions.githubusercontent.com';
  const subject = 'repo:acme/orders:ref:refs/heads/main';
  return {
    section: 'GitHub Actions',
    key,
    jwksUri: `${issuer}/.well-known/jwks`,
    keys: [publish(rsa('38826b17-6a30-5f9b-b169-8beb8202f723'), certified), publish(key, certified)],
    header: { typ: 'JWT', alg: 'RS256', x5t: 'zEE1JxcQQXWXBpbnNFKxsdexQ', kid: key.kid },
    claims: {
      jti: 'f1f0e6a7-0f0f-4a55-9c0e-9f1b0e6a7f11',
      sub: subject,
      aud: 'api.example.com',
      ref: 'refs/heads/main',
      sha: '0'.repeat(40),
      repository: 'acme/orders',
      repository_id: '74000001',
      repository_owner: 'acme',
      run_id: '1234567890',
      runner_environment: 'github-hosted',
      job_workflow_ref: 'acme/orders/.github/workflows/deploy.yml@refs/heads/main',
      event_name: 'push',
      ref_protected: 'true',
      iss: issuer,
      nbf: NOW - 300,
      exp: NOW + 300,
      iat: NOW - 5,
    },
    identity: { issuer, subject, scope: '' },
    rejected: [
      ['a repository of the same name later', { repository_id: '74000002' }, 'claim_not_accepted'],
      ['a branch of anybody', { ref: 'refs/pull/7/merge' }, 'claim_not_accepted'],
      ['the default audience', { aud: 'https://github.com/acme' }, 'audience_mismatch'],
    ],
  };
}

function kubernetes(): IdentityProvider {
  const key = rsa('6b8f2b1c7f0f4a559c0e9f1b0e6a7f11aabbccdd');
  const issuer = 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
  const subject = 'system:serviceaccount:orders:worker';
  const pod = { name: 'worker-7d4b', uid: '0f1c6d4a-8a53-4f0d-a8e3-6f1d6a1d9a55' };
  const inNamespace = (namespace: string) => ({
    'kubernetes.io': { namespace, pod, serviceaccount: { name: 'worker', uid: pod.uid }, warnafter: NOW },
  });
  return {
    section: 'Kubernetes service accounts',
    key,
    jwksUri: `${issuer}/keys`,
    keys: [publish(key, full)],
    header: { alg: 'RS256', kid: key.kid },
    claims: {
      ...withNbf,
      aud: ['api.example.com'],
      iss: issuer,
      jti: '2b7a0e3a-6f0b-4a3a-8a0a-1d1f0f6f7a10',
      ...inNamespace('orders'),
      sub: subject,
    },
    identity: { issuer, subject, scope: '' },
    rejected: [
      ['a token for the cluster itself', { aud: ['https://kubernetes.default.svc'] }, 'audience_mismatch'],
      ['another cluster', { iss: issuer.replace('D539', 'D530') }, 'issuer_mismatch'],
      ['another namespace', inNamespace('payments'), 'claim_not_accepted'],
      ['another account', { sub: 'system:serviceaccount:orders:default' }, 'claim_mismatch'],
      ['a legacy token, which never expires', { exp: undefined }, 'claim_missing'],
    ],
  };
}

export const IDENTITY_PROVIDERS: readonly IdentityProvider[] = [
  cognito(),
  entra(),
  entraV1(),
  okta(),
  auth0(),
  keycloak(),
  google(),
  githubActions(),
  kubernetes(),
];
