import { full, type IdentityProvider, otherRsa, publish, rsa, withNbf } from './identity-provider.ts';

export function cloudflareAccess(): IdentityProvider {
  const key = rsa('9338abe1baf2fe492f646a736f25afbf7b025e35c627be4f60c414d4c73069b8');
  const issuer = 'https://acme.cloudflareaccess.com';
  const subject = '7335d417-61da-459d-899c-0a01c76a2f94';
  const tag = '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228';
  return {
    section: 'Cloudflare Access',
    key,
    jwksUri: `${issuer}/cdn-cgi/access/certs`,
    keys: [publish(otherRsa('1a1c3986a44ce6390be42ec772b031df8f433fdc71716db8'), full), publish(key, full)],
    header: { alg: 'RS256', kid: key.kid, typ: 'JWT' },
    sentIn: 'cf-access-jwt-assertion',
    claims: {
      ...withNbf,
      aud: [tag],
      email: 'jane@example.com',
      iss: issuer,
      type: 'app',
      identity_nonce: '6ei69kawdKzMIAPF',
      sub: subject,
      country: 'NL',
    },
    identity: { issuer, subject, scope: '' },
    accepted: [
      [
        'a service token, which has no subject',
        { sub: '', common_name: 'e367826f93b8d71185e03fe518aff3b4.access', email: undefined, nbf: undefined },
      ],
    ],
    rejected: [
      ['another application of the team', { aud: [tag.replace('32ea', '99ff')] }, 'audience_mismatch'],
      ['the global session of the team', { type: 'org', aud: issuer }, 'audience_mismatch'],
      ['a global session for this application', { type: 'org' }, 'claim_not_accepted'],
      ['a token that does not say of what type it is', { type: undefined }, 'claim_missing'],
      ['another team', { iss: 'https://acme2.cloudflareaccess.com' }, 'issuer_mismatch'],
      ['the issuer with a slash', { iss: `${issuer}/` }, 'issuer_mismatch'],
      ['the tag in upper case', { aud: [tag.toUpperCase()] }, 'audience_mismatch'],
      ['a token without an application', { aud: [] }, 'audience_mismatch'],
    ],
  };
}
