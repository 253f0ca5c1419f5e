import type { KeyObject } from 'node:crypto';
import { createKey, type SigningKey, signatureOf } from './keys.ts';
import { NOW } from './tokens.ts';
import { createWorld, type World } from './world.ts';

export const INSTANCE_ARN =
  'arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0abc1234def567890';
export const LOAD_BALANCER_ARN =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/login/50dc6c495c0c9188';
export const CLIENT_ID = 'login-client';

/** The differences between the two AWS services that sign a header. */
export interface SignedHeaderService {
  readonly type: 'verified-access' | 'alb-oidc';
  readonly field: string;
  readonly alg: string;
  /** An algorithm with keys on another curve. */
  readonly otherAlg: string;
  readonly keysUrl: string;
  readonly signer: string;
  readonly provider: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

export const VERIFIED_ACCESS: SignedHeaderService = {
  type: 'verified-access',
  field: 'x-amzn-ava-user-context',
  alg: 'ES384',
  otherAlg: 'ES256',
  keysUrl: 'https://public-keys.prod.verified-access.eu-west-1.amazonaws.com/',
  signer: INSTANCE_ARN,
  provider: { type: 'verified-access', instanceArn: INSTANCE_ARN },
  header: { typ: 'JWT', iss: 'https://idp.example', signer: INSTANCE_ARN, exp: NOW + 120 },
  claims: {
    sub: 'jane',
    email: 'jane@example.com',
    // A decoy that must not count: long expired, and of another issuer.
    additional_user_context: { exp: NOW - 9999, iss: 'https://device.example', aud: 'device' },
  },
};

export const ALB_LOGIN: SignedHeaderService = {
  type: 'alb-oidc',
  field: 'x-amzn-oidc-data',
  alg: 'ES256',
  otherAlg: 'ES384',
  keysUrl: 'https://public-keys.auth.elb.eu-west-1.amazonaws.com/',
  signer: LOAD_BALANCER_ARN,
  provider: { type: 'alb-oidc', loadBalancerArn: LOAD_BALANCER_ARN, clientId: CLIENT_ID },
  header: {
    typ: 'JWT',
    iss: 'https://idp.example',
    client: CLIENT_ID,
    signer: LOAD_BALANCER_ARN,
    exp: NOW + 120,
  },
  claims: { sub: 'jane', email: 'jane@example.com', exp: NOW + 120, iss: 'https://idp.example' },
};

/** A `kid` in AWS's format. */
export const kidOf = (n: number): string => `0f1e2d3c-4b5a-4697-8877-${n.toString(16).padStart(12, '0')}`;

export const createSignedHeaderKey = (service: SignedHeaderService, n = 1): SigningKey =>
  createKey(service.alg, kidOf(n));

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

const padded = (bytes: string | Uint8Array): string => {
  const segment = Buffer.from(bytes).toString('base64url');
  return segment + '='.repeat((4 - (segment.length % 4)) % 4);
};

interface Edits {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly alg?: string;
  /** How segments are encoded; AWS's have padding, which the signature covers. */
  readonly encode?: (bytes: string | Uint8Array) => string;
}

/** The header field's value as the service would make it; undefined members are left out. */
export function signedHeader(
  service: SignedHeaderService,
  key: SigningKey,
  { header = {}, claims = {}, alg = service.alg, encode = padded }: Edits = {},
): string {
  const fullHeader = { ...service.header, alg, kid: key.kid, ...header };
  const input = [fullHeader, { ...service.claims, ...claims }]
    .map((part) => encode(JSON.stringify(part)))
    .join('.');
  return `${input}.${encode(signatureOf(input, alg, key.privateKey))}`;
}

/** The default provider's key; shared, because no test depends on it. */
const OF_DEFAULT = createKey('ES256', 'default-1');

/** A world with one provider of the service, for the routes under /api/staff, and with its key published. */
export function createSignedHeaderWorld(
  service: SignedHeaderService,
  policy: { readonly provider?: Record<string, unknown>; readonly route?: Record<string, unknown> } = {},
): { world: World; key: SigningKey } {
  const key = createSignedHeaderKey(service);
  const world = createWorld(OF_DEFAULT);
  world.parameters.policy = JSON.stringify({
    providers: { staff: { ...service.provider, ...policy.provider } },
    routes: [{ path: '/api/staff/*', providers: ['staff'], ...policy.route }],
  });
  world.documents.set(service.keysUrl + key.kid, pemOf(key.publicKey));
  return { world, key };
}
