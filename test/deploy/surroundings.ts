import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { certificateOf } from '../support/certificate.ts';
import { callJson, query, textsOf } from './aws-calls.ts';
import { type ClientSettings, clientSettings } from './cloud.ts';

/** Resources that shapes refer to but do not create. */
export interface Surroundings {
  readonly aws: ClientSettings;
  readonly loadBalancerArn: string;
  /** Context values that name these resources, by option. */
  readonly values: Readonly<Record<string, string>>;
}

export async function prepareSurroundings(endpoint: string): Promise<Surroundings> {
  const aws = clientSettings(endpoint);
  const certificateArn = await importCertificate(aws);
  const sniCertificateArns = await importCertificate(aws);
  const kmsKeyArn = await createKey(aws);
  const { vpcId, subnetIds, privateSubnetIds, routeTableId } = await createNetwork(aws);
  const hostedZoneId = await createZone(endpoint);
  const [securityGroupId = ''] = textsOf(await query(aws, 'ec2', 'DescribeSecurityGroups'), 'groupId');
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { LoadBalancers: [loadBalancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'shared', Subnets: subnetIds, SecurityGroups: [securityGroupId] }),
  );
  assert.ok(loadBalancer?.LoadBalancerArn);
  const { LoadBalancerArn } = loadBalancer;
  const { Listeners: [listener] = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      // Native verification works on HTTPS listeners only.
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const { TargetGroups: [upstream] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'upstream',
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: vpcId,
    }),
  );
  assert.ok(listener?.ListenerArn && upstream?.TargetGroupArn);
  return {
    aws,
    loadBalancerArn: LoadBalancerArn,
    values: {
      certificateArn,
      sniCertificateArns,
      kmsKeyArn,
      hostedZoneId,
      customerHostedZoneId: hostedZoneId,
      loadBalancerArn: LoadBalancerArn,
      loadBalancerDnsName: loadBalancer.DNSName ?? '',
      loadBalancerZoneId: loadBalancer.CanonicalHostedZoneId ?? '',
      adminCertificateArn: certificateArn,
      listenerArn: listener.ListenerArn,
      listenerSecurityGroupId: securityGroupId,
      upstreamTargetGroupArn: upstream.TargetGroupArn,
      functionSubnetIds: subnetIds.join(),
      functionSecurityGroupId: securityGroupId,
      functionVpcId: vpcId,
      functionRouteTableIds: routeTableId,
      vpcId,
      subnetIds: privateSubnetIds.slice(-2).join(),
    },
  };
}

/** The context with real resources instead of the made-up ones that it names. */
export function contextIn(
  { values }: Surroundings,
  context: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, values[name] ?? value]));
}

/** A VPC with a public tier and two others in two zones, for the app to look up by its id. */
async function createNetwork(aws: ClientSettings): Promise<{
  readonly vpcId: string;
  /** Of the public tier. */
  readonly subnetIds: string[];
  /** Of the others, by tier and zone. */
  readonly privateSubnetIds: string[];
  readonly routeTableId: string;
}> {
  const ec2 = async (action: string, element: string, input: Readonly<Record<string, string>> = {}) =>
    textsOf(await query(aws, 'ec2', action, input), element)[0] ?? '';
  const vpcId = await ec2('CreateVpc', 'vpcId', { CidrBlock: '10.9.0.0/16' });
  const gateway = await ec2('CreateInternetGateway', 'internetGatewayId');
  await ec2('AttachInternetGateway', 'return', { VpcId: vpcId, InternetGatewayId: gateway });
  const table = await ec2('CreateRouteTable', 'routeTableId', { VpcId: vpcId });
  await ec2('CreateRoute', 'return', {
    RouteTableId: table,
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: gateway,
  });
  const subnets: string[] = [];
  for (const third of [0, 1, 10, 11, 20, 21]) {
    const SubnetId = await ec2('CreateSubnet', 'subnetId', {
      VpcId: vpcId,
      CidrBlock: `10.9.${third}.0/24`,
      AvailabilityZone: `${aws.region}${third % 10 === 0 ? 'a' : 'b'}`,
    });
    subnets.push(SubnetId);
  }
  const [subnetIds, privateSubnetIds] = [subnets.slice(0, 2), subnets.slice(2)];
  for (const SubnetId of subnetIds) {
    await ec2('AssociateRouteTable', 'associationId', { RouteTableId: table, SubnetId });
  }
  return { vpcId, subnetIds, privateSubnetIds, routeTableId: table };
}

/** moto does not check the signature, but reads the service from it. */
export const ROUTE53_SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0';

/** A Route 53 zone for the names of APIs. Its API is the only one here that uses plain XML. */
async function createZone(endpoint: string): Promise<string> {
  const response = await fetch(`${endpoint}/2013-04-01/hostedzone`, {
    method: 'POST',
    headers: { authorization: ROUTE53_SIGNATURE },
    body: '<CreateHostedZoneRequest><Name>example.com.</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>',
  });
  const text = await response.text();
  const [id = ''] = textsOf(text, 'Id');
  assert.match(id, /^\/hostedzone\/Z/, text);
  return id.replace('/hostedzone/', '');
}

/** A KMS key with the policy of docs/deploying.md. */
export async function createKey(aws: ClientSettings): Promise<string> {
  const page = readFileSync(DEPLOYING, 'utf8');
  const [, policy = ''] = /```json\n([^`]*"logs\.REGION\.amazonaws\.com"[^`]*)```/.exec(page) ?? [];
  const Policy = policy.replaceAll('REGION', aws.region).replaceAll('ACCOUNT', '123456789012');
  JSON.parse(Policy);
  const { KeyMetadata } = await callJson(aws, 'kms', 'TrentService.CreateKey', { Policy });
  return String((KeyMetadata as { readonly Arn: string }).Arn);
}

const DEPLOYING = new URL('../../docs/deploying.md', import.meta.url);

async function importCertificate(aws: ClientSettings): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = certificateOf(
    { publicKey, privateKey, alg: 'RS256', kid: 'deploy-test', jwk: {} },
    { name: 'api.example.com', until: '491231235959Z' },
  );
  const pem = `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
  const { CertificateArn } = await callJson(aws, 'acm', 'CertificateManager.ImportCertificate', {
    Certificate: base64(pem),
    PrivateKey: base64(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  });
  return String(CertificateArn);
}
