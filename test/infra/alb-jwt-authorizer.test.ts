import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  App,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  Fn,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  NestedStack,
  Stack,
  aws_sns as sns,
  Token,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AlbJwtAuthorizer, type AlbJwtAuthorizerProps } from '../../infra/alb-jwt-authorizer.ts';
import { Configuration } from '../../infra/configuration/configuration.ts';
import { VerifierTarget } from '../../infra/function/verifier-target.ts';
import { OF_THE_APP } from '../../infra/options/of-the-app.ts';
import { OPTIONS, type OptionValues } from '../../infra/options/options.ts';
import type { AuthorizerOptions } from '../../infra/package/authorizer-options.ts';
import { propsSource } from '../../infra/package/props-source.ts';
import { RESOURCE_DOCUMENTS } from '../../lambda/contract.ts';
import { CERTIFICATE } from './shapes.ts';
import { optionsOf } from './synth.ts';

const ORDERS = { configPath: '/team/orders' };

type Both = keyof AuthorizerOptions & keyof OptionValues;
type Mismatch = {
  [name in Both]-?: [AuthorizerOptions[name]] extends [OptionValues[name] | undefined]
    ? [OptionValues[name]] extends [AuthorizerOptions[name]]
      ? never
      : name
    : name;
}[Both];

/** An app whose functions are not bundled, which takes longer than all the rest. */
const theirApp = () => new App({ context: { 'aws:cdk:bundling-stacks': [] } });

const make = (props: Partial<AlbJwtAuthorizerProps> = {}, stack = new Stack(theirApp(), 'Theirs')) =>
  new AlbJwtAuthorizer(stack, 'Orders', { ...ORDERS, ...props });

const templateOf = (props?: Partial<AlbJwtAuthorizerProps>) => Template.fromStack(Stack.of(make(props)));

const errorOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return String(error);
  }
  return 'no error';
};

/** What an upgrade cannot replace without an outage, a new address, or the loss of what it holds. */
const LASTING =
  /::(?:LoadBalancer|Listener|ListenerRule|TargetGroup|VPC|Subnet|Bucket|Function|Alias|LogGroup|AlbJwtAuthorizerConfiguration)$|KMS::Key$/;

