import { describe, expect, it } from '@jest/globals';
import {
  createSignedHeaderWorld,
  INSTANCE_ARN,
  signedHeader,
  VERIFIED_ACCESS,
} from '../../support/signed-headers.ts';
import { mint } from '../../support/tokens.ts';
import { CERTIFICATE, contextOf, SHAPE_NAMES, type ShapeName } from '../shapes.ts';
import { seedsOf, templateOf } from '../synth.ts';
import { waysInto } from './ways-in.ts';

const VERIFIER = 'VerifierFunction may be invoked by elasticloadbalancing.amazonaws.com';
const KEEPER = 'Configuration may be invoked by events.amazonaws.com';
const RULE = 'rule for /api,/api/* goes to VerifierFunction';
const DOCUMENT_PATHS = '/.well-known/oauth-protected-resource,/.well-known/oauth-protected-resource/*';
const DOCUMENTS = `rule for ${DOCUMENT_PATHS} goes to VerifierFunction`;
const NOT_FOUND = (port: number) => `listener ${port} goes to fixed-response`;
const PUBLIC = (port: number) => [
  'load balancer is internet-facing',
  `load balancer takes tcp ${port} from 0.0.0.0/0`,
  NOT_FOUND(port),
];
const PLAIN = [VERIFIER, KEEPER, RULE, DOCUMENTS, ...PUBLIC(80)];
const SECURE = [VERIFIER, KEEPER, RULE, DOCUMENTS, ...PUBLIC(443)];
const AUTHORIZER = [
  'AuthorizerFunction may be invoked by apigateway.amazonaws.com',
  'AuthorizerFunction may be invoked by apigateway.amazonaws.com',
  'AuthorizerFunction may be invoked by appsync.amazonaws.com',
];
const TWO_WAYS = [
  VERIFIER,
  KEEPER,
  RULE,
  DOCUMENTS,
  NOT_FOUND(443),
  'load balancer is internal',
  'CloudFront goes to its VPC origin',
  'VPC origin goes to load balancer at 443 (https-only)',
  "load balancer takes tcp 443 from CloudFront's group",
  'Verified Access endpoint takes tcp 443 from 0.0.0.0/0',
  'Verified Access: permit(principal, action, resource) when { context.oidc has sub };',
  'Verified Access as admin.example.com goes to load balancer at 443 (https)',
  'load balancer takes tcp 443 from Verified Access endpoint',
];
const PATH_RULES = ['/api,/api/*', '/carts,/carts/*', '/health', '/v2,/v2/*', DOCUMENT_PATHS].map(
  (paths) => `rule for ${paths} at api.example.com,*.example.org goes to VerifierFunction`,
);

/** The exact ways in of each shape. */
const WAYS: Readonly<Record<ShapeName, readonly string[]>> = {
  'new-load-balancer': PLAIN,
  'existing-listener': [VERIFIER, KEEPER, RULE],
  mcp: [VERIFIER, KEEPER, RULE, DOCUMENTS],
  'existing-load-balancer': [VERIFIER, KEEPER, RULE, DOCUMENTS, NOT_FOUND(8443)],
  'domain-name': [...SECURE, 'load balancer takes tcp 443 from ::/0'],
  'paths-and-hosts': [VERIFIER, KEEPER, ...PUBLIC(80), ...PATH_RULES],
  'native-pre-filter': [
    VERIFIER,
    KEEPER,
    ...PUBLIC(443),
    // Without the load balancer's own verification, as clients have no token yet.
    DOCUMENTS,
    'rule for /api,/api/* goes to jwt-validation, then VerifierFunction',
  ],
  'native-only': [
    `rule for /api,/api/* goes to jwt-validation, then ${contextOf('native-only').upstreamTargetGroupArn}`,
  ],
  cognito: [...PLAIN, 'token endpoint is public'],
  'provisioned-concurrency': PLAIN,
  'web-acl': SECURE,
  'private-upstream': PLAIN,
  'private-upstream/snapshot-only': PLAIN,
  'without-keeper': [VERIFIER, RULE, DOCUMENTS, ...PUBLIC(80)],
  'api-gateway-authorizer/http': [
    ...PLAIN,
    ...AUTHORIZER,
    'DemoApiEcho may be invoked by apigateway.amazonaws.com',
    'HTTP API is public',
    'HTTP API takes ANY /{proxy+} (CUSTOM)',
  ],
  'api-gateway-authorizer/rest': [
    ...PLAIN,
    ...AUTHORIZER,
    ...Array(4).fill('DemoApiEcho may be invoked by apigateway.amazonaws.com'),
    'REST API is public',
    ...Array(2).fill('REST API takes ANY (CUSTOM)'),
  ],
  'verified-access': TWO_WAYS,
  'verified-access/customer-names': [
    ...TWO_WAYS.filter((way) => !way.startsWith('CloudFront goes')),
    'CloudFront as shop.example.com,*.shop.example.com goes to its VPC origin',
  ],
  guarded: SECURE,
  watched: [
    ...PLAIN,
    'AccessLogsBucket allows {"Service":"logdelivery.elasticloadbalancing.amazonaws.com"} s3:PutObject',
  ],
};

