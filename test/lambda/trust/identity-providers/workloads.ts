import { createKey } from '../../../support/keys.ts';
import { NOW } from '../../../support/tokens.ts';
import {
  full,
  type IdentityProvider,
  type NearMiss,
  otherRsa,
  publish,
  rsa,
  times,
  withNbf,
} from './identity-provider.ts';

const SUBJECT = 'system:serviceaccount:orders:worker';
const UID = '0f1c6d4a-8a53-4f0d-a8e3-6f1d6a1d9a55';

const inNamespace = (namespace: string) => ({
  'kubernetes.io': {
    namespace,
    node: { name: 'node-1', uid: UID },
    pod: { name: 'worker-7d4b', uid: UID },
    serviceaccount: { name: 'worker', uid: UID },
    warnafter: NOW + 3607,
  },
});

function serviceAccount(issuer: string, key = rsa('6b8f2b1c7f0f4a559c0e9f1b0e6a7f11aabbccdd')) {
  return {
    key,
    keys: [publish(key, full)],
    header: { alg: 'RS256', kid: key.kid },
    claims: {
      ...withNbf,
      aud: ['api.example.com'],
      iss: issuer,
      jti: '2b7a0e3a-6f0b-4a3a-8a0a-1d1f0f6f7a10',
      ...inNamespace('orders'),
      sub: SUBJECT,
    },
    identity: { issuer, subject: SUBJECT, scope: '' },
  };
}

const NEAR_MISSES: readonly NearMiss[] = [
  ['a token for the cluster itself', { aud: ['https://kubernetes.default.svc'] }, 'audience_mismatch'],
  ['another namespace', inNamespace('payments'), 'claim_not_accepted'],
  [
    'an account of this name in another namespace',
    { ...inNamespace('payments'), sub: 'system:serviceaccount:payments:worker' },
    'claim_not_accepted',
  ],
  ['another account', { sub: 'system:serviceaccount:orders:default' }, 'claim_mismatch'],
  ['a claim for the namespace at the top', { 'kubernetes.io': {}, namespace: 'orders' }, 'claim_missing'],
  ['a legacy token, which never expires', { exp: undefined }, 'claim_missing'],
  ['a token that has been extended by a year', { iat: NOW - 90_000, exp: NOW + 31_000_000 }, 'token_expired'],
];

export function eks(): IdentityProvider {
  const issuer = 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
  return {
    section: 'Kubernetes service accounts on EKS',
    ...serviceAccount(issuer),
    jwksUri: `${issuer}/keys`,
    rejected: [
      ...NEAR_MISSES,
      ['a token for a role of IAM', { aud: ['sts.amazonaws.com'] }, 'audience_mismatch'],
      ['another cluster', { iss: issuer.replace('D539', 'D530') }, 'issuer_mismatch'],
      ['this ID in another region', { iss: issuer.replace('eu-west-1', 'us-east-1') }, 'issuer_mismatch'],
    ],
  };
}

export function cluster(): IdentityProvider {
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  return {
    section: 'Kubernetes service accounts of other clusters',
    ...serviceAccount(issuer),
    jwksUri: 'https://keys.example.com/orders-cluster/jwks.json',
    rejected: [
      ...NEAR_MISSES,
      ['the name without the domain', { iss: 'https://kubernetes.default.svc' }, 'issuer_mismatch'],
      ['a legacy issuer', { iss: 'kubernetes/serviceaccount' }, 'issuer_mismatch'],
    ],
  };
}

/** SPIRE's own tokens have no issuer. */
export function spiffe(): IdentityProvider {
  const key = createKey('ES256', 'C6vs25welZOx6WksNYfbMfiw9l96pMnD');
  const x509 = otherRsa('x509');
  const subject = 'spiffe://example.org/orders/worker';
  return {
    section: 'SPIFFE JWT-SVIDs',
    key,
    jwksUri: 'https://spire.example.org/bundle',
    keys: [
      { kty: 'RSA', n: x509.jwk.n, e: x509.jwk.e, use: 'x509-svid', x5c: ['MIIC…'] },
      publish(key, { use: 'jwt-svid' }),
    ],
    header: { alg: 'ES256', kid: key.kid, typ: 'JWT' },
    otherAlgorithm: 'EdDSA',
    claims: { ...times, aud: ['https://api.example.com'], sub: subject },
    identity: { issuer: 'example.org', subject, scope: '' },
    accepted: [['a token that has an issuer', { iss: 'https://oidc.example.org' }]],
    rejected: [
      ['another workload', { sub: 'spiffe://example.org/orders/other' }, 'claim_mismatch'],
      ['a workload below this one', { sub: `${subject}/debug` }, 'claim_mismatch'],
      ['another trust domain', { sub: 'spiffe://example.com/orders/worker' }, 'issuer_mismatch'],
      ['a longer trust domain', { sub: 'spiffe://example.org.evil/orders/worker' }, 'issuer_mismatch'],
      ['a trust domain below', { sub: 'spiffe://a.example.org/orders/worker' }, 'issuer_mismatch'],
      ['another scheme', { sub: 'https://example.org/orders/worker' }, 'issuer_mismatch'],
      ['a token without a subject', { sub: undefined }, 'issuer_mismatch'],
      ['a token for another service', { aud: ['https://api.example.org'] }, 'audience_mismatch'],
      ['a token for nobody', { aud: undefined }, 'claim_missing'],
      ['a token without an end', { exp: undefined }, 'claim_missing'],
    ],
  };
}
