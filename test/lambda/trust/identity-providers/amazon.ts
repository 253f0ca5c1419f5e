import { createKey } from '../../../support/keys.ts';
import { NOW } from '../../../support/tokens.ts';
import { full, type IdentityProvider, otherRsa, publish, rsa, times } from './identity-provider.ts';

const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
const CLIENT = '5s3rqmk2dpl1v9example';

/** Cognito signs ID and access tokens with different keys, and publishes both. */
function pool() {
  const key = rsa('1LXTBcZ2LQPFB+jRJz/u9K0l5IypgT1LsBeDLqMBkZo=');
  return {
    key,
    jwksUri: `${POOL}/.well-known/jwks.json`,
    keys: [publish(otherRsa('other+kid/0='), full), publish(key, full)],
    header: { kid: key.kid, alg: 'RS256' },
  };
}

/** A machine's token. */
export function cognito(): IdentityProvider {
  return {
    section: 'Amazon Cognito',
    ...pool(),
    claims: {
      ...times,
      sub: CLIENT,
      token_use: 'access',
      scope: 'orders/read orders/write',
      auth_time: NOW - 5,
      iss: POOL,
      version: 2,
      jti: '0f1c6d4a-8a53-4f0d-a8e3-6f1d6a1d9a55',
      client_id: CLIENT,
    },
    identity: { issuer: POOL, subject: CLIENT, client_id: CLIENT, scope: 'orders/read orders/write' },
    rejected: [
      [
        'an ID token, whose "aud" is the client',
        { token_use: 'id', aud: CLIENT, client_id: undefined },
        'claim_missing',
      ],
      ["an ID token with the access token's claims", { token_use: 'id' }, 'claim_not_accepted'],
      ['a token that does not say what it is for', { token_use: undefined }, 'claim_missing'],
      ['another app client', { client_id: '7another' }, 'audience_mismatch'],
      ['another user pool', { iss: POOL.replace('AbCdEf123', 'ZyXwVu987') }, 'issuer_mismatch'],
      ['a pool of this ID elsewhere', { iss: POOL.replaceAll('eu-west-1', 'us-east-1') }, 'issuer_mismatch'],
      ['a lesser scope', { scope: 'orders/read' }, 'scope_missing'],
      ['a login without the resource server', { scope: 'aws.cognito.signin.user.admin' }, 'scope_missing'],
    ],
  };
}

/** A person's token, of a login with `resource=https://api.example.com/orders`. */
export function cognitoWithResource(): IdentityProvider {
  const subject = '7d8ca528-4931-4254-9273-ea5ee853f271';
  const scope = 'openid https://api.example.com/orders/write';
  return {
    section: 'Amazon Cognito with resource binding',
    ...pool(),
    claims: {
      ...times,
      sub: subject,
      'cognito:groups': ['clerks'],
      iss: POOL,
      version: 2,
      client_id: CLIENT,
      aud: 'https://api.example.com/orders',
      origin_jti: 'c5a7b1de-0f0f-4a55-9c0e-9f1b0e6a7f11',
      event_id: '64f513be-32db-42b0-b78e-b02127b4f463',
      token_use: 'access',
      scope,
      auth_time: NOW - 600,
      jti: '0f1c6d4a-8a53-4f0d-a8e3-6f1d6a1d9a55',
      username: 'jane',
    },
    identity: { issuer: POOL, subject, client_id: CLIENT, scope },
    rejected: [
      ['a token that is bound to nothing', { aud: undefined }, 'claim_missing'],
      ['a token for another API', { aud: 'https://api.example.com/reports' }, 'audience_mismatch'],
      [
        'a token for a URL with an additional slash',
        { aud: 'https://api.example.com/orders/' },
        'audience_mismatch',
      ],
      ['another client that requested this URL', { client_id: '7another' }, 'claim_not_accepted'],
      ['an ID token', { token_use: 'id', aud: CLIENT, client_id: undefined }, 'audience_mismatch'],
      ['an ID token for the API itself', { token_use: 'id' }, 'claim_not_accepted'],
      ['another user pool', { iss: POOL.replace('AbCdEf123', 'ZyXwVu987') }, 'issuer_mismatch'],
      ['a login without the scope', { scope: 'openid' }, 'scope_missing'],
    ],
  };
}

