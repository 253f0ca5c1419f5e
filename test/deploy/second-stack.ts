import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { query, textsOf } from './aws-calls.ts';
import { type ClientSettings, type Deployment, deploy } from './cloud.ts';
import { startFunction } from './deployed-function.ts';
import type { Issuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { setParameter } from './printed-commands.ts';
import { codeOf, functionOf } from './read-back.ts';
import { announceChange, passMinute, readSnapshot, snapshotBucketOf, valuesIn } from './snapshot.ts';
import { resourcesIn, resourcesOf } from './stack.ts';

/** A second stack in the account: a rule on the first one's listener, an authorizer, a policy from a file. */
export const STACK = 'Second';

/** The path of its parameters, which follows from its name. */
export const PREFIX = `/${STACK}`;

const PRIORITY = '20';

const POLICY = JSON.stringify({ routes: [{ path: '/api/open/*', onUnauthenticatedRequest: 'allow' }] });

export interface SecondStackOptions {
  readonly aws: ClientSettings;
  readonly env: Record<string, string>;
  readonly directory: string;
}

/** The context with which the app deploys it beside the first stack. */
export async function secondStackContext({
  aws,
  directory,
}: SecondStackOptions): Promise<Record<string, string>> {
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { LoadBalancers: [loadBalancer] = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const listener = await onlyListener(elb);
  const policy = join(directory, 'policy.json');
  writeFileSync(policy, POLICY);
  const securityGroup = loadBalancer?.SecurityGroups?.[0];
  assert.ok(listener.ListenerArn && securityGroup);
  return {
    stackName: STACK,
    listenerArn: listener.ListenerArn,
    listenerSecurityGroupId: securityGroup,
    rulePriority: PRIORITY,
    configRefreshSeconds: '1',
    authorizer: 'true',
    policy,
  };
}

/** Compares it with the options, and lets its authorizer decide. */
export async function checkSecondStack(
  { aws, env, directory }: SecondStackOptions,
  outputs: Readonly<Record<string, string>>,
  issuer: Issuer,
): Promise<void> {
  const elb = new ElasticLoadBalancingV2Client(aws);
  const { ListenerArn } = await onlyListener(elb);
  const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  // The second stack's rule is beside the two of the first: for its paths, and for protected resource metadata.
  assert.equal(Rules.length, 4);
  const priorities = Rules.map(({ Priority }) => Priority);
  for (const one of ['10', PRIORITY, 'default']) assert.ok(priorities.includes(one));

  const { Parameter } = await new SSMClient(aws).send(new GetParameterCommand({ Name: `${PREFIX}/policy` }));
  assert.equal(Parameter?.Value, POLICY);

  const lambda = new LambdaClient(aws);
  const configuration = await functionOf(lambda, { handler: 'authorizer-handler.handler' });
  assert.equal(outputs.AuthorizerArn, `${configuration.FunctionArn}:live`);
  await sharesNothing(aws, configuration);
  const { FunctionName } = configuration;
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  const statements: { Principal: { Service: string } }[] = JSON.parse(Policy ?? '{}').Statement;
  assert.deepEqual(statements.map(({ Principal }) => Principal.Service).sort(), [
    'apigateway.amazonaws.com',
    'appsync.amazonaws.com',
  ]);

  await setParameter(outputs.SetIssuer, issuer.issuer, env);
  await setParameter(outputs.SetAudience, 'api.example.com', env);
  const firstBucket = await snapshotBucketOf(aws, 'AlbJwtAuthorizer');
  const firstSnapshot = await readSnapshot(aws, firstBucket);
  await announceChange(aws, `${PREFIX}/issuer`);
  const snapshot = await readSnapshot(aws, await snapshotBucketOf(aws, STACK), PREFIX);
  assert.equal(snapshot.path, PREFIX);
  assert.deepEqual(valuesIn(snapshot), await valuesUnder(aws, PREFIX));
  assert.deepEqual(await readSnapshot(aws, firstBucket), firstSnapshot);
  const authorizer = await startFunction({
    zip: await codeOf(lambda, new S3Client(aws), configuration),
    configuration,
    directory: join(directory, 'authorizer'),
    env,
  });
  const isAuthorized = async (path: string, token?: string) => {
    const result = await authorizer.invoke<APIGatewayProxyEventV2, { isAuthorized: boolean }>(
      httpApiEvent(path, token),
    );
    return result.isAuthorized;
  };
  assert.equal(
    await isAuthorized('/api/orders', await issuer.mint('api.example.com')),
    true,
    authorizer.log(),
  );
  // API Gateway turns this into a 401.
  await assert.rejects(isAuthorized('/api/orders', await issuer.mint('other.example.com')), /Unauthorized/);
  assert.equal(await isAuthorized('/api/open/hours'), true, authorizer.log());
  await authorizer.end();
}

/** Throws if the functions of both stacks share the dimension of their metrics or a role. */
async function sharesNothing(
  aws: ClientSettings,
  { Environment, Role }: FunctionConfiguration,
): Promise<void> {
  assert.equal(Environment?.Variables?.POWERTOOLS_SERVICE_NAME, STACK);
  const { Functions = [] } = await new LambdaClient(aws).send(new ListFunctionsCommand({}));
  const first = Functions.filter(({ FunctionName }) => !FunctionName?.startsWith(STACK));
  assert.ok(first.length > 0);
  for (const other of first) {
    assert.notEqual(other.Environment?.Variables?.POWERTOOLS_SERVICE_NAME, STACK);
    assert.notEqual(other.Role, Role);
  }
}

/**
 * Deploys it with the priority of the first stack's rule, and with its own path again. When this fails, the functions,
 * the alias and the custom resource have already changed, and all of them must change back.
 */
export async function failAndRollBack(
  { aws, directory }: SecondStackOptions,
  deployment: Deployment,
): Promise<void> {
  const policy = join(directory, 'another-policy.json');
  writeFileSync(policy, JSON.stringify({ routes: [{ path: '/api/*', scopes: ['orders'] }] }));
  const before = await stateOf(aws);
  const failing = {
    ...deployment,
    assembly: join(directory, 'failing'),
    context: { ...deployment.context, rulePriority: '10', configRefreshSeconds: '2', policy },
  };
  await assert.rejects(deploy(failing, join(directory, 'failing.json')), /PriorityInUse/);
  const response = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
  const [last] = textsOf(response, 'ResourceStatus');
  assert.equal(last, 'UPDATE_ROLLBACK_COMPLETE', response);
  // For either path: the custom resource changed back before the function did.
  await readSnapshot(aws, await snapshotBucketOf(aws, STACK), PREFIX);
  const [rule = ''] = await resourcesOf(aws, STACK, 'AWS::Events::Rule');
  await passMinute(aws, rule);
  assert.deepEqual(await stateOf(aws), before);
}

/** Its resources, its function's configuration, its parameters and what verifiers read from the snapshot. */
async function stateOf(aws: ClientSettings) {
  const lambda = new LambdaClient(aws);
  const functions = await resourcesOf(aws, STACK, 'AWS::Lambda::Function');
  const snapshot = await readSnapshot(aws, await snapshotBucketOf(aws, STACK), PREFIX);
  const environments = functions.map(async (FunctionName) => {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return Environment?.Variables;
  });
  return {
    resources: await resourcesIn(aws, STACK),
    environments: await Promise.all(environments),
    parameters: await valuesUnder(aws, PREFIX),
    snapshot: { path: snapshot.path, values: valuesIn(snapshot) },
  };
}

async function onlyListener(elb: ElasticLoadBalancingV2Client) {
  const { LoadBalancers: [loadBalancer] = [] } = await elb.send(new DescribeLoadBalancersCommand({}));
  const { Listeners: [listener] = [] } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: loadBalancer?.LoadBalancerArn }),
  );
  assert.ok(listener);
  return listener;
}

/** What an HTTP API sends its authorizer, with payload format 2.0. */
function httpApiEvent(path: string, token?: string): APIGatewayProxyEventV2 {
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/GET${path}`,
    identitySource: null,
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'api.example.com', ...(authorization === undefined ? {} : { authorization }) },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      domainName: 'abcdef1234.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'abcdef1234',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'rehearsal' },
      requestId: 'rehearsal',
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2026:12:00:00 +0000',
      timeEpoch: 1795348800000,
    },
  } as unknown as APIGatewayProxyEventV2;
}
