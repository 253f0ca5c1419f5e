import { describe, expect, it } from '@jest/globals';
import { parseOptions } from '../../../infra/options/parse-options.ts';
import { CERTIFICATE, contextOf, KEY, NATIVE, SHAPE_NAMES } from '../shapes.ts';

const SIGNED_IN = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
const VPC = 'vpc-0123456789abcdef0';

function problemsOf(context: Record<string, unknown>): readonly string[] {
  const parsed = parseOptions(context, SIGNED_IN);
  return parsed.kind === 'invalid' ? parsed.problems : [];
}

const without = (context: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(Object.entries(context).filter(([name]) => !names.includes(name)));

describe('contradictions between options', () => {
  it.each(SHAPE_NAMES)('do not occur in %s', (name) => {
    expect(problemsOf(contextOf(name))).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a topic without alarms',
      { alarms: false, alarmTopicArn: contextOf('watched').alarmTopicArn },
      'alarmTopicArn needs alarms',
    ],
    [
      'a runbook that no alarm links to',
      { alarms: false, runbookUrl: 'https://wiki.example.com/runbook' },
      'runbookUrl needs alarms',
    ],
    [
      'a gradual deployment that nothing stops',
      { alarms: false, deployment: 'canary10percent5minutes' },
      'deployment needs alarms=true, because nothing else stops a bad version; otherwise set deployment=allAtOnce',
    ],
    [
      'less concurrency than two provisioned versions need',
      { reservedConcurrency: 9, provisionedConcurrency: 5 },
      'reservedConcurrency must be at least twice provisionedConcurrency, because a deploy keeps the environments of both versions ready for a while',
    ],
    [
      'no function, and options for one',
      {
        ...contextOf('native-only'),
        deployment: 'canary10percent5minutes',
        reservedConcurrency: 9,
        kmsKeyArn: KEY,
      },
      'nativeOnly excludes kmsKeyArn, reservedConcurrency, deployment: there is no function',
    ],
    [
      "somebody else's load balancer, and its protection",
      { ...contextOf('existing-load-balancer'), deletionProtection: true },
      'loadBalancerArn excludes deletionProtection: the load balancer does not belong to this stack',
    ],
    [
      'a listener without its security group',
      without(contextOf('existing-listener'), 'listenerSecurityGroupId'),
      'listenerArn needs listenerSecurityGroupId',
    ],
    [
      'a listener, and options for its load balancer',
      { ...contextOf('existing-listener'), internal: true, accessLogs: true },
      'listenerArn excludes internal, accessLogs: the load balancer does not belong to this stack',
    ],
    [
      'subnets without a security group',
      without(contextOf('private-upstream'), 'functionSecurityGroupId'),
      'functionSubnetIds needs functionSecurityGroupId',
    ],
    [
      'route tables without a VPC',
      without(contextOf('private-upstream/snapshot-only'), 'functionVpcId'),
      'functionRouteTableIds needs functionVpcId',
    ],
    [
      'route tables for a snapshot that nobody writes',
      {
        ...without(contextOf('private-upstream/snapshot-only'), 'functionEgress'),
        keeper: false,
      },
      'functionRouteTableIds needs keeper',
    ],
    [
      'a VPC without route tables',
      { ...contextOf('private-upstream'), functionVpcId: VPC },
      'functionVpcId needs functionRouteTableIds',
    ],
    [
      'no egress to keys, and no keeper',
      { ...contextOf('private-upstream'), functionEgress: false, keeper: false },
      'functionEgress=false needs keeper=true, because nothing else can fetch the keys',
    ],
    [
      'no egress to keys, but no VPC',
      { functionEgress: false },
      'functionEgress=false needs functionSubnetIds: outside a VPC the function reaches every endpoint',
    ],
    [
      'no egress to keys, and administrators with signed headers',
      { ...contextOf('verified-access'), ...contextOf('private-upstream/snapshot-only') },
      'verifiedAccess excludes functionEgress=false: the function fetches the keys of signed headers one by one as requests arrive',
    ],
    [
      'native verification without a certificate',
      without(contextOf('native-pre-filter'), 'certificateArn'),
      'native verification needs an HTTPS listener; give certificateArn, or domainName',
    ],
    [
      'native verification without an audience',
      without(contextOf('native-pre-filter'), 'nativeAudience'),
      'nativePreFilter needs nativeAudience',
    ],
    [
      'native verification without access to a key set',
      { ...contextOf('native-pre-filter'), internal: true },
      'native verification fetches keys from the internet, which the isolated subnets of a new VPC cannot reach; give vpcId',
    ],
    [
      'too many native claims',
      {
        ...contextOf('native-pre-filter'),
        nativeClaims: JSON.stringify(
          Array.from({ length: 9 }, (_, index) => ({
            name: `claim${index}`,
            format: 'single-string',
            values: ['x'],
          })),
        ),
      },
      'native verification takes at most 10 claims, including audience and scope',
    ],
    [
      'native verification alone, and a function',
      { ...contextOf('native-only'), tracing: true, cognito: true },
      'nativeOnly excludes tracing, cognito: there is no function',
    ],
    [
      'native verification alone without the VPC of its upstream',
      {
        ...NATIVE,
        nativeOnly: true,
        upstreamTargetGroupArn: contextOf('native-only').upstreamTargetGroupArn,
      },
      "nativeOnly needs the VPC of the upstream's target group; give vpcId, loadBalancerArn or listenerArn",
    ],
    [
      'native options without native verification',
      { nativeIssuer: NATIVE.nativeIssuer },
      'the native options need nativePreFilter=true or nativeOnly=true',
    ],
    ['a demo API without an authorizer', { demoApi: 'http' }, 'demoApi needs authorizer'],
    [
      'a demo API that expects another response format',
      { authorizer: true, demoApi: 'http', httpApiResponse: 'iam' },
      'demoApi=http expects httpApiResponse=simple',
    ],
    [
      'a pool and native verification',
      { ...contextOf('native-pre-filter'), cognito: true },
      "cognito excludes nativePreFilter: the pool's issuer is known only after the deploy",
    ],
    [
      "a pool whose host cannot have the stack's name",
      { cognito: true, stackName: 'MyAwsStack' },
      'cognito needs cognitoDomainPrefix, because the stack\'s name contains "aws", "amazon" or "cognito"',
    ],
    [
      'a pool whose domain would be longer than a label',
      { cognito: true, stackName: 's'.repeat(51) },
      "cognito needs cognitoDomainPrefix, because the stack's name is longer than 50 characters",
    ],
    [
      'Verified Access without what it logs in by',
      without(contextOf('verified-access'), 'oidcIssuer', 'oidcClientId'),
      'verifiedAccess needs oidcIssuer, oidcClientId',
    ],
    [
      'Verified Access with half of TLS',
      without(contextOf('verified-access'), 'originDomain'),
      'verifiedAccess needs both certificateArn and originDomain, or neither',
    ],
    ['a name without its zone', { domainName: 'api.example.com' }, 'domainName needs hostedZoneId'],
    ['a zone without a name', { hostedZoneId: 'Z123' }, 'hostedZoneId needs domainName'],
    [
      'a name that no host matches',
      { ...contextOf('domain-name'), hosts: 'www.example.com,*.api.example.com' },
      'hosts has no entry that matches domainName, so requests to that name would get a 404; add it',
    ],
    [
      'a setting for port 80 without a certificate',
      { http: 'redirect' },
      'http needs certificateArn or domainName: without a certificate there is only port 80',
    ],
    [
      'further certificates without a default one',
      { sniCertificateArns: CERTIFICATE },
      'sniCertificateArns needs certificateArn or domainName: a listener must have a default certificate',
    ],
    [
      'one certificate twice',
      { certificateArn: CERTIFICATE, sniCertificateArns: CERTIFICATE },
      'sniCertificateArns repeats certificateArn, which the listener already has; remove it from the list',
    ],
    [
      'an internal load balancer with public addresses',
      { internal: true, ipAddressType: 'dualstack-without-public-ipv4' },
      'ipAddressType=dualstack-without-public-ipv4 is for internet-facing load balancers only; use dualstack',
    ],
    [
      'an existing load balancer, and options for a new one',
      { ...contextOf('existing-load-balancer'), internal: true, desyncMitigationMode: 'monitor' },
      'loadBalancerArn excludes internal, desyncMitigationMode: the load balancer does not belong to this stack',
    ],
    [
      'an existing load balancer and one of its listeners',
      {
        ...contextOf('existing-listener'),
        loadBalancerArn: contextOf('existing-load-balancer').loadBalancerArn,
      },
      'listenerArn excludes loadBalancerArn: the load balancer does not belong to this stack',
    ],
    [
      'a name for a load balancer with an unknown address',
      { ...without(contextOf('existing-load-balancer'), 'loadBalancerDnsName', 'loadBalancerZoneId') },
      'domainName needs loadBalancerDnsName and loadBalancerZoneId for the alias record of an existing load balancer',
    ],
    [
      'a security group without a load balancer',
      { listenerSecurityGroupId: contextOf('existing-listener').listenerSecurityGroupId },
      'listenerSecurityGroupId needs listenerArn or loadBalancerArn',
    ],
    [
      'administrators without a path',
      { ...contextOf('verified-access'), paths: '/v2/*' },
      'verifiedAccess needs /api/* among paths, because administrators call /api/admin/*',
    ],
    [
      'administrators and other hosts',
      { ...contextOf('verified-access'), hosts: 'api.example.com' },
      'verifiedAccess excludes hosts: customers call CloudFront and administrators call Verified Access, each by its own name',
    ],
    [
      'subnets without a VPC',
      { subnetIds: contextOf('private-upstream').functionSubnetIds },
      'subnetIds needs vpcId',
    ],
    [
      'subnets and zones of one VPC',
      {
        vpcId: VPC,
        subnetIds: contextOf('private-upstream').functionSubnetIds,
        zones: 'eu-west-1a,eu-west-1b',
      },
      'subnetIds excludes zones: the subnets already determine the zones',
    ],
    [
      'an existing VPC and the range of a new one',
      { vpcId: VPC, vpcCidr: '10.20.0.0/16' },
      'vpcId excludes vpcCidr: an existing VPC already has a range',
    ],
    [
      'callers of a load balancer that anybody may call',
      { allowedCidrs: '10.20.0.0/16' },
      'allowedCidrs needs internal',
    ],
    [
      'IPv6 callers of a load balancer without IPv6',
      { internal: true, allowedCidrs: '2001:db8::/56' },
      'allowedCidrs has IPv6 ranges, but the load balancer has no IPv6 addresses; add ipAddressType=dualstack',
    ],
    [
      'a third way in beside CloudFront and Verified Access',
      { ...contextOf('verified-access'), internal: true, allowedCidrs: '10.20.0.0/16' },
      'verifiedAccess excludes allowedCidrs: only CloudFront and Verified Access may call the load balancer',
    ],
    [
      "customers' names without a certificate",
      without(contextOf('verified-access/customer-names'), 'customerCertificateArn'),
      'customerDomains needs customerCertificateArn',
    ],
    [
      'records without names',
      { ...contextOf('verified-access'), customerHostedZoneId: 'Z0123456789ABCDEFGHIJ' },
      'customerHostedZoneId needs customerDomains',
    ],
    [
      'a web ACL without CloudFront',
      { customerWebAclArn: contextOf('verified-access/customer-names').customerWebAclArn },
      'customerWebAclArn needs verifiedAccess',
    ],
    [
      'logs without CloudFront',
      { customerLogBucket: 'customer-logs' },
      'customerLogBucket needs verifiedAccess',
    ],
    [
      'a price class without CloudFront',
      { customerPriceClass: '100' },
      'customerPriceClass needs verifiedAccess=true',
    ],
    [
      'customers with the host name of administrators',
      { ...contextOf('verified-access/customer-names'), customerDomains: 'admin.example.com' },
      'customerDomains contains adminDomain, which must lead to Verified Access, not to CloudFront; remove it from the list',
    ],
    [
      'patterns that no rule allows',
      { paths: '/*/*/*/*' },
      'paths: /*/*/*/* has 7 wildcards, including its bare prefix, but a rule takes at most 5',
    ],
    [
      'a range beyond the last priority',
      { paths: '/a/*,/b/*,/c/*', rulePriority: 49_002 },
      'rulePriority must be at most 49001, because paths and hosts take their priorities from a range of 1000',
    ],
  ])('include %s', (_, context, problem) => {
    expect(problemsOf(context)).toEqual([problem]);
  });

  it('are all reported at once, together with malformed options', () => {
    expect(
      problemsOf({
        demoApi: 'soap',
        memorySize: '1',
        listenerArn: 'x',
        vpcId: VPC,
        cognitoDomainPrefix: 'a',
      }),
    ).toEqual([
      expect.stringMatching(/^demoApi must be one of http, rest/),
      expect.stringMatching(/^memorySize must be/),
      expect.stringMatching(/^listenerArn must be/),
      'listenerArn needs listenerSecurityGroupId',
      'demoApi needs authorizer',
      'cognitoDomainPrefix needs cognito',
      'listenerArn excludes vpcId: the load balancer does not belong to this stack',
    ]);
  });

  it.each(['existing-listener', 'verified-access'] as const)(
    'do not require a host that matches domainName where there can be no domainName, as in %s',
    (shape) => {
      const named = { domainName: 'api.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
      const problems = problemsOf({ ...contextOf(shape), ...named, hosts: 'www.example.com' });
      expect(problems).toEqual([expect.stringMatching(/^\w+ excludes domainName/)]);
    },
  );
});

describe('nativeClaims', () => {
  const claim = { name: 'tenant', format: 'single-string', values: ['a'] };

  it.each([
    ['not JSON', '{'],
    ['not a list', JSON.stringify(claim)],
    ['empty', '[]'],
    ['of a claim that is always checked', JSON.stringify([{ ...claim, name: 'exp' }])],
    ['of a claim with its own option', JSON.stringify([{ ...claim, name: 'aud' }])],
    ['of an unknown format', JSON.stringify([{ ...claim, format: 'number' }])],
    ['of more than 10 values', JSON.stringify([{ ...claim, values: Array(11).fill('a') }])],
    ['of a long value', JSON.stringify([{ ...claim, values: ['a'.repeat(257)] }])],
    [
      'of words with spaces',
      JSON.stringify([{ ...claim, format: 'space-separated-values', values: ['a b'] }]),
    ],
    ['of objects with other members', JSON.stringify([{ ...claim, required: true }])],
  ])('are rejected when %s', (_, nativeClaims) => {
    expect(problemsOf({ ...contextOf('native-pre-filter'), nativeClaims })).toEqual([
      expect.stringMatching(/^nativeClaims must be a JSON list of/),
    ]);
  });
});