const scratch = mkdtempSync(join(tmpdir(), 'alb-jwt-authorizer-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function policyFile(policy: object): string {
  const file = join(scratch, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

describe('the properties of AlbJwtAuthorizer', () => {
  it('are the options, with their descriptions and defaults (npm run docs:options writes them)', () => {
    expect(readFileSync('infra/package/authorizer-options.ts', 'utf8')).toBe(propsSource());
  });

  it('have the types of the options, as the type check proves', () => {
    const sound: [Mismatch] extends [never] ? true : Mismatch = true;
    expect(sound).toBe(true);
  });

  it('include none that only the app takes, which are rejected with a reason', () => {
    for (const name of OF_THE_APP) {
      expect(name in OPTIONS).toBe(true);
      expect(errorOf(() => make({ [name]: 'x' }))).toContain(`${name} is an option for the app only`);
    }
  });
});

describe('what is wrong with an AlbJwtAuthorizer', () => {
  it('is reported all at once, with the path of the construct and the names of the options', () => {
    const error = errorOf(() =>
      make({
        configPath: 'orders',
        memorySize: 1,
        reservedConcurrency: 1,
        provisionedConcurrency: 4,
        alarms: false,
        runbookUrl: 'https://runbook.example',
      }),
    );
    expect(error).toContain('Theirs/Orders: Cannot synthesize because 4 options are wrong:');
    expect(error).toContain('configPath must be a path such as /team/api');
    expect(error).toContain('memorySize must be a whole number from 128 to 10240; it is 1');
    expect(error).toContain('reservedConcurrency must be at least twice provisionedConcurrency');
    expect(error).toContain('runbookUrl needs alarms');
  });

  it('includes what JavaScript allows: a missing path, an unknown property with a suggestion, a wrong type', () => {
    const wrong = {
      configPath: undefined,
      memorysize: 256,
      internal: 1,
      zones: ['x'],
    } as unknown as AlbJwtAuthorizerProps;
    const error = errorOf(() => make(wrong));
    expect(error).toContain('configPath is missing');
    expect(error).toContain('memorysize is not an option; did you mean memorySize?');
    expect(error).not.toContain('separated by commas');
    expect(error).toContain('internal must be true or false; it is 1');
  });

  it('includes resources that are not where the stack goes', () => {
    const stack = new Stack(theirApp(), 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
    const alarmTopicArn = 'arn:aws:sns:us-east-1:123456789012:alarms';
    expect(errorOf(() => make({ alarmTopicArn }, stack))).toMatch(
      /alarmTopicArn is in us-east-1, but the stack goes to eu-west-1$/,
    );
  });

  it('includes problems of the policy, and what contradicts the properties', () => {
    const policy = 'test/package/unsound-policy.json';
    expect(errorOf(() => make({ policy }))).toMatch(
      /policy: routes\.0\.scops: .* \(test\/package\/unsound-policy\.json:1:34\)/,
    );
    expect(errorOf(() => make({ policy: 'no-such.json' }))).toContain('no-such.json cannot be read (ENOENT)');
    const mcp = policyFile({ routes: [{ path: '/api/*', mcp: { method: 'tools/list' } }] });
    expect(errorOf(() => make({ policy: mcp, authorizer: true }))).toContain('policy: routes.0.mcp');
  });
});

describe('a wrong initial value of an AlbJwtAuthorizer', () => {
  it.each<[string, object]>([
    ['initial.isuer is not a parameter; did you mean issuer?', { isuer: 'https://login.example.com/' }],
    ['initial.audience must be a string; it is 5', { audience: 5 }],
    ['initial.policy would not be checked', { policy: '{}' }],
  ])('is reported with all other problems: %s', (problem, initial) => {
    const error = errorOf(() => make({ memorySize: 1, initial }));
    expect(error).toContain('2 options are wrong');
    expect(error).toContain(problem);
  });
});

describe("in somebody else's app", () => {
  it('an AlbJwtAuthorizer has the resources that the app deploys by default', () => {
    const template = templateOf();
    const types = (one: Template) => {
      const resources = Object.values<{ Type: string }>(one.toJSON().Resources);
      return resources.map(({ Type }) => Type).sort();
    };
    const { stackName: _, env: __, service: ___, ...options } = optionsOf();
    const given = Object.fromEntries(
      Object.entries(options).filter(([name]) => !OF_THE_APP.some((one) => one === name)),
    );
    expect(types(templateOf({ ...given, ...ORDERS }))).toEqual(types(template));
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ CONFIG_PATH: '/team/orders', POWERTOOLS_SERVICE_NAME: 'team/orders' }),
      },
    });
  });

  it('takes a VPC of the app, and another VPC makes another load balancer', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    const vpcs = ['One', 'Two'].map((id) => new ec2.Vpc(stack, id, { natGateways: 0 }));
    const [one, two] = vpcs.map(
      (vpc, index) =>
        new AlbJwtAuthorizer(stack, `Orders${index}`, {
          configPath: `/orders${index}`,
          vpc: vpc as ec2.IVpc,
          accessLogs: true,
        }),
    );
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 2);
    const ids = [one, two].map((made) => made?.loadBalancer?.node.scope?.node.id);
    expect(new Set(ids).size).toBe(2);
    expect(
      errorOf(() =>
        make({ vpc: vpcs[0] as ec2.IVpc, vpcCidr: '10.9.0.0/16', zones: ['eu-west-1a', 'eu-west-1b'] }),
      ),
    ).toMatch(/vpc excludes zones[\s\S]*vpc excludes vpcCidr: an existing VPC already has a range/);
  });

  it('takes values that only the deploy knows: a certificate, a key, a topic', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    const { certificateArn } = new acm.Certificate(stack, 'Certificate', {
      domainName: 'orders.example.com',
    });
    const { keyArn: kmsKeyArn } = new kms.Key(stack, 'Key');
    const { topicArn: alarmTopicArn } = new sns.Topic(stack, 'Topic');
    make({ certificateArn, kmsKeyArn, alarmTopicArn }, stack);
    const template = Template.fromStack(stack);
    const [certificate = ''] = Object.keys(template.findResources('AWS::CertificateManager::Certificate'));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Certificates: [{ CertificateArn: { Ref: certificate } }],
    });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  });

  it('takes a list that only the deploy knows, and keeps the ids of certificates', () => {
    const sniOf = (more: number) => {
      const stack = new Stack(theirApp(), 'Theirs');
      for (let index = 0; index < more; index += 1) void new sns.Topic(stack, `Topic${index}`).topicArn;
      const [certificateArn, other] = ['one', 'two'].map(
        (name) => new acm.Certificate(stack, name, { domainName: `${name}.example.com` }).certificateArn,
      ) as [string, string];
      make(
        {
          certificateArn,
          sniCertificateArns: [other],
          functionSubnetIds: Fn.split(',', Fn.importValue('subnets')),
          functionSecurityGroupId: Fn.importValue('group'),
        },
        stack,
      );
      const template = Template.fromStack(stack);
      template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: Match.anyValue() });
      return Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerCertificate'));
    };
    expect(sniOf(1)).toEqual(sniOf(3));
  });

  it('rejects a token where a value must be known at synth, and says what to use instead', () => {
    const late = Token.asString({ Ref: 'Listener' });
    const memorySize = Token.asNumber({ Ref: 'Memory' });
    const error = errorOf(() => make({ listenerArn: late, configPath: late, memorySize }));
    expect(error).not.toMatch(/TOKEN|e\+289/);
    for (const name of ['listenerArn', 'configPath', 'memorySize'])
      expect(error).toContain(`${name} must be known when the app is synthesized`);
    expect(error).toContain('For a listener of your app, use VerifierTarget');
  });

  it('rejects subnets in one zone only, as CloudFormation would', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    make({ vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 1 }) as ec2.IVpc }, stack);
    Annotations.fromStack(stack).hasError('*', Match.stringLikeRegexp('in one zone'));
  });

  it('leaves out the outputs on request', () => {
    expect(templateOf({ outputs: false }).toJSON().Outputs).toBeUndefined();
    expect(Object.keys(templateOf().toJSON().Outputs).every((name) => name.startsWith('Orders'))).toBe(true);
  });

  it('creates the parameters with the values that it is given', () => {
    templateOf({ initial: { issuer: 'https://login.example.com/' } }).hasResourceProperties(
      'Custom::AlbJwtAuthorizerConfiguration',
      { Parameters: Match.objectLike({ issuer: 'https://login.example.com/', upstream: 'whoami' }) },
    );
  });

  it('grants operators what they need, on its own parameters only', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    const { configuration, verifier } = make({}, stack);
    const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
    configuration.grantReadParameters(role);
    configuration.grantWriteParameters(role);
    configuration.grantRunKeeper(role);
    new kms.Key(stack, 'Key').grantDecrypt(verifier);
    const [policy] = Object.values(
      Template.fromStack(stack).findResources('AWS::IAM::Policy', {
        Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^Pipeline') }] },
      }),
    );
    const text = JSON.stringify(policy);
    for (const action of ['ssm:GetParameterHistory', 'ssm:PutParameter', 'lambda:InvokeFunction'])
      expect(text).toContain(action);
    expect(
      text.match(/parameter\/[\w/-]+/g)?.every((name) => name.startsWith('parameter/team/orders/')),
    ).toBe(true);
    expect(text).not.toContain('"Resource":"*"');
  });

  it('fits into a nested stack', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    const nested = new NestedStack(stack, 'Nested');
    make({}, nested);
    Template.fromStack(nested).resourceCountIs('AWS::Lambda::Alias', 1);
  });
});

