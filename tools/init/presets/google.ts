import { shellWord } from '../../shell-word.ts';
import type { Preset } from './preset.ts';

const WHO = 'who may call, as everybody with a Google account gets tokens for any audience';

export const GOOGLE: Preset = {
  name: 'google',
  section: 'Google service accounts',
  issuer: /^https:\/\/accounts\.google\.com$/,
  provider: { algorithms: ['RS256'], maxTokenAgeSeconds: 3600 },
  audience: { what: 'what callers ask for when they get an ID token' },
  claims: [
    { name: 'sub', of: 'provider', rule: 'anyOf', what: 'unique IDs of the service accounts', need: WHO },
    { name: 'hd', of: 'provider', rule: 'equals', what: 'domain of a Workspace organization', need: WHO },
  ],
  token: {
    kind: 'shell',
    title: 'Get a token, as one of the service accounts',
    command: ({ audience: [audience = ''] }) =>
      `TOKEN=$(gcloud auth print-identity-token --audiences=${shellWord(audience)})`,
  },
  example: {
    issuers: ['https://accounts.google.com'],
    audience: ['https://api.example.com'],
    claims: { sub: ['104512345678901234567'] },
    scopes: [],
    paths: ['/api/*'],
  },
};

export const IAP: Preset = {
  name: 'iap',
  section: 'Google Identity-Aware Proxy',
  issuer: /^https:\/\/cloud\.google\.com\/iap$/,
  provider: { algorithms: ['ES256'], tokenFrom: [{ header: 'x-goog-iap-jwt-assertion' }] },
  jwksUri: () => 'https://www.gstatic.com/iap/verify/public_key-jwk',
  audience: { what: 'the backend service: /projects/NUMBER/global/backendServices/ID' },
  claims: [{ name: 'hd', of: 'route', rule: 'equals', what: 'domain of the Workspace accounts' }],
  token: { kind: 'words', text: () => 'The proxy adds the token: call the address of the proxy.' },
  example: {
    issuers: ['https://cloud.google.com/iap'],
    audience: ['/projects/123456789012/global/backendServices/3456789012345678901'],
    claims: { hd: ['example.com'] },
    scopes: [],
    paths: ['/api/*'],
  },
};

export const FIREBASE: Preset = {
  name: 'firebase',
  section: 'Firebase Authentication',
  issuer: /^https:\/\/securetoken\.google\.com\/[a-z0-9-]+$/,
  provider: {
    algorithms: ['RS256'],
    maxTokenAgeSeconds: 3600,
    requiredClaims: { email_verified: { equals: true } },
  },
  jwksUri: () => 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  audience: { what: 'the ID of the project', from: (issuer) => issuer.split('/').at(-1) },
  claims: [
    {
      name: 'role',
      of: 'route',
      rule: 'equals',
      what: 'custom claim "role" that the caller must have, as users may be able to sign up by themselves',
    },
  ],
  token: {
    kind: 'words',
    text: () => 'The app of the project sends an ID token: await user.getIdToken() in JavaScript.',
  },
  example: {
    issuers: ['https://securetoken.google.com/acme-orders'],
    audience: ['acme-orders'],
    claims: { role: ['clerk'] },
    scopes: [],
    paths: ['/api/*'],
  },
};
