import {
  certified,
  full,
  type IdentityProvider,
  otherRsa,
  publish,
  rsa,
  times,
} from './identity-provider.ts';

export function okta(): IdentityProvider {
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
      ['an ID token for the API itself', { cid: undefined, scp: undefined }, 'claim_missing'],
      ["the organization's own server", { iss: 'https://example.okta.com' }, 'issuer_mismatch'],
      [
        'another server of it',
        { iss: 'https://example.okta.com/oauth2/aus9o8wzkhckw9TLa357' },
        'issuer_mismatch',
      ],
      ['another organization', { iss: issuer.replace('example', 'example2') }, 'issuer_mismatch'],
      ['a token for another API', { aud: 'api://reports' }, 'audience_mismatch'],
      ['a lesser scope', { scp: ['orders:read'] }, 'scope_missing'],
      ['two scopes in one', { scp: ['orders:read orders:write'] }, 'scope_missing'],
    ],
  };
}

export function auth0(): IdentityProvider {
  const key = rsa('NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg');
  const issuer = 'https://example.eu.auth0.com/';
  const client = 'x6kPq0nV3sExample';
  return {
    section: 'Auth0',
    key,
    jwksUri: 'https://example.eu.auth0.com/.well-known/jwks.json',
    keys: [publish(key, certified), publish(otherRsa('next'), certified)],
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
      ['another tenant', { iss: issuer.replace('example', 'example2') }, 'issuer_mismatch'],
      ['this tenant in another region', { iss: issuer.replace('.eu.', '.us.') }, 'issuer_mismatch'],
      ['a token for /userinfo only', { aud: ['https://example.eu.auth0.com/userinfo'] }, 'audience_mismatch'],
      ['a token for the Management API', { aud: `${issuer}api/v2/` }, 'audience_mismatch'],
      ['a lesser scope', { scope: 'orders:read' }, 'scope_missing'],
      ['a permission that is no scope', { scope: undefined, permissions: ['orders:write'] }, 'scope_missing'],
    ],
  };
}

export function keycloak(): IdentityProvider {
  const key = rsa('FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE');
  const issuer = 'https://keycloak.example.com/realms/acme';
  return {
    section: 'Keycloak',
    key,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    keys: [
      publish(otherRsa('encryption'), { ...certified, alg: 'RSA-OAEP', use: 'enc' }),
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
      ['a token without an audience mapper', { aud: 'account' }, 'audience_mismatch'],
      ['another realm', { iss: 'https://keycloak.example.com/realms/acme2' }, 'issuer_mismatch'],
      ['a caller without the role', { realm_access: { roles: ['offline_access'] } }, 'claim_mismatch'],
      [
        'a role of a client',
        { realm_access: undefined, resource_access: { orders: { roles: ['orders-writer'] } } },
        'claim_mismatch',
      ],
      ['a role elsewhere', { realm_access: {}, roles: ['orders-writer'] }, 'claim_mismatch'],
    ],
  };
}

export function pingOne(): IdentityProvider {
  const key = rsa('default');
  const issuer = 'https://auth.pingone.eu/11111111-2222-3333-4444-555555555555/as';
  const client = '88888888-2222-3333-4444-555555555555';
  return {
    section: 'PingOne',
    key,
    jwksUri: `${issuer}/jwks`,
    keys: [publish(key, { use: 'sig' })],
    header: { alg: 'RS256', kid: key.kid },
    claims: {
      ...times,
      iss: issuer,
      aud: ['https://api.example.com'],
      client_id: client,
      scope: 'orders:read orders:write',
    },
    identity: { issuer, client_id: client, scope: 'orders:read orders:write' },
    accepted: [['a token of a user', { sub: '99999999-2222-3333-4444-555555555555', acr: 'Single_Factor' }]],
    rejected: [
      ['an ID token', { aud: client, client_id: undefined, scope: undefined }, 'audience_mismatch'],
      ['an ID token for the API itself', { client_id: undefined }, 'claim_missing'],
      ['another environment', { iss: issuer.replace('1111', '2222') }, 'issuer_mismatch'],
      ['this environment in another region', { iss: issuer.replace('.eu', '.com') }, 'issuer_mismatch'],
      ['the issuer with a slash', { iss: `${issuer}/` }, 'issuer_mismatch'],
      ["a token for Ping's own API", { aud: ['https://api.pingone.eu'] }, 'audience_mismatch'],
      ['a lesser scope', { scope: 'orders:read' }, 'scope_missing'],
    ],
  };
}
