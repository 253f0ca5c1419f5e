import type { Template } from 'aws-cdk-lib/assertions';

type Properties = Readonly<Record<string, unknown>>;
type Read = (properties: Properties, name: NameOf) => readonly string[];
/** A short name for what a value of the template refers to. */
type NameOf = (value: unknown) => string;

const list = (value: unknown): readonly Properties[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly Properties[];

const ELB = 'AWS::ElasticLoadBalancingV2';

/** Types that open a way in: from where, to what. */
const WAYS: Readonly<Record<string, Read>> = {
  'AWS::EC2::SecurityGroup': ({ SecurityGroupIngress, GroupDescription }) =>
    list(SecurityGroupIngress).map(
      (rule) => `${groupNamed(GroupDescription)} takes ${ruleText(rule, String)}`,
    ),
  'AWS::EC2::SecurityGroupIngress': (rule, name) => [`${name(rule.GroupId)} takes ${ruleText(rule, name)}`],
  [`${ELB}::LoadBalancer`]: ({ Scheme }) => [`load balancer is ${Scheme}`],
  [`${ELB}::Listener`]: ({ Port, DefaultActions }) => [
    `listener ${Port} goes to ${list(DefaultActions).map(({ Type }) => Type)}`,
  ],
  [`${ELB}::ListenerRule`]: ({ Conditions, Actions }, name) => [
    `rule for ${list(Conditions).map(valuesOf).join(' at ')} goes to ${list(Actions)
      .map(({ Type, TargetGroupArn }) => (Type === 'forward' ? name(TargetGroupArn) : Type))
      .join(', then ')}`,
  ],
  'AWS::Lambda::Permission': ({ Principal, FunctionName }, name) => [
    `${name(FunctionName)} may be invoked by ${Principal}`,
  ],
  'AWS::Lambda::Url': ({ TargetFunctionArn, AuthType }, name) => [
    `${name(TargetFunctionArn)} has a URL (${AuthType})`,
  ],
  'AWS::CloudFront::Distribution': ({ DistributionConfig }) => {
    const { Origins, Aliases } = DistributionConfig as Properties;
    const to = list(Origins).map(({ VpcOriginConfig }) =>
      VpcOriginConfig ? 'its VPC origin' : 'a public origin',
    );
    return [`CloudFront${list(Aliases).length > 0 ? ` as ${list(Aliases)}` : ''} goes to ${to}`];
  },
  'AWS::CloudFront::VpcOrigin': ({ VpcOriginEndpointConfig: config }, name) => {
    const { Arn, HTTPPort, HTTPSPort, OriginProtocolPolicy } = config as Properties;
    const port = OriginProtocolPolicy === 'https-only' ? (HTTPSPort ?? 443) : (HTTPPort ?? 80);
    return [`VPC origin goes to ${name(Arn)} at ${port} (${OriginProtocolPolicy})`];
  },
  'AWS::EC2::VerifiedAccessEndpoint': ({ ApplicationDomain, LoadBalancerOptions }, name) => {
    const { LoadBalancerArn, Port, Protocol } = LoadBalancerOptions as Properties;
    return [
      `Verified Access as ${ApplicationDomain} goes to ${name(LoadBalancerArn)} at ${Port} (${Protocol})`,
    ];
  },
  'AWS::EC2::VerifiedAccessGroup': ({ PolicyEnabled, PolicyDocument }) => [
    `Verified Access: ${PolicyEnabled === true ? PolicyDocument : 'no policy'}`,
  ],
  'AWS::ApiGateway::RestApi': () => ['REST API is public'],
  'AWS::ApiGateway::Method': ({ HttpMethod, AuthorizationType }) => [
    `REST API takes ${HttpMethod} (${AuthorizationType})`,
  ],
  'AWS::ApiGatewayV2::Api': ({ ProtocolType }) => [`${ProtocolType} API is public`],
  'AWS::ApiGatewayV2::Route': ({ RouteKey, AuthorizationType }) => [
    `HTTP API takes ${RouteKey} (${AuthorizationType})`,
  ],
  'AWS::Cognito::UserPoolDomain': () => ['token endpoint is public'],
  'AWS::S3::BucketPolicy': ({ Bucket, PolicyDocument }, name) =>
    list((PolicyDocument as Properties).Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(
        ({ Principal, Action }) => `${name(Bucket)} allows ${JSON.stringify(Principal)} ${[Action].flat()}`,
      ),
};

/** Types that let nothing in by themselves. */
const CLOSED: readonly RegExp[] = [
  /^AWS::(CloudWatch|CodeDeploy|Logs|IAM|Events|WAFv2|Route53|CertificateManager)::/,
  /^AWS::EC2::(VPC|Subnet|RouteTable|Route|SubnetRouteTableAssociation|InternetGateway|VPCGatewayAttachment)$/,
  /^AWS::EC2::(VPCCidrBlock|VPCEndpoint|SecurityGroupEgress|VerifiedAccessInstance|VerifiedAccessTrustProvider)$/,
  /^AWS::Lambda::(Function|Version|Alias|EventInvokeConfig)$/,
  /^AWS::ElasticLoadBalancingV2::(TargetGroup|ListenerCertificate)$/,
  /^AWS::Cognito::UserPool(Client|ResourceServer)?$/,
  /^AWS::CloudFront::OriginRequestPolicy$/,
  /^AWS::ApiGateway::(Authorizer|Deployment|Resource|Stage)$/,
  /^AWS::ApiGatewayV2::(Authorizer|Integration|Stage)$/,
  /^AWS::S3::Bucket$/,
  /^Custom::AlbJwtAuthorizer/,
];

/** Every way in that a template opens, sorted. Throws for a type that this file does not classify. */
export function waysInto(template: Template): readonly string[] {
  const resources: Record<string, { Type: string; Properties?: Properties }> = template.toJSON().Resources;
  const nameOf: NameOf = (value) => {
    const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as Readonly<Record<string, unknown>>;
    const id = String(Ref ?? [attribute].flat()[0] ?? '');
    const found = resources[id];
    if (found === undefined) return typeof value === 'string' ? value : JSON.stringify(value);
    const { GroupDescription, FunctionName } = found.Properties ?? {};
    if (found.Type === 'AWS::EC2::SecurityGroup') return groupNamed(GroupDescription);
    if (found.Type === 'Custom::AlbJwtAuthorizerCloudFrontGroup') return "CloudFront's group";
    if (found.Type === `${ELB}::LoadBalancer`) return 'load balancer';
    if (found.Type === `${ELB}::TargetGroup`) {
      const [target] = list(found.Properties?.Targets);
      return nameOf(target?.Id);
    }
    if (found.Type === 'AWS::Lambda::Alias') return nameOf(FunctionName);
    return id.replace(/[0-9A-F]{8}$/, '');
  };
  return Object.entries(resources)
    .flatMap(([id, { Type, Properties = {} }]) => {
      const read = WAYS[Type];
      if (read !== undefined) return read(Properties, nameOf);
      if (CLOSED.some((pattern) => pattern.test(Type))) return [];
      throw new Error(`${id}: say in ways-in.ts whether ${Type} opens a way in`);
    })
    .sort();
}

function ruleText(rule: Properties, name: NameOf): string {
  const { IpProtocol, FromPort, ToPort, CidrIp, CidrIpv6, SourcePrefixListId, SourceSecurityGroupId } = rule;
  const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
  const range = CidrIp ?? CidrIpv6 ?? SourcePrefixListId;
  const from =
    SourceSecurityGroupId === undefined
      ? typeof range === 'string'
        ? range
        : /CidrBlock/.test(JSON.stringify(range)) && 'its VPC'
      : name(SourceSecurityGroupId);
  return `${IpProtocol} ${ports} from ${from}`;
}

const groupNamed = (description: unknown): string =>
  /^Verified Access/.test(String(description)) ? 'Verified Access endpoint' : 'load balancer';

const valuesOf = ({ PathPatternConfig, HostHeaderConfig }: Properties): string =>
  String(((PathPatternConfig ?? HostHeaderConfig) as Properties).Values);
