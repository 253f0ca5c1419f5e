import { beforeAll, describe, expect, it } from '@jest/globals';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { AuthorizerStack } from '../../infra/authorizer-stack.ts';
import { ENVIRONMENT, PARAMETERS, snapshotKey } from '../../lambda/contract.ts';
import { seedsOf, stackOf, templateOf } from './synth.ts';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/0b1c2d3e';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: string[];
}

interface Join {
  readonly 'Fn::Join': [separator: string, parts: unknown[]];
}

function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type)) as unknown as [string, Resource][];
}

describe('the template without any context', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  it('is the one on record', () => {
    // The handler's own bundle is no part of it, so this changes with infra/ only.
    expect(template.toJSON()).toMatchSnapshot();
  });

  it('fits any account and region', () => {
    expect(stackOf().environment).toBe('aws://unknown-account/unknown-region');
  });

  it('has two public subnets and no NAT gateway', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  it('forwards /api and everything below it to the target group at priority 10', () => {
    const [targetGroup] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api', '/api/*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: targetGroup?.[0] } }],
    });
  });

  it('responds to a request that no rule matches with a 404 problem document', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: {
            StatusCode: '404',
            // The only JSON type that the API takes here.
            ContentType: 'application/json',
            MessageBody: '{"type":"about:blank","title":"Not Found","status":404}',
          },
        },
      ],
    });
  });

  it('passes lists of headers to the function, so that no duplicate goes unnoticed', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetType: 'lambda',
      TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
    });
  });

  it('drops invalid header fields and is strict about request smuggling', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'routing.http.desync_mitigation_mode', Value: 'strictest' },
      ]),
    });
  });

  it('lets only its own target group in its own account invoke the function', () => {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal !== 'events.amazonaws.com',
    );
    const [targetGroup] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    const name = targetGroup?.[1].Properties.Name;
    expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$/);
    expect(permissions.map(([, { Properties }]) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: expect.anything(),
        Principal: 'elasticloadbalancing.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':elasticloadbalancing:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              `:targetgroup/${name}/*`,
            ],
          ],
        },
      },
    ]);
  });

  it('creates that permission before the target group registers the function', () => {
    const [permission] = Object.keys(
      template.findResources('AWS::Lambda::Permission', {
        Properties: { Principal: 'elasticloadbalancing.amazonaws.com' },
      }),
    );
    const [targetGroup] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(targetGroup?.[1].DependsOn).toEqual([permission]);
  });

  it('runs the handler on Node.js 24 and arm64', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'alb-handler.handler',
      MemorySize: 512,
      Timeout: 30,
    });
  });

  it("gives the function an environment of literals, except the snapshot's URL and owner", () => {
    const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
    expect(verifierOf(template).Properties.Environment).toEqual({
      Variables: {
        [ENVIRONMENT.snapshotUrl]: {
          'Fn::Join': [
            '',
            [
              'https://',
              { 'Fn::GetAtt': [bucket, 'RegionalDomainName'] },
              `/${snapshotKey('/alb-jwt-authorizer')}`,
            ],
          ],
        },
        [ENVIRONMENT.snapshotOwner]: { Ref: 'AWS::AccountId' },
        [ENVIRONMENT.egress]: 'true',
        [ENVIRONMENT.configPath]: '/alb-jwt-authorizer',
        [ENVIRONMENT.configRefreshSeconds]: '60',
        [ENVIRONMENT.allowedLogRate]: '1',
        POWERTOOLS_SERVICE_NAME: 'alb-jwt-authorizer',
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
    });
  });

  it('lets the function read exactly its parameters and their snapshot and write its own log', () => {
    expect(permissionsOf(template, verifierOf(template))).toEqual([
      { Effect: 'Allow', Action: 'ssm:GetParameters' },
    ]);
  });

  it('lets the function that creates them read, create and tag exactly its parameters, and change none', () => {
    const { Configuration } = template.findResources('AWS::Lambda::Function');
    expect(permissionsOf(template, Configuration as Resource)).toEqual([
      { Effect: 'Allow', Action: ['ssm:GetParameters', 'ssm:ListTagsForResource', 'ssm:PutParameter'] },
      {
        Effect: 'Deny',
        Action: 'ssm:PutParameter',
        Condition: { StringEquals: { 'ssm:Overwrite': 'true' } },
      },
      {
        Effect: 'Allow',
        Action: 'ssm:AddTagsToResource',
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['alb-jwt-authorizer:stack-id'] } },
      },
    ]);
    template.resourceCountIs('AWS::IAM::Role', 2);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('keeps the log for 30 days and deletes it with the stack', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 30 },
    });
  });

  it('owns no parameter, because a template that has a value would reset it', () => {
    template.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(seedsOf(template)).toMatchObject({
      Path: '/alb-jwt-authorizer',
      Parameters: {
        issuer: 'https://issuer.invalid',
        audience: 'audience.invalid',
        'jwks-uri': 'discover',
        upstream: 'whoami',
        policy: '{}',
        revocations: '{}',
      },
      StringLists: ['audience'],
    });
  });

  it('creates them with the function Configuration, on whose id a deployed stack depends', () => {
    template.hasResourceProperties('Custom::AlbJwtAuthorizerConfiguration', {
      ServiceToken: { 'Fn::GetAtt': ['Configuration', 'Arn'] },
      ServiceTimeout: '600',
    });
  });

  it('starts no version and moves no alias before the parameters exist', () => {
    const [seeds] = Object.keys(template.findResources('Custom::AlbJwtAuthorizerConfiguration'));
    template.hasResource('AWS::Lambda::Version', { DependsOn: [seeds] });
    template.hasResource('AWS::Lambda::Alias', { DependsOn: [seeds], Properties: { Name: 'live' } });
  });

  it('says which parameters already existed and how to delete them all', () => {
    const [seeds] = Object.keys(template.findResources('Custom::AlbJwtAuthorizerConfiguration'));
    template.hasOutput('Adopted', { Value: { 'Fn::GetAtt': [seeds, 'Adopted'] } });
    const [output] = Object.values(template.findOutputs('DeleteParameters'));
    const names = Object.keys(PARAMETERS).map((name) => `/alb-jwt-authorizer/${name}`);
    expect(lastOf(output?.Value)).toBe(` --names ${names.join(' ')}`);
  });

  it('prints a command for each parameter that a fresh deployment needs', () => {
    for (const [output, name] of [
      ['SetIssuer', 'issuer'],
      ['SetAudience', 'audience'],
      ['SetUpstream', 'upstream'],
    ] as const) {
      const [value] = Object.values(template.findOutputs(output)).map((found) => found.Value);
      const command = lastOf(value);
      const input = JSON.parse(/--cli-input-json '(.*)'$/.exec(command)?.[1] ?? '');
      expect(input).toEqual({
        Name: `/alb-jwt-authorizer/${name}`,
        Value: expect.stringContaining('YOUR-'),
        Overwrite: true,
      });
    }
  });

  it('warns that tokens would travel in clear text', () => {
    Annotations.fromStack(stackOf()).hasWarning('/AlbJwtAuthorizer', Match.stringLikeRegexp('clear text'));
  });

  it.each([
    [{}, 'at priority 10, 704. Keep the range of 1000 from 10 to 1009 free of other rules'],
    [{ rulePriority: '49001' }, 'Keep the range of 1000 from 49001 to 50000 free'],
    [
      { rulePriority: '50000' },
      'at priority 50000. Further rules will need a rulePriority of at most 49001.',
    ],
  ])('prints the priorities with %j', (context, note) => {
    expect((stackOf(context) as AuthorizerStack).notes.join()).toContain(note);
  });

  it('warns about more rules than the default quota of a load balancer', () => {
    const pathsOf = (count: number) => Array.from({ length: count }, (_, index) => `/p${index}`).join();
    const warned = (paths: string) =>
      Annotations.fromStack(stackOf({ paths })).findWarning('*', Match.stringLikeRegexp('quota'));
    expect(warned(pathsOf(103))).toEqual([]);
    expect(warned(pathsOf(104))).toHaveLength(1);
  });

  it('lets callers in from anywhere and nothing out', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 })],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });
});

describe('with a certificate', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ certificateArn: CERTIFICATE });
  });

  it('serves HTTPS with a policy for TLS 1.2 and 1.3', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      Certificates: [{ CertificateArn: CERTIFICATE }],
      DefaultActions: [Match.objectLike({ Type: 'fixed-response' })],
    });
  });

  it('keeps port 80 closed, because a client sends its token before it is redirected', () => {
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    const [group] = resourcesOf(template, 'AWS::EC2::SecurityGroup');
    expect(group?.[1].Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443 }),
    ]);
  });

  it('redirects port 80 to 443 on request', () => {
    templateOf({ certificateArn: CERTIFICATE, http: 'redirect' }).hasResourceProperties(
      'AWS::ElasticLoadBalancingV2::Listener',
      {
        Port: 80,
        DefaultActions: [
          { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
        ],
      },
    );
  });

  it('adds the rules to the HTTPS listener', () => {
    const listeners = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener');
    const https = listeners.find(([, { Properties }]) => Properties.Port === 443);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: { Ref: https?.[0] },
    });
  });

  it('has no warning', () => {
    const stack = stackOf({ certificateArn: CERTIFICATE });
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('gives an https URL', () => {
    expect(JSON.stringify(template.findOutputs('Url'))).toContain('https://');
  });
});

describe('an internal load balancer', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ internal: 'true' });
  });

  it('is in isolated subnets of a VPC without an internet gateway', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
  });

  it('lets only the VPC in', () => {
    const [vpc] = resourcesOf(template, 'AWS::EC2::VPC');
    const [group] = resourcesOf(template, 'AWS::EC2::SecurityGroup');
    expect(group?.[1].Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: { 'Fn::GetAtt': [vpc?.[0], 'CidrBlock'] }, FromPort: 80 }),
    ]);
  });
});

describe('other options', () => {
  it('put the load balancer into an existing VPC', () => {
    const template = templateOf(
      { vpcId: 'vpc-0123456789abcdef0' },
      { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' },
    );
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::Subnet', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
  });

  it('put an internal load balancer into the private subnets of an existing VPC', () => {
    const template = templateOf(
      { vpcId: 'vpc-0123456789abcdef0', internal: 'true' },
      { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' },
    );
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internal',
      // The private subnets of the VPC that CDK makes up until it has looked up the real one.
      Subnets: ['p-12345', 'p-67890'],
    });
  });

  it('reach the function, the rule, the log and the parameters', () => {
    const template = templateOf({
      configPath: '/team/orders',
      configRefreshSeconds: '5',
      rulePriority: '77',
      memorySize: '1024',
      timeoutSeconds: '20',
      logRetentionDays: '7',
      logLevel: 'DEBUG',
      allowedLogRate: '0.01',
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1024,
      Timeout: 20,
      Environment: {
        Variables: Match.objectLike({
          CONFIG_PATH: '/team/orders',
          CONFIG_REFRESH_SECONDS: '5',
          ALLOWED_LOG_RATE: '0.01',
          POWERTOOLS_LOG_LEVEL: 'DEBUG',
        }),
      },
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { Priority: 77 });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    expect(seedsOf(template).Path).toBe('/team/orders');
    template.hasOutput('ConfigPath', { Value: '/team/orders' });
  });

  it('let the load balancer wait longer than a function with a long time limit', () => {
    templateOf({ timeoutSeconds: '120' }).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '125' }]),
    });
  });
});

it('synthesizes the same template each time', () => {
  const [once, again] = [stackOf(), stackOf()].map((stack) =>
    JSON.stringify(Template.fromStack(stack).toJSON()),
  );
  expect(once).toBe(again);
});

/** The function behind the load balancer. */
function verifierOf(template: Template): Resource {
  const found = resourcesOf(template, 'AWS::Lambda::Function').map(([, resource]) => resource);
  const verifier = found.find(({ Properties }) => Properties.Handler === 'alb-handler.handler');
  if (verifier === undefined) throw new Error('The template has no function behind a load balancer.');
  return verifier;
}

/** What a function may do with exactly the parameters; all else must be the snapshot or its own log. */
function permissionsOf(template: Template, { Properties }: Resource): unknown[] {
  const role = (Properties.Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
  const { LogGroup } = Properties.LoggingConfig as { LogGroup: { Ref: string } };
  const { ManagedPolicyArns, Policies } = template.findResources('AWS::IAM::Role')[role]?.Properties ?? {};
  expect(ManagedPolicyArns).toBeUndefined();
  const [policy, ...more] = Policies as { PolicyDocument: { Statement: Record<string, unknown>[] } }[];
  expect(more).toEqual([]);
  const statements = policy?.PolicyDocument.Statement ?? [];
  expect(statements.at(-1)).toEqual({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: { 'Fn::GetAtt': [LogGroup.Ref, 'Arn'] },
  });
  // test/infra/configuration/ says what it may do with the snapshot.
  const others = statements.slice(0, -1).filter(({ Action }) => ![Action].flat().every(isOfS3));
  return others.map(({ Resource: parameters, ...statement }) => {
    expect((parameters as Join[]).map(lastOf).sort()).toEqual(
      Object.keys(PARAMETERS)
        .map((name) => `:parameter/alb-jwt-authorizer/${name}`)
        .sort(),
    );
    return statement;
  });
}

const isOfS3 = (action: unknown) => String(action).startsWith('s3:');

/** The last part of a joined value: the text after the account's or region's token. */
function lastOf(value: Join): string {
  return String(value['Fn::Join'][1].at(-1));
}
