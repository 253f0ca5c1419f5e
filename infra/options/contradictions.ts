import { nativeClaims } from '../front-door/native-verification.ts';
import { nameProblems } from './deployment-names.ts';
import { type Contradiction, LISTENER_CONTRADICTIONS, ruleProblems } from './listener-contradictions.ts';
import { MAX_NATIVE_CLAIMS } from './native-claims.ts';
import { isSecure, OPTIONS, type OptionName, type OptionValues } from './options.ts';

/** Options, and what each of them needs. */
const NEEDS: readonly [option: OptionName, needed: readonly OptionName[]][] = [
  ['alarmTopicArn', ['alarms']],
  ['runbookUrl', ['alarms']],
  ['listenerArn', ['listenerSecurityGroupId']],
  ['loadBalancerArn', ['listenerSecurityGroupId']],
  ['listenerPort', ['loadBalancerArn']],
  ['loadBalancerDnsName', ['loadBalancerArn', 'loadBalancerZoneId']],
  ['loadBalancerZoneId', ['loadBalancerArn', 'loadBalancerDnsName']],
  ['subnetIds', ['vpcId']],
  ['allowedCidrs', ['internal']],
  ['customerDomains', ['verifiedAccess', 'customerCertificateArn']],
  ['customerCertificateArn', ['customerDomains']],
  ['customerHostedZoneId', ['customerDomains']],
  ['customerWebAclArn', ['verifiedAccess']],
  ['customerLogBucket', ['verifiedAccess']],
  ['domainName', ['hostedZoneId']],
  ['hostedZoneId', ['domainName']],
  ['functionSubnetIds', ['functionSecurityGroupId']],
  ['functionSecurityGroupId', ['functionSubnetIds']],
  ['functionRouteTableIds', ['functionSubnetIds', 'functionVpcId', 'keeper']],
  ['functionVpcId', ['functionRouteTableIds']],
  ['nativePreFilter', ['nativeIssuer', 'nativeJwksUri', 'nativeAudience']],
  ['nativeOnly', ['nativeIssuer', 'nativeJwksUri', 'nativeAudience', 'upstreamTargetGroupArn']],
  ['upstreamTargetGroupArn', ['nativeOnly']],
  ['demoApi', ['authorizer']],
  ['cognitoDomainPrefix', ['cognito']],
  [
    'verifiedAccess',
    [
      'adminDomain',
      'adminCertificateArn',
      'oidcIssuer',
      'oidcAuthorizationEndpoint',
      'oidcTokenEndpoint',
      'oidcUserInfoEndpoint',
      'oidcClientId',
      'oidcClientSecretArn',
    ],
  ],
];

/** Options that only apply to a load balancer of this stack. */
const OF_A_LOAD_BALANCER: readonly OptionName[] = [
  'vpcId',
  'subnetIds',
  'zones',
  'vpcCidr',
  'internal',
  'allowedCidrs',
  'http',
  'deletionProtection',
  'desyncMitigationMode',
  'ipAddressType',
  'accessLogs',
  'webAclArn',
  'verifiedAccess',
];
const NOT_OURS = 'the load balancer does not belong to this stack';

/** Options, and those that have no effect beside them. */
const EXCLUDES: readonly [option: OptionName, senseless: readonly OptionName[], why: string][] = [
  [
    'listenerArn',
    [...OF_A_LOAD_BALANCER, 'certificateArn', 'sniCertificateArns', 'domainName', 'loadBalancerArn'],
    NOT_OURS,
  ],
  ['loadBalancerArn', OF_A_LOAD_BALANCER, NOT_OURS],
  [
    'nativeOnly',
    [
      'nativePreFilter',
      'policy',
      'tracing',
      'kmsKeyArn',
      'provisionedConcurrency',
      'reservedConcurrency',
      'deployment',
      'functionSubnetIds',
      'authorizer',
      'cognito',
      'verifiedAccess',
      'sharedSecrets',
      'resourceDocuments',
    ],
    'there is no function',
  ],
  ['vpcId', ['vpcCidr'], 'an existing VPC already has a range'],
  ['subnetIds', ['zones'], 'the subnets already determine the zones'],
  ['verifiedAccess', ['nativePreFilter'], 'administrators do not send a bearer token'],
  [
    'verifiedAccess',
    ['domainName', 'hosts'],
    'customers call CloudFront and administrators call Verified Access, each by its own name',
  ],
  ['verifiedAccess', ['allowedCidrs'], 'only CloudFront and Verified Access may call the load balancer'],
];

const native = (options: OptionValues) => options.nativePreFilter || options.nativeOnly;