it('an AlbJwtAuthorizer keeps the ids of resources that an upgrade of the package must not replace', () => {
  const { Resources } = templateOf({
    certificateArn: CERTIFICATE,
    authorizer: true,
    sharedSecrets: true,
  }).toJSON();
  const kept = Object.entries<{ Type: string }>(Resources)
    .filter(([, { Type }]) => LASTING.test(Type))
    .map(([id]) => id);
  expect(kept.sort()).toEqual([
    'OrdersApiRule2B0590AD',
    'OrdersApiRule694EF97B7D2',
    'OrdersAuthorizerFunctionD865A412',
    'OrdersAuthorizerFunctionLiveE2A60A58',
    'OrdersAuthorizerFunctionLogGroup41FC790A',
    'OrdersConfiguration4A9546EE',
    'OrdersConfigurationLogGroup3994EAB8',
    'OrdersConfigurationParameters170FD9AB',
    'OrdersConfigurationSecretsBucket08B58E56',
    'OrdersConfigurationSecretsKey0A5D6323',
    'OrdersConfigurationSnapshotE7B187CB',
    'OrdersLoadBalancer07BD9719',
    'OrdersLoadBalancerHttpsA0CFEE38',
    'OrdersVerifierFunction114D76BE',
    'OrdersVerifierFunctionLive646E7DC8',
    'OrdersVerifierFunctionLogGroupCB2BE4B3',
    'OrdersVerifierPublicTargetGroupD5E7DBD3',
    'OrdersVpcAD83F2AE',
    'OrdersVpcPublicSubnet1SubnetA83BF910',
    'OrdersVpcPublicSubnet2Subnet5AE2B3B9',
  ]);
});

