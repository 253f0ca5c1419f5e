import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type FunctionConfiguration,
  GetFunctionCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { callJson } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';
import { snapshotBuckets } from './snapshot.ts';

const BUCKET = 'cdk-hnb659fds-assets-123456789012-eu-west-1';

/** The function behind the load balancer. */
export const VERIFIER = { handler: 'alb-handler.handler' };

/** The account's only function with a handler. */
export async function functionOf(
  lambda: LambdaClient,
  { handler }: { readonly handler: string },
): Promise<FunctionConfiguration> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const [found, ...others] = Functions.filter(({ Handler }) => Handler === handler);
  assert.ok(found);
  assert.deepEqual(others, []);
  return found;
}

/** The function's uploaded code, with the location and the hash that Lambda reports. */
export async function codeOf(
  lambda: LambdaClient,
  s3: S3Client,
  { FunctionName }: FunctionConfiguration,
): Promise<Uint8Array> {
  const { Code, Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  // Like Lambda, moto names a bucket of AWS here; the object's key is that of the asset.
  const key = new URL(Code?.Location ?? '').pathname.slice(1);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  const zip = await Body?.transformToByteArray();
  assert.ok(zip);
  assert.equal(createHash('sha256').update(zip).digest('base64'), Configuration?.CodeSha256);
  return zip;
}

/** Compares what was deployed with the design, as the services report it, as far as moto stores it. */
export async function readBack(
  aws: ClientSettings,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { LoadBalancers: [loadBalancer] = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  assert.equal(loadBalancer?.Scheme, 'internet-facing');
  assert.equal(outputs.Url, `http://${loadBalancer.DNSName}/api/`);

  const { Listeners: [listener] = [] } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: loadBalancer.LoadBalancerArn }),
  );
  assert.equal(listener?.Port, 80);
  assert.equal(listener.DefaultActions?.[0]?.FixedResponseConfig?.StatusCode, '404');

  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }));
  const rules = Rules.filter(({ IsDefault }) => !IsDefault);
  const rule = rules.find(({ Priority }) => Priority === '10');
  assert.deepEqual(
    rules
      .map(({ Conditions: [path] = [] }) => (path?.PathPatternConfig?.Values ?? path?.Values ?? []).join(' '))
      .sort(),
    ['/.well-known/oauth-protected-resource /.well-known/oauth-protected-resource/*', '/api /api/*'],
  );

  const { TargetGroups: [targetGroup] = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  assert.equal(targetGroup?.TargetType, 'lambda');
  for (const { Actions } of rules) {
    assert.equal(Actions?.[0]?.TargetGroupArn, targetGroup.TargetGroupArn);
  }
  assert.ok(rule);

  const lambda = new LambdaClient(aws);
  const { FunctionName, FunctionArn, Runtime } = await functionOf(lambda, VERIFIER);
  assert.equal(Runtime, 'nodejs24.x');
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  const [statement, ...more] = JSON.parse(Policy ?? '{}').Statement;
  assert.deepEqual(more, []);
  assert.equal(statement.Action, 'lambda:InvokeFunction');
  assert.equal(statement.Resource, `${FunctionArn}:live`);
  assert.deepEqual(statement.Principal, { Service: 'elasticloadbalancing.amazonaws.com' });
  assert.equal(statement.Condition.StringEquals['AWS:SourceAccount'], '123456789012');
  const prefix = statement.Condition.ArnLike['AWS:SourceArn'].replace(/\*$/, '');
  assert.ok(
    targetGroup.TargetGroupArn?.startsWith(prefix),
    `${targetGroup.TargetGroupArn} is like ${prefix}*`,
  );

  const { TargetGroupArn } = targetGroup;
  const { Attributes = [] } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  const multiValue = Attributes.find(({ Key }) => Key === 'lambda.multi_value_headers.enabled');
  assert.equal(multiValue?.Value, 'true');
  const { TargetHealthDescriptions: targets = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  assert.deepEqual(
    targets.map(({ Target }) => Target?.Id),
    [`${FunctionArn}:live`],
  );
}

/** What a destroyed stack must not leave behind, because it costs money, takes requests, or runs by itself. */
export async function leftBehind(aws: ClientSettings): Promise<string[]> {
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { Functions = [] } = await new LambdaClient(aws).send(new ListFunctionsCommand({}));
  const { Rules = [] } = await callJson(aws, 'events', 'AWSEvents.ListRules', {});
  return [
    ...LoadBalancers.map(({ LoadBalancerArn }) => String(LoadBalancerArn)),
    ...Functions.map(({ FunctionArn }) => String(FunctionArn)),
    ...(Rules as { readonly Arn: string }[]).map(({ Arn }) => Arn),
    ...(await snapshotBuckets(aws)),
  ];
}