const OTHERS: readonly Contradiction[] = [
  [
    (options) => native(options) && options.listenerArn === undefined && !isSecure(options),
    'native verification needs an HTTPS listener; give certificateArn, or domainName',
  ],
  [
    (options) => native(options) && options.internal && options.vpcId === undefined,
    'native verification fetches keys from the internet, which the isolated subnets of a new VPC cannot reach; give vpcId',
  ],
  [
    ({ nativeOnly, listenerArn, loadBalancerArn, vpcId }) =>
      nativeOnly && [listenerArn, loadBalancerArn, vpcId].every((given) => given === undefined),
    "nativeOnly needs the VPC of the upstream's target group; give vpcId, loadBalancerArn or listenerArn",
  ],
  [
    (options) => {
      const { nativeClaims: further } = options;
      // A malformed value is text, and is reported elsewhere.
      return typeof further !== 'string' && nativeClaims(options).length > MAX_NATIVE_CLAIMS;
    },
    `native verification takes at most ${MAX_NATIVE_CLAIMS} claims, including audience and scope`,
  ],
  [
    (options) =>
      !native(options) &&
      [options.nativeIssuer, options.nativeJwksUri, options.nativeAudience, options.nativeScope].some(
        (value) => value !== undefined,
      ),
    'the native options need nativePreFilter=true or nativeOnly=true',
  ],
  [
    ({ deployment, alarms }) => deployment !== 'allAtOnce' && !alarms,
    'deployment needs alarms=true, because nothing else stops a bad version; otherwise set deployment=allAtOnce',
  ],
  [
    ({ provisionedConcurrency, reservedConcurrency }) =>
      typeof provisionedConcurrency === 'number' &&
      typeof reservedConcurrency === 'number' &&
      reservedConcurrency < 2 * provisionedConcurrency,
    'reservedConcurrency must be at least twice provisionedConcurrency, because a deploy keeps the environments of both versions ready for a while',
  ],
  [
    ({ functionEgress, keeper }) => !functionEgress && !keeper,
    'functionEgress=false needs keeper=true, because nothing else can fetch the keys',
  ],
  [
    ({ sharedSecrets, keeper }) => sharedSecrets && !keeper,
    'sharedSecrets=true needs keeper=true, because the keeper makes the secrets',
  ],
  [
    ({ functionEgress, functionSubnetIds }) => !functionEgress && functionSubnetIds === undefined,
    'functionEgress=false needs functionSubnetIds: outside a VPC the function reaches every endpoint',
  ],
  [
    ({ functionEgress, verifiedAccess }) => !functionEgress && verifiedAccess,
    'verifiedAccess excludes functionEgress=false: the function fetches the keys of signed headers one by one as requests arrive',
  ],
  [
    ({ httpApiResponse, authorizer }) => httpApiResponse !== 'simple' && !authorizer,
    'httpApiResponse needs authorizer=true',
  ],
  [
    ({ authorizerCache, authorizer }) => authorizerCache && !authorizer,
    'authorizerCache needs authorizer=true',
  ],
  [
    ({ httpApiResponse, demoApi }) => httpApiResponse === 'iam' && demoApi === 'http',
    'demoApi=http expects httpApiResponse=simple',
  ],
  [
    ({ cognito, nativePreFilter }) => cognito && nativePreFilter,
    "cognito excludes nativePreFilter: the pool's issuer is known only after the deploy",
  ],
  [
    ({ cognito, cognitoDomainPrefix, stackName }) =>
      cognito && cognitoDomainPrefix === undefined && /aws|amazon|cognito/i.test(stackName),
    'cognito needs cognitoDomainPrefix, because the stack\'s name contains "aws", "amazon" or "cognito"',
  ],
  [
    // A label has 63 characters, and the hyphen and the account take 13.
    ({ cognito, cognitoDomainPrefix, stackName }) =>
      cognito && cognitoDomainPrefix === undefined && stackName.length > 50,
    "cognito needs cognitoDomainPrefix, because the stack's name is longer than 50 characters",
  ],
  [
    ({ verifiedAccess, certificateArn, originDomain }) =>
      verifiedAccess && (certificateArn === undefined) !== (originDomain === undefined),
    'verifiedAccess needs both certificateArn and originDomain, or neither',
  ],
  [
    ({ verifiedAccess, originDomain }) => !verifiedAccess && originDomain !== undefined,
    'originDomain needs verifiedAccess=true',
  ],
  [
    ({ verifiedAccess, customerPriceClass }) => !verifiedAccess && customerPriceClass !== 'all',
    'customerPriceClass needs verifiedAccess=true',
  ],
  [
    ({ customerDomains = [], adminDomain }) =>
      adminDomain !== undefined && customerDomains.includes(adminDomain),
    'customerDomains contains adminDomain, which must lead to Verified Access, not to CloudFront; remove it from the list',
  ],
];

/** Contradictions between options, each of which is well-formed by itself. */
export function contradictions(options: OptionValues): readonly string[] {
  const isSet = (name: OptionName) => options[name] !== undefined && options[name] !== false;
  const problems: string[] = [];
  for (const [option, needed] of NEEDS) {
    const missing = needed.filter((name) => !isSet(name));
    if (isSet(option) && missing.length > 0) problems.push(`${option} needs ${missing.join(', ')}`);
  }
  for (const [option, senseless, why] of EXCLUDES) {
    const given = senseless.filter((name) => options[name] !== OPTIONS[name].default);
    if (isSet(option) && given.length > 0) {
      problems.push(`${option} excludes ${given.join(', ')}: ${why}`);
    }
  }
  problems.push(...nameProblems(options), ...ruleProblems(options));
  return [
    ...problems,
    ...[...OTHERS, ...LISTENER_CONTRADICTIONS].flatMap(([applies, problem]) =>
      applies(options) ? problem : [],
    ),
  ];
}