describe('protected resource metadata, behind an AlbJwtAuthorizer', () => {
  const listenerArn =
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef';
  const existing = { listenerArn, listenerSecurityGroupId: 'sg-0123456789abcdef0' };
  const documents = {
    Field: 'path-pattern',
    PathPatternConfig: { Values: Match.arrayWith([RESOURCE_DOCUMENTS]) },
  };
  const rulesOf = (props: Partial<AlbJwtAuthorizerProps>) => {
    const made = make(props);
    const found = Template.fromStack(Stack.of(made)).findResources(
      'AWS::ElasticLoadBalancingV2::ListenerRule',
      {
        Properties: { Conditions: Match.arrayWith([documents]) },
      },
    );
    return [Object.keys(found).length, made.rules.length];
  };

  it('have their own listener rule, as in the app: by default, but on an existing listener only on request', () => {
    expect(rulesOf({})).toEqual([1, 2]);
    expect(rulesOf({ resourceDocuments: false })).toEqual([0, 1]);
    expect(rulesOf(existing)).toEqual([0, 1]);
    expect(rulesOf({ ...existing, resourceDocuments: true })).toEqual([1, 2]);
  });

  it('cause a warning if the policy has some and, by all properties, no rule leads to them', () => {
    const policy = policyFile({
      unmatched: 'deny',
      routes: [{ path: '/api/*' }],
      resources: [{ resource: 'https://api.example.com/api', path: '/api/*' }],
    });
    const warnings = (props: Partial<AlbJwtAuthorizerProps>) =>
      Annotations.fromStack(Stack.of(make({ policy, ...props }))).findWarning(
        '*',
        Match.stringLikeRegexp('Set resourceDocuments=true'),
      ).length;
    expect(warnings(existing)).toBe(1);
    expect(warnings({ ...existing, resourceDocuments: true })).toBe(0);
    expect(warnings({ resourceDocuments: false })).toBe(1);
    expect(warnings({})).toBe(0);
  });

  it('have priorities that no other construct has on the same listener', () => {
    const stack = new Stack(theirApp(), 'Theirs');
    make({ ...existing, resourceDocuments: true, hosts: ['orders.example.com'] }, stack);
    const refunds = (rulePriority: number) =>
      new AlbJwtAuthorizer(stack, `Refunds${rulePriority}`, {
        ...existing,
        configPath: `/refunds${rulePriority}`,
        resourceDocuments: true,
        hosts: ['refunds.example.com'],
        rulePriority,
      });
    expect(refunds(1010).rules).toHaveLength(2);
    expect(errorOf(() => refunds(10))).toContain('already has on this listener');
  });
});

describe('verifiers in another stack than their configuration', () => {
  const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111';
  const code = lambda.Code.fromInline('stand-in');

  it.each<[string, (stack: Stack) => Stack]>([
    ['one beside it', (stack) => new Stack(stack.node.root as App, 'Beside')],
    ['one nested in it', (stack) => new NestedStack(stack, 'Nested')],
  ])('are deployed after it, and it never waits for them: %s', (_, other) => {
    const stack = new Stack(theirApp(), 'Theirs');
    const given = { path: '/orders', keyArn, sharedSecrets: true, code };
    const configuration = new Configuration(stack, 'Configuration', given);
    new VerifierTarget(other(stack), 'Verifier', { configuration, code });
    const { Resources } = Template.fromStack(stack).toJSON();
    const waits = (Resources as Record<string, { DependsOn?: string[] }>) ?? {};
    const keeper = Object.entries(waits).filter(([id]) => id.includes('SnapshotKey'));
    expect(keeper).toHaveLength(1);
    expect(keeper[0]?.[1].DependsOn).toBeUndefined();
  });
});

/** Every value that a template gives to a member which names something of the account. */
function namesIn(value: unknown, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, member] of Object.entries(value)) {
    if (
      /^(?:TargetGroupName|LogGroupName|RoleName|FunctionName|BucketName|Path|Name)$/.test(key) &&
      typeof member === 'string'
    ) {
      found.push(`${key}: ${member}`);
    }
    namesIn(member, found);
  }
  return found;
}

