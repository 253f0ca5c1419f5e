import { createKey } from '../../../support/keys.ts';
import { NOW } from '../../../support/tokens.ts';
import { full, type IdentityProvider, otherRsa, publish, rsa, times } from './identity-provider.ts';

export function googleServiceAccount(): IdentityProvider {
  const key = rsa('b5e44e6b4a7e5b1f2d0c9a8e7f6d5c4b3a291807');
  const account = '104512345678901234567';
  const issuer = 'https://accounts.google.com';
  return {
    section: 'Google service accounts',
    key,
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    keys: [publish(otherRsa('0a1b2c3d'), full), publish(key, full)],
    header: { alg: 'RS256', kid: key.kid, typ: 'JWT' },
    claims: {
      ...times,
      iss: issuer,
      aud: 'https://api.example.com',
      azp: account,
      email: 'worker@acme.iam.gserviceaccount.com',
      email_verified: true,
      sub: account,
    },
    identity: { issuer, subject: account, client_id: account, scope: '' },
    rejected: [
      ["someone else's account, for our audience", { sub: '999', azp: '999' }, 'claim_not_accepted'],
      ['an account that was created again with this address', { sub: '998' }, 'claim_not_accepted'],
      ['an ID that became a number', { sub: Number(account) }, 'claim_not_accepted'],
      ['the old issuer without a scheme', { iss: 'accounts.google.com' }, 'issuer_mismatch'],
      [
        'a token that the account signed itself',
        { iss: 'worker@acme.iam.gserviceaccount.com' },
        'issuer_mismatch',
      ],
      ['a login of a person', { aud: '1234.apps.googleusercontent.com' }, 'audience_mismatch'],
      ['the audience with a slash', { aud: 'https://api.example.com/' }, 'audience_mismatch'],
      ['a token whose hour is over', { iat: NOW - 3700, exp: NOW + 9999 }, 'token_expired'],
    ],
  };
}

export function identityAwareProxy(): IdentityProvider {
  const key = createKey('ES256', 'mpf0DA');
  const issuer = 'https://cloud.google.com/iap';
  const subject = 'accounts.google.com:104512345678901234567';
  const service = '/projects/123456789012/global/backendServices/3456789012345678901';
  return {
    section: 'Google Identity-Aware Proxy',
    key,
    jwksUri: 'https://www.gstatic.com/iap/verify/public_key-jwk',
    keys: [
      publish(createKey('ES256', 'Qw5cXQ'), { alg: 'ES256', use: 'sig' }),
      publish(key, { alg: 'ES256', use: 'sig' }),
    ],
    header: { alg: 'ES256', typ: 'JWT', kid: key.kid },
    otherAlgorithm: 'ES384',
    sentIn: 'x-goog-iap-jwt-assertion',
    claims: {
      aud: service,
      azp: service,
      email: 'jane@example.com',
      iat: NOW - 5,
      exp: NOW + 595,
      google: { access_levels: ['accessPolicies/518551280924/accessLevels/corp'] },
      hd: 'example.com',
      identity_source: 'GOOGLE',
      iss: issuer,
      sub: subject,
    },
    identity: { issuer, subject, scope: '' },
    rejected: [
      ['another service of the project', { aud: service.replace('3456', '9999') }, 'audience_mismatch'],
      ['this service of another project', { aud: service.replace('1234', '9999') }, 'audience_mismatch'],
      ['an application of App Engine', { aud: '/projects/123456789012/apps/acme' }, 'audience_mismatch'],
      ['a login at Google', { iss: 'https://accounts.google.com' }, 'issuer_mismatch'],
      ['the issuer with a slash', { iss: `${issuer}/` }, 'issuer_mismatch'],
      ['a person from another domain', { hd: 'example.org', email: 'jane@example.org' }, 'claim_mismatch'],
      ['an account without a domain', { hd: undefined, email: 'jane@gmail.com' }, 'claim_mismatch'],
      ['a token without an end', { exp: undefined }, 'claim_missing'],
    ],
  };
}

export function firebase(): IdentityProvider {
  const key = rsa('f90c3a4b1e5d2c6a7f8091a2b3c4d5e6f7081920');
  const issuer = 'https://securetoken.google.com/acme-orders';
  const user = 'Sl8n6LJ86vQGSkwlsvGdqcLijxX2';
  const signedIn = (provider: string) => ({
    firebase: { identities: { email: ['jane@example.com'] }, sign_in_provider: provider },
  });
  return {
    section: 'Firebase Authentication',
    key,
    jwksUri: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    keys: [publish(otherRsa('0a1b2c3d'), full), publish(key, full)],
    header: { alg: 'RS256', kid: key.kid, typ: 'JWT' },
    claims: {
      ...times,
      role: 'clerk',
      iss: issuer,
      aud: 'acme-orders',
      auth_time: NOW - 86_400,
      user_id: user,
      sub: user,
      email: 'jane@example.com',
      email_verified: true,
      ...signedIn('password'),
    },
    identity: { issuer, subject: user, scope: '' },
    accepted: [['another way to sign in', signedIn('google.com')]],
    rejected: [
      [
        'somebody who signed up',
        { role: undefined, email: 'anybody@example.net', user_id: 'a', sub: 'a' },
        'claim_mismatch',
      ],
      [
        'an anonymous user',
        { role: undefined, email: undefined, email_verified: undefined, provider_id: 'anonymous' },
        'claim_missing',
      ],
      ['an unverified address', { email_verified: false }, 'claim_not_accepted'],
      ['another role', { role: 'customer' }, 'claim_mismatch'],
      ['another project', { iss: `${issuer}-2`, aud: 'acme-orders-2' }, 'issuer_mismatch'],
      ['a token for another project', { aud: 'acme-reports' }, 'audience_mismatch'],
      ['a session cookie', { iss: 'https://session.firebase.google.com/acme-orders' }, 'issuer_mismatch'],
      [
        'a token of App Check',
        { iss: 'https://firebaseappcheck.googleapis.com/123456789012' },
        'issuer_mismatch',
      ],
      ["the emulator's, which is not signed", {}, 'algorithm_not_allowed', { alg: 'none', kid: undefined }],
    ],
  };
}
