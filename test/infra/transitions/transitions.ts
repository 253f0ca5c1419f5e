import { CERTIFICATE, contextOf, KEY } from '../shapes.ts';

type Context = Readonly<Record<string, string>>;

/** The ends of the transitions, by the names that docs/shapes/README.md gives them if it has them. */
const ENDS = {
  default: {},
  certificate: { certificateArn: CERTIFICATE },
  'certificate, unprotected': { certificateArn: CERTIFICATE, deletionProtection: 'false' },
  'certificate and redirect': { certificateArn: CERTIFICATE, http: 'redirect' },
  'domain name': { ...contextOf('domain-name'), ipAddressType: 'ipv4' },
  'dual stack': contextOf('domain-name'),
  'dual stack, unprotected': { ...contextOf('domain-name'), deletionProtection: 'false' },
  'paths and hosts': contextOf('paths-and-hosts'),
  'more paths and hosts': {
    paths: '/status,/api/*,/carts/*,/health,/v2/*,/v3/*',
    hosts: 'api.example.com,*.example.org,a.example.net,b.example.net',
  },
  internal: { internal: 'true' },
  'internal for a peered VPC': { internal: 'true', allowedCidrs: '10.20.0.0/16,pl-0123456789abcdef0' },
  'existing listener': contextOf('existing-listener'),
  'existing load balancer': contextOf('existing-load-balancer'),
  'native pre-filter': contextOf('native-pre-filter'),
  'native only': contextOf('native-only'),
  'Verified Access': contextOf('verified-access'),
  "Verified Access and customers' names": contextOf('verified-access/customer-names'),
  'Verified Access, unprotected': { ...contextOf('verified-access'), deletionProtection: 'false' },
  Cognito: contextOf('cognito'),
  'authorizer and demo API': contextOf('api-gateway-authorizer/http'),
  'provisioned concurrency': contextOf('provisioned-concurrency'),
  'more provisioned concurrency': { provisionedConcurrency: '7' },
  'gradual deployment': { deployment: 'canary10percent5minutes' },
  'another gradual deployment': { deployment: 'linear10percentEvery1minute' },
  'reserved concurrency': { reservedConcurrency: '40' },
  'KMS key': { kmsKeyArn: KEY },
  'web ACL': contextOf('web-acl'),
  'function in a VPC': contextOf('private-upstream'),
  'function without egress': contextOf('private-upstream/snapshot-only'),
  'keeper off': contextOf('without-keeper'),
  'tracing and access logs': contextOf('watched'),
} as const satisfies Record<string, Context>;

export type End = keyof typeof ENDS;

export const contextOfEnd = (end: End): Context => ENDS[end];

/** An update that operators are expected to make: an option is added, or taken away again. */
export interface ExpectedTransition {
  readonly from: End;
  readonly to: End;
  /** Types of the resources whose state or address is gone afterwards. */
  readonly loses: readonly string[];
}

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** All of them, each in place: one deploy does it. docs/shapes/README.md says the same to operators. */
export const TRANSITIONS: readonly ExpectedTransition[] = [
  { from: 'default', to: 'certificate', loses: [] },
  { from: 'default', to: 'domain name', loses: [] },
  { from: 'default', to: 'paths and hosts', loses: [] },
  { from: 'default', to: 'internal', loses: [LOAD_BALANCER] },
  { from: 'default', to: 'existing listener', loses: [LOAD_BALANCER, 'AWS::EC2::VPC'] },
  { from: 'default', to: 'existing load balancer', loses: [LOAD_BALANCER, 'AWS::EC2::VPC'] },
  { from: 'default', to: 'native pre-filter', loses: [] },
  { from: 'default', to: 'Verified Access', loses: [LOAD_BALANCER] },
  { from: 'default', to: 'Cognito', loses: [] },
  { from: 'default', to: 'authorizer and demo API', loses: [] },
  { from: 'default', to: 'provisioned concurrency', loses: [] },
  { from: 'default', to: 'gradual deployment', loses: [] },
  { from: 'default', to: 'reserved concurrency', loses: [] },
  { from: 'default', to: 'KMS key', loses: [] },
  { from: 'default', to: 'web ACL', loses: [] },
  { from: 'default', to: 'function in a VPC', loses: [] },
  { from: 'default', to: 'function without egress', loses: [] },
  { from: 'default', to: 'keeper off', loses: [] },
  { from: 'default', to: 'tracing and access logs', loses: [] },
  { from: 'paths and hosts', to: 'more paths and hosts', loses: [] },
  { from: 'more paths and hosts', to: 'paths and hosts', loses: [] },
  { from: 'paths and hosts', to: 'default', loses: [] },
  { from: 'certificate and redirect', to: 'certificate', loses: [] },
  { from: 'certificate', to: 'certificate and redirect', loses: [] },
  { from: 'certificate', to: 'domain name', loses: [] },
  { from: 'domain name', to: 'dual stack', loses: [] },
  { from: 'domain name', to: 'default', loses: [] },
  { from: 'certificate', to: 'default', loses: [] },
  { from: 'certificate', to: 'certificate, unprotected', loses: [] },
  { from: 'certificate, unprotected', to: 'Verified Access', loses: [LOAD_BALANCER] },
  { from: 'certificate', to: 'web ACL', loses: [] },
  { from: 'certificate', to: 'native pre-filter', loses: [] },
  { from: 'existing listener', to: 'default', loses: [] },
  { from: 'existing listener', to: 'existing load balancer', loses: [] },
  { from: 'existing load balancer', to: 'existing listener', loses: [] },
  { from: 'provisioned concurrency', to: 'default', loses: [] },
  { from: 'gradual deployment', to: 'another gradual deployment', loses: [] },
  { from: 'another gradual deployment', to: 'default', loses: [] },
  { from: 'reserved concurrency', to: 'default', loses: [] },
  { from: 'KMS key', to: 'default', loses: [] },
  { from: 'Cognito', to: 'default', loses: ['AWS::Cognito::UserPoolDomain'] },
  { from: 'internal', to: 'default', loses: [LOAD_BALANCER] },
  { from: 'internal', to: 'internal for a peered VPC', loses: [] },
  { from: 'internal for a peered VPC', to: 'internal', loses: [] },
  { from: 'function in a VPC', to: 'function without egress', loses: [] },
  { from: 'function without egress', to: 'function in a VPC', loses: [] },
  { from: 'keeper off', to: 'default', loses: [] },
  { from: 'tracing and access logs', to: 'default', loses: [] },
  { from: 'Verified Access', to: 'Verified Access, unprotected', loses: [] },
  {
    from: 'Verified Access, unprotected',
    to: 'certificate',
    loses: [
      LOAD_BALANCER,
      'AWS::CloudFront::Distribution',
      'AWS::EC2::VerifiedAccessEndpoint',
      'AWS::EC2::VerifiedAccessInstance',
      'AWS::Logs::LogGroup',
    ],
  },
  { from: 'Verified Access', to: "Verified Access and customers' names", loses: [] },
  { from: "Verified Access and customers' names", to: 'Verified Access', loses: [] },
  { from: 'native pre-filter', to: 'certificate', loses: [] },
  { from: 'existing listener', to: 'native only', loses: ['AWS::Logs::LogGroup', 'AWS::S3::Bucket'] },
];
