import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { PolicyPart } from '../ssm/policy-part.ts';
import { type ServedRequest, servedBy } from '../stack-event.ts';

/** AWS services that sign users in and name the user to the load balancer's target in a signed header. */
export const SIGNING_SERVICES = ['verified-access', 'alb-oidc'] as const;

export type SigningServiceName = (typeof SIGNING_SERVICES)[number];

/** The user whom both services name. */
export const DEMO_LOGIN = {
  subject: 'demo-user',
  email: 'demo-user@example.com',
  clientId: 'demo-login',
  issuer: 'https://login.example.com',
} as const;

/** Both services sign a new header for each request, valid for two minutes. */
const LIFETIME_SECONDS = 120;

type Headers = readonly (readonly [name: string, value: string])[];

interface Service {
  readonly alg: string;
  readonly curve: string;
  readonly hash: string;
  readonly header: string;
  /** The provider's name in the policy. */
  readonly provider: string;
  readonly signer: (place: Place) => string;
  /** The provider's members in the policy, besides its type and keys. */
  readonly policy: (signer: string) => Readonly<Record<string, string>>;
  /** Further members of the JOSE header. */
  readonly jose: Readonly<Record<string, string>>;
  readonly claims: (exp: number) => object;
  /** Further headers, which are not signed. */
  readonly plain: () => Headers;
}

interface Place {
  readonly region: string;
  readonly account: string;
}

const PERSON = { sub: DEMO_LOGIN.subject, email: DEMO_LOGIN.email, email_verified: true };

const SERVICES: Readonly<Record<SigningServiceName, Service>> = {
  // https://docs.aws.amazon.com/verified-access/latest/ug/user-claims-passing.html
  'verified-access': {
    alg: 'ES384',
    curve: 'P-384',
    hash: 'sha384',
    header: 'x-amzn-ava-user-context',
    provider: 'staff',
    signer: ({ region, account }) =>
      `arn:aws:ec2:${region}:${account}:verified-access-instance/vai-00000000000000000`,
    policy: (instanceArn) => ({ instanceArn }),
    jose: {},
    claims: (exp) => ({
      ...PERSON,
      additional_user_context: { ...PERSON, iss: DEMO_LOGIN.issuer, aud: DEMO_LOGIN.clientId, exp },
    }),
    plain: () => [],
  },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
  'alb-oidc': {
    alg: 'ES256',
    curve: 'P-256',
    hash: 'sha256',
    header: 'x-amzn-oidc-data',
    provider: 'login',
    signer: ({ region, account }) =>
      `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/local/0000000000000000`,
    policy: (loadBalancerArn) => ({ loadBalancerArn, clientId: DEMO_LOGIN.clientId }),
    jose: { client: DEMO_LOGIN.clientId },
    claims: (exp) => ({ ...PERSON, exp, iss: DEMO_LOGIN.issuer }),
    plain: () => [
      ['x-amzn-oidc-identity', DEMO_LOGIN.subject],
      ['x-amzn-oidc-accesstoken', randomUUID()],
    ],
  },
};

export interface SigningService extends LoopbackServer {
  readonly name: SigningServiceName;
  /** Name of its signed header. */
  readonly header: string;
  /** A policy that lets only this service's users call paths below `/api/admin/`. */
  readonly policy: PolicyPart;
  /** Name of the provider in that policy. */
  readonly provider: string;
  /** Returns a request's headers as the service passes them on: its own replace any that a client sent. */
  pass(headers: Headers): Headers;
}

/**
 * Stands in for the service in front of the load balancer, and for the regional endpoint that serves the
 * public keys as PEM documents, each under its `kid`. Treats every client as signed in.
 */
export async function startSigningService(options: {
  readonly name: SigningServiceName;
  readonly port: number;
  readonly place: Place;
  /** Gets each request for a key. */
  readonly onServed: (request: ServedRequest) => void;
}): Promise<SigningService> {
  const service = SERVICES[options.name];
  const signer = service.signer(options.place);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: service.curve });
  const kid = randomUUID();
  const pem = publicKey.export({ type: 'spki', format: 'pem' });

  const server = await startLoopbackServer(
    { name: 'signing service', port: options.port },
    () => (request, response) => {
      const found = request.url === `/${kid}`;
      response.writeHead(found ? 200 : 404, { 'Content-Type': 'text/plain' });
      response.end(found ? pem : 'There is no such key.\n');
      options.onServed(servedBy(request, response));
    },
  );

  const own = new Set([service.header, ...service.plain().map(([name]) => name)]);
  return {
    ...server,
    name: options.name,
    header: service.header,
    provider: service.provider,
    policy: {
      providers: {
        [service.provider]: {
          type: options.name,
          ...service.policy(signer),
          keysUrl: `${server.origin}/`,
        },
      },
      routes: [{ path: '/api/admin/*', providers: [service.provider] }],
    },
    pass(headers) {
      const exp = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
      const jose = { alg: service.alg, kid, signer, iss: DEMO_LOGIN.issuer, ...service.jose, exp };
      const token = signPadded(jose, service.claims(exp), privateKey, service.hash);
      return [
        ...headers.filter(([name]) => !own.has(name.toLowerCase())),
        [service.header, token],
        ...service.plain(),
      ];
    },
  };
}

/** Encodes as AWS does: each segment keeps its `=` padding, and the signature covers it. */
function signPadded(header: object, claims: object, key: KeyObject, hash: string): string {
  const input = `${padded(JSON.stringify(header))}.${padded(JSON.stringify(claims))}`;
  return `${input}.${padded(sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

function padded(value: string | Buffer): string {
  const text = Buffer.from(value).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
