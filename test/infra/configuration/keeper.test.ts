import { describe, expect, it } from '@jest/globals';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { ENVIRONMENT, PARAMETERS } from '../../../lambda/contract.ts';
import { contextOf } from '../shapes.ts';
import { stackOf, templateOf } from '../synth.ts';

const idsOf = (template: Template, type: string) => Object.keys(template.findResources(type));
const functionsOf = (template: Template) =>
  Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties);
const environmentsOf = (template: Template): Record<string, unknown>[] =>
  functionsOf(template).map(({ Environment }) => Environment.Variables);

const CUSTOM = 'Custom::AlbJwtAuthorizerConfiguration';
const RULE = 'AWS::Events::Rule';

describe('the keeper', () => {
  const template = templateOf();

  it('runs when a parameter of this stack changes and every minute, by one rule without retries', () => {
    template.resourceCountIs(RULE, 1);
    template.hasResourceProperties(RULE, {
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: Object.keys(PARAMETERS).map((name) => `/alb-jwt-authorizer/${name}`) },
      },
      ScheduleExpression: 'rate(1 minute)',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': ['Configuration', 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        },
      ],
    });
  });

  it('may be invoked by that rule', () => {
    const [rule] = idsOf(template, RULE);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Configuration', 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    });
  });

  it("is retried by Lambda as CloudFormation's requests need it, and never after they expire", () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: 'Configuration' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 600,
    });
    template.hasResourceProperties(CUSTOM, { ServiceTimeout: '600' });
  });

  it('runs outside any VPC, even if the verifiers are in one', () => {
    const inVpc = templateOf(contextOf('private-upstream'));
    inVpc.hasResource('AWS::Lambda::Function', {
      Properties: {
        Handler: 'configuration-handler.handler',
        MemorySize: 256,
        Timeout: 60,
        VpcConfig: Match.absent(),
      },
    });
  });

  it('has the environment variables of the verifiers that concern the snapshot', () => {
    const shared = [
      ENVIRONMENT.configPath,
      ENVIRONMENT.snapshotUrl,
      ENVIRONMENT.snapshotOwner,
      ENVIRONMENT.egress,
    ];
    for (const context of [{}, { authorizer: 'true' }, contextOf('private-upstream/snapshot-only')]) {
      const [first, ...others] = environmentsOf(templateOf(context)).map((environment) =>
        shared.map((name) => environment[name]),
      );
      expect(first).not.toContain(undefined);
      for (const other of others) expect(other).toEqual(first);
    }
  });

  it('is created and deleted in order: bucket and policy, the custom resource, then rule and version', () => {
    const [custom] = idsOf(template, CUSTOM);
    const [policy] = idsOf(template, 'AWS::S3::BucketPolicy');
    const [invocations] = idsOf(template, 'AWS::Lambda::EventInvokeConfig');
    const [permission] = Object.keys(
      template.findResources('AWS::Lambda::Permission', {
        Properties: { Principal: 'events.amazonaws.com' },
      }),
    );
    template.hasResource(CUSTOM, { DependsOn: [invocations, policy] });
    template.hasResource(RULE, { DependsOn: [custom] });
    expect(template.findResources('AWS::Lambda::Permission')[permission ?? '']?.DependsOn).toEqual([custom]);
    template.allResources('AWS::Lambda::Version', { DependsOn: [custom] });
    template.allResources('AWS::Lambda::Alias', { DependsOn: [custom] });
  });

  it('has a route to the snapshot ready before a version in a VPC starts', () => {
    const inVpc = templateOf(contextOf('private-upstream/snapshot-only'));
    const [endpoint] = idsOf(inVpc, 'AWS::EC2::VPCEndpoint');
    inVpc.allResources('AWS::Lambda::Version', { DependsOn: Match.arrayWith([endpoint]) });
  });

  it('prints its name, its bucket and how to run it', () => {
    template.hasOutput('KeeperFunction', { Value: { Ref: 'Configuration' } });
    template.hasOutput('SnapshotBucket', { Value: { Ref: idsOf(template, 'AWS::S3::Bucket')[0] } });
    template.hasOutput('RunKeeper', {
      Value: {
        'Fn::Join': [
          '',
          [
            'aws lambda invoke --region ',
            { Ref: 'AWS::Region' },
            ' --function-name ',
            { Ref: 'Configuration' },
            ' /dev/stdout',
          ],
        ],
      },
    });
  });
});

describe('without the keeper', () => {
  const on = templateOf();
  const off = templateOf({ keeper: 'false' });

  it('nothing runs the function on its own, and no function reads a snapshot', () => {
    off.resourceCountIs(RULE, 0);
    off.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com' }, 0);
    for (const environment of environmentsOf(off)) {
      expect(Object.keys(environment)).not.toContain(ENVIRONMENT.snapshotUrl);
    }
    expect(off.findOutputs('KeeperFunction')).toEqual({});
    expect(off.findOutputs('RunKeeper')).toEqual({});
    off.hasOutput('SnapshotBucket', {});
  });

  it('function, bucket, policy and roles are the same', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::IAM::Role']) {
      expect(off.findResources(type)).toEqual(on.findResources(type));
    }
    const properties = (template: Template) => template.findResources('AWS::Lambda::Function').Configuration;
    const { Environment: _, ...without } = properties(off)?.Properties ?? {};
    const { Environment: __, ...withKeeper } = properties(on)?.Properties ?? {};
    expect(without).toEqual(withKeeper);
  });

  it('the custom resource still knows the bucket that it empties, and is updated when the keeper is turned on', () => {
    const of = (template: Template) => Object.values(template.findResources(CUSTOM))[0]?.Properties;
    expect(of(off)).toEqual({ ...of(on), Keeper: false });
    expect(of(off).SnapshotUrl).toBeDefined();
    expect(of(on).Keeper).toBe(true);
  });
});

describe('a function in a VPC', () => {
  const warnings = (context: Record<string, string>) =>
    Annotations.fromStack(stackOf(context)).findWarning('*', Match.stringLikeRegexp('needs a route to S3'));

  it('causes a warning without route tables, if it reads a snapshot', () => {
    const context = contextOf('private-upstream');
    expect(warnings(context)).toHaveLength(1);
    expect(warnings({ ...context, keeper: 'false' })).toHaveLength(0);
    expect(warnings(contextOf('private-upstream/snapshot-only'))).toHaveLength(0);
  });

  it('fetches keys unless functionEgress is false', () => {
    const egress = (context: Record<string, string>) =>
      new Set(environmentsOf(templateOf(context)).map((environment) => environment[ENVIRONMENT.egress]));
    expect(egress(contextOf('private-upstream'))).toEqual(new Set(['true']));
    expect(egress(contextOf('private-upstream/snapshot-only'))).toEqual(new Set(['false']));
  });
});