describe('several in one stack', () => {
  const stack = new Stack(theirApp(), 'Theirs');
  for (const name of ['orders', 'billing']) {
    new AlbJwtAuthorizer(stack, name, {
      configPath: `/${name}`,
      authorizer: true,
      deployment: 'canary10percent5minutes',
      sharedSecrets: true,
    });
  }
  const { Resources } = Template.fromStack(stack).toJSON();
  const of = (name: string) =>
    Object.fromEntries(Object.entries(Resources).filter(([id]) => id.startsWith(name))) as Record<
      string,
      { Type: string; Properties: object }
    >;

  it('have the same resources, each with its own id', () => {
    const types = (name: string) =>
      Object.values(of(name))
        .map(({ Type }) => Type)
        .sort();
    expect(types('orders').length).toBeGreaterThan(40);
    expect(types('orders')).toEqual(types('billing'));
    expect(Object.keys(Resources)).toHaveLength(types('orders').length * 2);
  });

  it('share no name, metric, alarm or role path', () => {
    expect(JSON.stringify(of('orders'))).not.toContain('billing');
    const ours = new Set(namesIn(of('orders')));
    const shared = namesIn(of('billing')).filter((name) => ours.has(name));
    // Dimensions, statistics and tags, and what is within something of its own.
    expect(
      [...new Set(shared)].filter(
        (name) => !/^Name: (?:live|service|outcome|code|LoadBalancer|FunctionName)$/.test(name),
      ),
    ).toEqual([]);
  });

  it('cannot share the priorities of a listener, whichever stacks they are in', () => {
    const app = theirApp();
    const of = (name: string, rulePriority: number) =>
      new AlbJwtAuthorizer(new Stack(app, name), 'Door', {
        configPath: `/${name}`,
        listenerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/x/0123456789abcdef/0123456789abcdef',
        listenerSecurityGroupId: 'sg-0123456789abcdef0',
        rulePriority,
      });
    of('One', 10);
    of('Two', 200);
    expect(errorOf(() => of('Three', 10))).toContain(
      'rulePriority leads to a rule of priority 10, which One/Door already has on this listener',
    );
  });

  it('cannot share a path with a nested stack', () => {
    const theirs = new Stack(theirApp(), 'Theirs');
    make({}, theirs);
    expect(errorOf(() => make({}, new NestedStack(theirs, 'Nested')))).toContain('path /team/o');
  });

  it('cannot share a path, because each would take the parameters for its own', () => {
    expect(errorOf(() => new Configuration(stack, 'Third', { path: '/orders' }))).toContain(
      'path /orders already belongs to Theirs/orders/Configuration',
    );
  });
});

describe('on the second day', () => {
  const idsOf = (template: Template) => Object.keys(template.toJSON().Resources);

  it('adding one to a stack changes no existing resource', () => {
    const before = new Stack(theirApp(), 'Theirs');
    new sns.Topic(before, 'Topic');
    const after = new Stack(theirApp(), 'Theirs');
    new sns.Topic(after, 'Topic');
    make({}, after);
    expect(Template.fromStack(after).toJSON().Resources).toMatchObject(
      Template.fromStack(before).toJSON().Resources,
    );
  });

  it('renaming its id replaces its resources, and the new ones keep the parameters and the metrics', () => {
    const stacks = ['Orders', 'Purchases'].map((id) => {
      const stack = new Stack(theirApp(), 'Theirs');
      new AlbJwtAuthorizer(stack, id, ORDERS);
      return Template.fromStack(stack);
    }) as [Template, Template];
    const [before, after] = stacks;
    expect(idsOf(after).filter((id) => idsOf(before).includes(id))).toEqual([]);
    const seeds = (template: Template) => {
      const [seeded] = Object.values(template.findResources('Custom::AlbJwtAuthorizerConfiguration'));
      return [seeded?.Properties.Path, seeded?.Properties.Parameters];
    };
    expect(seeds(after)).toEqual(seeds(before));
    // Except for the prefix of the parameters, which nothing owns.
    // A new target group, function or role must not have the name of the one that is deleted after it.
    const names = (template: Template) =>
      namesIn(template.toJSON().Resources).filter(
        (name) =>
          !/^(?:Name: (?:live|service|outcome|code|LoadBalancer|FunctionName)|Path: \/team\/orders)$/.test(
            name,
          ),
      );
    expect(names(after).filter((name) => names(before).includes(name))).toEqual([]);
  });
});
