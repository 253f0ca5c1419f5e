import assert from 'node:assert/strict';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import { contextOf, type ShapeName } from '../infra/shapes.ts';
import { resourcesOf, type Surroundings } from './surroundings.ts';

interface DeployedShape {
  readonly surroundings: Surroundings;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
}

interface RehearsedShape {
  readonly context: (surroundings: Surroundings) => Readonly<Record<string, string>>;
  readonly check: (deployed: DeployedShape) => Promise<void>;
  /** What moto drops of it without a word, so that nothing here vouches for it. */
  readonly dropped?: string;
}

interface UnrehearsedShape {
  /** How moto fails. */
  readonly reason: string;
}

const NO_JWT_VALIDATION =
  "ValidationError: Value 'jwt-validation' at 'actions.1.member.type' failed to satisfy constraint";

/** Every shape of docs/shapes/ but the default, which the main rehearsal deploys, and two options besides. */
const SHAPES: Readonly<
  Record<
    Exclude<ShapeName, 'new-load-balancer'> | 'internal' | 'certificate',
    RehearsedShape | UnrehearsedShape
  >
> = {
  'existing-listener': {
    context: ({ listenerArn, securityGroupId }) => ({
      ...contextOf('existing-listener'),
      listenerArn,
      listenerSecurityGroupId: securityGroupId,
    }),
    async check({ surroundings: { aws, listenerArn }, stackName }) {
      const elb = new ElasticLoadBalancingV2Client(aws);
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn }));
      assert.deepEqual(Rules.map(({ Priority }) => Priority).sort(), ['77', 'default']);
      assert.deepEqual(await resourcesOf(aws, stackName, LOAD_BALANCER), []);
    },
  },
  internal: {
    context: () => ({ internal: 'true' }),
    async check({ surroundings: { aws }, stackName }) {
      const [arn = ''] = await resourcesOf(aws, stackName, LOAD_BALANCER);
      const { LoadBalancers: [loadBalancer] = [] } = await new ElasticLoadBalancingV2Client(aws).send(
        new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
      );
      assert.equal(loadBalancer?.Scheme, 'internal');
      assert.deepEqual(await resourcesOf(aws, stackName, 'AWS::EC2::InternetGateway'), []);
    },
  },
  certificate: {
    context: ({ certificateArn }) => ({ certificateArn }),
    async check({ surroundings: { aws, certificateArn }, stackName, outputs }) {
      const [arn] = await resourcesOf(aws, stackName, LOAD_BALANCER);
      const { Listeners = [] } = await new ElasticLoadBalancingV2Client(aws).send(
        new DescribeListenersCommand({ LoadBalancerArn: arn }),
      );
      const [http, https, ...others] = Listeners.sort((a, b) => (a.Port ?? 0) - (b.Port ?? 0));
      assert.deepEqual(others, []);
      assert.equal(https?.Port, 443);
      assert.equal(https.Certificates?.[0]?.CertificateArn, certificateArn);
      assert.equal(http?.Port, 80);
      assert.equal(http.DefaultActions?.[0]?.RedirectConfig?.Protocol, 'HTTPS');
      assert.match(outputs.Url ?? '', /^https:/);
    },
  },
  'native-pre-filter': { reason: NO_JWT_VALIDATION },
  'native-only': { reason: NO_JWT_VALIDATION },
  cognito: {
    reason: 'moto creates no AWS::Cognito::UserPool: Fn::GetAtt references undefined resource MachinePool…',
  },
  'provisioned-concurrency': {
    reason: "moto creates no AWS::Lambda::Alias: KeyError: 'FunctionName' in the permission to invoke it",
  },
  'web-acl': {
    reason:
      'moto deploys it but drops AWS::WAFv2::WebACLAssociation, and the rest is the shape "certificate"',
  },
  'private-upstream': {
    context: ({ subnetIds, securityGroupId }) => ({
      functionSubnetIds: subnetIds.join(),
      functionSecurityGroupId: securityGroupId,
    }),
    async check({ surroundings: { aws, subnetIds, securityGroupId }, stackName }) {
      const [FunctionName] = await resourcesOf(aws, stackName, FUNCTION);
      const { VpcConfig } = await new LambdaClient(aws).send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      assert.deepEqual(VpcConfig?.SubnetIds, subnetIds);
      assert.deepEqual(VpcConfig?.SecurityGroupIds, [securityGroupId]);
    },
  },
  'api-gateway-authorizer/http': {
    reason: 'moto creates no AWS::ApiGatewayV2::Api: Fn::GetAtt references undefined resource DemoApiHttp…',
  },
  'api-gateway-authorizer/rest': {
    context: () => contextOf('api-gateway-authorizer/rest'),
    async check({ surroundings: { aws }, stackName, outputs }) {
      const [api] = await resourcesOf(aws, stackName, 'AWS::ApiGateway::RestApi');
      assert.match(outputs.DemoApiUrl ?? '', new RegExp(`^https://${api}\\.execute-api\\..*/api$`));
      const functions = await resourcesOf(aws, stackName, FUNCTION);
      assert.equal(functions.length, 3);
      assert.ok(functions.includes(outputs.AuthorizerArn?.split(':').at(-1) ?? ''));
    },
    dropped: "the API's authorizer and stage",
  },
  'verified-access': {
    reason:
      "moto creates no AWS::EC2::VerifiedAccess… and no AWS::CloudFront::…: AttributeError: 'NoneType' object has no attribute 'has_cfn_attr' for the outputs",
  },
  watched: {
    context: () => contextOf('watched'),
    async check({ surroundings: { aws }, stackName }) {
      assert.equal((await resourcesOf(aws, stackName, 'AWS::CloudWatch::Dashboard')).length, 1);
      const [Bucket] = await resourcesOf(aws, stackName, 'AWS::S3::Bucket');
      const s3 = new S3Client(aws);
      const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
    },
    dropped:
      "the alarms, the tracing mode, the bucket's policy and public access block, and the load balancer's attributes",
  },
};

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const FUNCTION = 'AWS::Lambda::Function';

const isRehearsed = (shape: RehearsedShape | UnrehearsedShape): shape is RehearsedShape => 'check' in shape;

/** The names of the shapes that moto takes. */
export const REHEARSED: readonly string[] = Object.entries(SHAPES).flatMap(([name, shape]) =>
  isRehearsed(shape) ? [name] : [],
);

/** The names of the others, each with its reason. */
export const NOT_REHEARSED: readonly (readonly [name: string, reason: string])[] = Object.entries(
  SHAPES,
).flatMap(([name, shape]) => (isRehearsed(shape) ? [] : [[name, shape.reason] as const]));

export function rehearsedShape(name: string): RehearsedShape {
  const shape = Object.entries(SHAPES).find(([found]) => found === name)?.[1];
  assert.ok(shape !== undefined && isRehearsed(shape), `${name} is a shape to rehearse`);
  return shape;
}