const ACCOUNT = 'https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws';
const ROLE = 'arn:aws:iam::123456789012:role/orders-worker';
const CLAIM = 'https://sts.amazonaws.com/';

/** Tokens of `sts:GetWebIdentityToken`; the RSA key does not name its algorithm. */
export function awsPrincipals(): IdentityProvider[] {
  const rsaKey = rsa('RSA_0');
  const ecKey = createKey('ES384', 'EC384_0');
  const about = {
    aws_account: '123456789012',
    source_region: 'eu-west-1',
    org_id: 'o-abc1234567',
    ou_path: ['o-abc1234567/r-ab12/ou-ab12-11111111/'],
    principal_id: ROLE,
    principal_tags: { environment: 'production', team: 'orders' },
    original_session_exp: '2026-09-21T18:00:00Z',
  };
  const { org_id: _, ou_path: __, ...withoutOrganization } = about;
  const { principal_tags: ___, ...untagged } = about;
  const one: Omit<IdentityProvider, 'key' | 'header' | 'variant'> = {
    section: 'AWS IAM principals',
    jwksUri: `${ACCOUNT}/.well-known/jwks.json`,
    keys: [publish(rsaKey, { use: 'sig' }), publish(ecKey, { alg: 'ES384', use: 'sig' })],
    claims: {
      iat: NOW - 5,
      exp: NOW + 300,
      aud: 'https://api.example.com',
      sub: ROLE,
      [CLAIM]: about,
      iss: ACCOUNT,
      jti: '5488e298-0f0f-4a55-9c0e-9f1b0e6a7f11',
    },
    identity: { issuer: ACCOUNT, subject: ROLE, scope: '' },
    accepted: [
      ['a token for several audiences', { aud: ['https://other.example', 'https://api.example.com'] }],
    ],
    rejected: [
      ['another role of the account', { sub: 'arn:aws:iam::123456789012:role/anything' }, 'claim_mismatch'],
      ['a role of that name elsewhere', { sub: ROLE.replace('1234', '9999') }, 'claim_mismatch'],
      ['another account', { iss: ACCOUNT.replace('1111', '9999') }, 'issuer_mismatch'],
      ['another organization', { [CLAIM]: { ...about, org_id: 'o-other00000' } }, 'claim_not_accepted'],
      ['an account that left the organization', { [CLAIM]: withoutOrganization }, 'claim_missing'],
      [
        'another tag',
        { [CLAIM]: { ...about, principal_tags: { environment: 'staging' } } },
        'claim_not_accepted',
      ],
      [
        'a tag that the caller added to the request',
        { [CLAIM]: { ...untagged, request_tags: about.principal_tags } },
        'claim_missing',
      ],
      ['the claims at the top', { [CLAIM]: undefined, ...about }, 'claim_missing'],
      ['a token for another service', { aud: 'https://api.example.org' }, 'audience_mismatch'],
    ],
  };
  const ofOther = (kid: string): IdentityProvider['rejected'] => [
    ['a token that names the other key', {}, 'algorithm_not_allowed', { kid }],
  ];
  return [
    {
      ...one,
      variant: 'RS256',
      key: rsaKey,
      header: { kid: 'RSA_0', typ: 'JWT', alg: 'RS256' },
      rejected: [...one.rejected, ...ofOther('EC384_0')],
    },
    {
      ...one,
      variant: 'ES384',
      key: ecKey,
      header: { kid: 'EC384_0', typ: 'JWT', alg: 'ES384' },
      otherAlgorithm: 'ES512',
      rejected: [...one.rejected, ...ofOther('RSA_0')],
    },
  ];
}
