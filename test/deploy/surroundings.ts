import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { certificateOf } from '../support/certificate.ts';
import { type ClientSettings, clientSettings } from './cloud.ts';

/** What shapes refer to and no stack of theirs creates. */
export interface Surroundings {
  readonly aws: ClientSettings;
  readonly certificateArn: string;
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly securityGroupId: string;
  readonly subnetIds: readonly string[];
}

export async function prepareSurroundings(endpoint: string): Promise<Surroundings> {
  const aws = clientSettings(endpoint);
  const certificateArn = await importCertificate(aws);
  const subnetIds = idsIn(await query(aws, 'ec2', 'DescribeSubnets', '2016-11-15'), 'subnet').slice(0, 2);
  const [securityGroupId] = idsIn(await query(aws, 'ec2', 'DescribeSecurityGroups', '2016-11-15'), 'sg');
  assert.ok(securityGroupId);
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { LoadBalancers: [loadBalancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'shared', Subnets: subnetIds, SecurityGroups: [securityGroupId] }),
  );
  assert.ok(loadBalancer?.LoadBalancerArn);
  const { Listeners: [listener] = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  assert.ok(listener?.ListenerArn);
  return {
    aws,
    certificateArn,
    loadBalancerArn: loadBalancer.LoadBalancerArn,
    listenerArn: listener.ListenerArn,
    securityGroupId,
    subnetIds,
  };
}

/** The physical ids of a stack's resources of a type. */
export async function resourcesOf(aws: ClientSettings, stackName: string, type: string): Promise<string[]> {
  const answer = await query(aws, 'cloudformation', 'DescribeStackResources', '2010-05-15', {
    StackName: stackName,
  });
  return answer
    .split('<member>')
    .filter((member) => member.includes(`<ResourceType>${type}</ResourceType>`))
    .map((member) => /<PhysicalResourceId>([^<]+)</.exec(member)?.[1] ?? '');
}

async function importCertificate(aws: ClientSettings): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = certificateOf(
    { publicKey, privateKey, alg: 'RS256', kid: 'deploy-test', jwk: {} },
    { name: 'api.example.com', until: '491231235959Z' },
  );
  const pem = `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
  const answer = await call(aws, 'acm', {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CertificateManager.ImportCertificate',
    },
    body: JSON.stringify({
      Certificate: base64(pem),
      PrivateKey: base64(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    }),
  });
  return JSON.parse(answer).CertificateArn;
}

function query(
  aws: ClientSettings,
  service: string,
  action: string,
  version: string,
  input: Readonly<Record<string, string>> = {},
): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: version, ...input });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return call(aws, service, { headers, body: body.toString() });
}

/** For the few calls that an SDK client of its own would be too much for: moto checks no signature. */
async function call(
  { endpoint, region, credentials }: ClientSettings,
  service: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<string> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, { method: 'POST', headers: { ...headers, authorization }, body });
  const answer = await response.text();
  assert.ok(response.ok, `${service}: ${answer}`);
  return answer;
}

function idsIn(xml: string, kind: string): string[] {
  return [...new Set(xml.match(new RegExp(`\\b${kind}-[0-9a-f]{17}\\b`, 'g')))];
}
