import type { Preset } from './preset.ts';

export const CLOUDFLARE: Preset = {
  name: 'cloudflare',
  section: 'Cloudflare Access',
  issuer: /^https:\/\/[a-z0-9-]+\.cloudflareaccess\.com$/,
  provider: {
    algorithms: ['RS256'],
    tokenFrom: [{ header: 'cf-access-jwt-assertion' }],
    requiredClaims: { type: { equals: 'app' } },
  },
  jwksUri: (issuer) => `${issuer}/cdn-cgi/access/certs`,
  audience: { what: 'the tag (AUD) of the application' },
  claims: [],
  token: { kind: 'words', text: () => 'Access adds the token: call the address of the application.' },
  example: {
    issuers: ['https://acme.cloudflareaccess.com'],
    audience: ['32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228'],
    claims: {},
    scopes: [],
    paths: ['/api/*'],
  },
};
