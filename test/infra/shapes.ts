const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const ELB = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`;

export const CERTIFICATE = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0b1c2d3e-0000-4000-8000-000000000000`;

export const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0b1c2d3e-0000-4000-8000-000000000000`;

/** All that native verification needs. */
export const NATIVE = {
  certificateArn: CERTIFICATE,
  nativeIssuer: 'https://issuer.example.com',
  nativeJwksUri: 'https://issuer.example.com/jwks',
  nativeAudience: 'api.example.com',
  nativeScope: 'api:read',
};

const SECOND_CERTIFICATE = CERTIFICATE.replace('0b1c2d3e', '1b1c2d3e');

const LISTENER = {
  listenerArn: `${ELB}:listener/app/shared/0123456789abcdef/fedcba9876543210`,
  listenerSecurityGroupId: 'sg-0123456789abcdef0',
};

const VERIFIED_ACCESS = {
  verifiedAccess: 'true',
  certificateArn: CERTIFICATE,
  originDomain: 'origin.example.com',
  adminDomain: 'admin.example.com',
  adminCertificateArn: CERTIFICATE,
  oidcIssuer: 'https://login.example.com',
  oidcAuthorizationEndpoint: 'https://login.example.com/authorize',
  oidcTokenEndpoint: 'https://login.example.com/token',
  oidcUserInfoEndpoint: 'https://login.example.com/userinfo',
  oidcClientId: 'verified-access',
  oidcClientSecretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:verified-access-AbCdEf`,
};

/**
 * Each shape of deployment by the name of its page in docs/shapes/, with the context that selects it. A
 * page may have several shapes, which the part after the slash distinguishes.
 */
export const SHAPES = {
  'new-load-balancer': {},
  'existing-listener': { ...LISTENER, rulePriority: '77' },
  // A range of its own: both shapes on this listener are deployed at the same time.
  mcp: { ...LISTENER, rulePriority: '2077', resourceDocuments: 'true' },
  'existing-load-balancer': {
    loadBalancerArn: `${ELB}:loadbalancer/app/shared/0123456789abcdef`,
    listenerSecurityGroupId: LISTENER.listenerSecurityGroupId,
    listenerPort: '8443',
    domainName: 'shared.example.com',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    loadBalancerDnsName: 'shared-1234567890.eu-west-1.elb.amazonaws.com',
    loadBalancerZoneId: 'Z32O12XQLNTSW2',
  },
  'domain-name': {
    domainName: 'api.example.com',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    sniCertificateArns: SECOND_CERTIFICATE,
    ipAddressType: 'dualstack',
  },
  'paths-and-hosts': {
    paths: '/api/*,/carts/*,/health,/v2/*',
    hosts: 'api.example.com,*.example.org',
  },
  'native-pre-filter': { ...NATIVE, nativePreFilter: 'true' },
  'native-only': {
    ...NATIVE,
    ...LISTENER,
    certificateArn: undefined,
    nativeOnly: 'true',
    upstreamTargetGroupArn: `${ELB}:targetgroup/upstream/0123456789abcdef`,
  },
  cognito: { cognito: 'true' },
  'provisioned-concurrency': { provisionedConcurrency: '5' },
  'web-acl': {
    certificateArn: CERTIFICATE,
    webAclArn: `arn:aws:wafv2:${REGION}:${ACCOUNT}:regional/webacl/api/0b1c2d3e-0000-4000-8000-000000000000`,
  },
  'private-upstream': {
    functionSubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    functionSecurityGroupId: 'sg-0123456789abcdef0',
  },
  'private-upstream/snapshot-only': {
    functionSubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    functionSecurityGroupId: 'sg-0123456789abcdef0',
    functionVpcId: 'vpc-0123456789abcdef0',
    functionRouteTableIds: 'rtb-0123456789abcdef0',
    functionEgress: 'false',
  },
  'without-keeper': { keeper: 'false' },
  'api-gateway-authorizer/http': { authorizer: 'true', demoApi: 'http' },
  'api-gateway-authorizer/rest': { authorizer: 'true', demoApi: 'rest' },
  'verified-access': VERIFIED_ACCESS,
  'verified-access/customer-names': {
    ...VERIFIED_ACCESS,
    customerDomains: 'shop.example.com,*.shop.example.com',
    customerCertificateArn: CERTIFICATE.replace(REGION, 'us-east-1'),
    customerHostedZoneId: 'Z0123456789ABCDEFGHIJ',
    customerWebAclArn: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/api/0b1c2d3e-0000-4000-8000-000000000000`,
    customerLogBucket: 'customer-logs',
    customerPriceClass: '100',
  },
  guarded: {
    certificateArn: CERTIFICATE,
    deployment: 'canary10percent5minutes',
    reservedConcurrency: '40',
    kmsKeyArn: KEY,
    runbookUrl: 'https://wiki.example.com/runbook',
  },
  watched: {
    accessLogs: 'true',
    tracing: 'true',
    alarmTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:on-call`,
  },
} as const satisfies Record<string, Record<string, string | undefined>>;

export type ShapeName = keyof typeof SHAPES;

export const SHAPE_NAMES = Object.keys(SHAPES) as readonly ShapeName[];

/** The context of a shape, as the command line would give it. */
export function contextOf(name: ShapeName): Record<string, string> {
  const given = Object.entries(SHAPES[name] as Record<string, string | undefined>);
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