describe('the ways in, read from the template,', () => {
  it.each(SHAPE_NAMES)('of %s are the intended ones, and no others', (name) => {
    expect(waysInto(templateOf(contextOf(name)))).toEqual([...WAYS[name]].sort());
  });

  const INTERNAL = [VERIFIER, KEEPER, RULE, DOCUMENTS, 'load balancer is internal'];
  it.each<[string, Record<string, string>, readonly string[]]>([
    [
      'an internal load balancer',
      { internal: 'true' },
      [...INTERNAL, NOT_FOUND(80), 'load balancer takes tcp 80 from its VPC'],
    ],
    [
      'an internal load balancer for others than its VPC',
      { internal: 'true', certificateArn: CERTIFICATE, allowedCidrs: '10.20.0.0/16,pl-0123456789abcdef0' },
      [
        ...INTERNAL,
        NOT_FOUND(443),
        'load balancer takes tcp 443 from 10.20.0.0/16',
        'load balancer takes tcp 443 from pl-0123456789abcdef0',
      ],
    ],
    [
      'a load balancer that redirects',
      { certificateArn: CERTIFICATE, http: 'redirect' },
      [...SECURE, 'listener 80 goes to redirect', 'load balancer takes tcp 80 from 0.0.0.0/0'],
    ],
  ])('of %s are the intended ones, and no others', (_, context, ways) => {
    expect(waysInto(templateOf(context))).toEqual([...ways].sort());
  });

  it('of CloudFront and Verified Access use the port of the listener, with a certificate and without', () => {
    const {
      certificateArn: _,
      originDomain: __,
      ...plain
    } = contextOf('verified-access') as Record<string, string>;
    const clear = TWO_WAYS.map((way) =>
      way
        .replace('load balancer takes tcp 443', 'load balancer takes tcp 80')
        .replace('443 (https-only)', '80 (http-only)')
        .replace('443 (https)', '80 (http)')
        .replace('listener 443', 'listener 80'),
    );
    expect(waysInto(templateOf(plain))).toEqual(clear.sort());
    // Nobody may call the redirecting listener: CloudFront calls the other one.
    const redirecting = templateOf({ ...contextOf('verified-access'), http: 'redirect' });
    expect(waysInto(redirecting)).toEqual([...TWO_WAYS, 'listener 80 goes to redirect'].sort());
  });
});

describe('with the initial policy of the two ways in', () => {
  it('the signature of Verified Access opens only the admin routes, and a bearer token only the others', async () => {
    const { policy } = seedsOf(templateOf(contextOf('verified-access'))).Parameters as {
      policy: { 'Fn::Join': [string, readonly unknown[]] };
    };
    const { world, key } = createSignedHeaderWorld(VERIFIED_ACCESS);
    world.parameters.policy = policy['Fn::Join'][1].map(deployed).join('');
    const signed = { [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, key) };
    const bearer = { authorization: `Bearer ${mint(world.key)}` };
    const statusOf = async (target: string, headers: Record<string, string>) =>
      (await world.call({ target, headers })).status;

    for (const path of ['/api/admin', '/api/admin/users']) {
      expect(await statusOf(path, signed)).toBe(200);
      expect(await statusOf(path, { ...signed, ...bearer })).toBe(200);
      expect(await statusOf(path, bearer)).toBe(403);
      expect(await statusOf(path, {})).toBe(403);
    }
    expect(await statusOf('/api/orders', bearer)).toBe(200);
    expect(await statusOf('/api/orders', signed)).toBe(401);
  });
});

/** A part of the policy as CloudFormation deploys it. */
function deployed(part: unknown): unknown {
  if (typeof part === 'string') return part;
  const [, partition, , region, account, instance = ''] = INSTANCE_ARN.split(':');
  const { Ref } = part as { readonly Ref?: string };
  const pseudo: Record<string, unknown> = {
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::AccountId': account,
  };
  return pseudo[String(Ref)] ?? instance.split('/')[1];
}
