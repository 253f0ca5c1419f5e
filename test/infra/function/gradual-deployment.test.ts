import { describe, expect, it } from '@jest/globals';
import { aws_codedeploy as codedeploy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { GRADUAL_NAMES } from '../../../infra/options/gradual-names.ts';
import { contextOf, SHAPE_NAMES } from '../shapes.ts';
import { templateOf } from '../synth.ts';
import { findingsBetween } from '../transitions/check.ts';
import type { Template } from '../transitions/template.ts';

const GROUP = 'AWS::CodeDeploy::DeploymentGroup';

const CANARY = { deployment: 'canary10percent5minutes' };

/** Each shape with a function, deployed gradually. */
const CONTEXTS = SHAPE_NAMES.filter((name) => name !== 'native-only').map(
  (name) => [name, { ...contextOf(name), ...CANARY }] as const,
);

/** The alarms that stop a deployment, by their names. */
function triggersIn(context: Record<string, string>) {
  const template = templateOf(context);
  const [group] = Object.values(template.findResources(GROUP));
  const alarms = template.findResources('AWS::CloudWatch::Alarm');
  const named: readonly { readonly Name: { readonly Ref: string } }[] =
    group?.Properties.AlarmConfiguration.Alarms;
  return named.map(({ Name: { Ref } }) => ({
    name: /^Alarms(\w+?)[0-9A-F]{8}$/.exec(Ref)?.[1],
    ...alarms[Ref]?.Properties,
  }));
}

/** The members of a class, wherever they are inherited from. */
function namesOf(owner: object | null): string[] {
  if (owner === null) return [];
  return [...Object.getOwnPropertyNames(owner), ...namesOf(Object.getPrototypeOf(owner))];
}

describe('a gradual deployment', () => {
  it('can be any that CodeDeploy predefines, under its name', () => {
    const defined = namesOf(codedeploy.LambdaDeploymentConfig).filter((name) =>
      /^(CANARY|LINEAR)_/.test(name),
    );
    const inOneWord = (name: string) => name.replaceAll('_', '').toLowerCase();
    expect(GRADUAL_NAMES.map(inOneWord).sort()).toEqual(defined.map(inOneWord).sort());
    for (const deployment of GRADUAL_NAMES) {
      const [group] = Object.values(templateOf({ deployment }).findResources(GROUP));
      const { DeploymentConfigName } = group?.Properties ?? {};
      expect(String(DeploymentConfigName).toLowerCase()).toBe(
        `codedeploydefault.lambda${deployment.toLowerCase()}`,
      );
    }
  });

  it('is off by default: CloudFormation moves the alias at once', () => {
    for (const context of [{}, { deployment: 'allAtOnce' }]) {
      const template = templateOf(context);
      template.resourceCountIs(GROUP, 0);
      template.hasResource('AWS::Lambda::Alias', { UpdatePolicy: Match.absent() });
    }
  });

  it('is turned on, changed and turned off in place, without another id for any resource', () => {
    const [plain, canary, linear] = [{}, CANARY, { deployment: 'linear10percentEvery1minute' }].map(
      (context) => templateOf(context).toJSON() as Template,
    );
    if (plain === undefined || canary === undefined || linear === undefined) throw new Error('three');
    for (const [before, after] of [
      [plain, canary],
      [canary, linear],
      [linear, plain],
    ] as const) {
      expect(findingsBetween(before, after)).toEqual([]);
    }
    expect(Object.keys(canary.Resources)).toEqual(expect.arrayContaining(Object.keys(plain.Resources)));
    expect(Object.keys(linear.Resources)).toEqual(Object.keys(canary.Resources));
  });

  it.each(CONTEXTS)(
    'of %s is stopped only by alarms that only its own function can raise',
    (_name, context) => {
      const shared = 'listenerArn' in context || 'loadBalancerArn' in context;
      expect(triggersIn(context).map((trigger) => trigger.name)).toEqual(
        shared ? ['FunctionErrors'] : ['FunctionErrors', 'LoadBalancerErrors'],
      );
    },
  );

  it.each(CONTEXTS)(
    'of %s is not stopped by responses of the load balancer that callers and issuers cause',
    (_, context) => {
      // A Transfer-Encoding that the load balancer does not know is a 501, which HTTPCode_ELB_5XX_Count counts.
      const metrics = triggersIn(context).map(({ MetricName, Namespace }) => `${Namespace} ${MetricName}`);
      const onlyOfFunction = ['AWS/Lambda Errors', 'AWS/ApplicationELB HTTPCode_ELB_502_Count'];
      expect(onlyOfFunction).toEqual(expect.arrayContaining(metrics));
    },
  );

  it.each(CONTEXTS)('of %s is stopped by a bad version of a service with few requests', (_, context) => {
    for (const { Threshold } of triggersIn(context)) expect(Threshold).toBe(1);
  });

  it.each(CONTEXTS)('of %s is stopped within the 5 minutes of the shortest deployment', (_, context) => {
    for (const { Period, DatapointsToAlarm } of triggersIn(context)) {
      expect(Period * DatapointsToAlarm).toBeLessThanOrEqual(300);
    }
  });

  it('rolls back when it fails, is stopped by hand, or an alarm goes off', () => {
    templateOf(CANARY).hasResourceProperties(GROUP, {
      AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: Match.absent() },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
    });
  });

  it('lets CodeDeploy move only the aliases of the function', () => {
    const template = templateOf(CANARY);
    const [[id, role] = []] = Object.entries(
      template.findResources('AWS::IAM::Role', {
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Principal: { Service: 'codedeploy.amazonaws.com' } }],
          },
        },
      }),
    );
    template.hasResourceProperties(GROUP, { ServiceRoleArn: { 'Fn::GetAtt': [id, 'Arn'] } });
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    const [alias] = Object.values(template.findResources('AWS::Lambda::Alias'));
    const arn = { 'Fn::GetAtt': [alias?.Properties.FunctionName.Ref, 'Arn'] };
    expect(role?.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }] }),
      { Action: 'cloudwatch:DescribeAlarms', Effect: 'Allow', Resource: '*' },
    ]);
  });

  it('moves the authorizer once the function behind the load balancer has its new version', () => {
    const template = templateOf({ ...CANARY, authorizer: 'true' });
    const aliases = Object.entries(template.findResources('AWS::Lambda::Alias'));
    const [[leader] = []] = aliases.filter(([, { UpdatePolicy }]) => UpdatePolicy !== undefined);
    const [[, follower] = []] = aliases.filter(([, { UpdatePolicy }]) => UpdatePolicy === undefined);
    expect(aliases).toHaveLength(2);
    expect(follower?.DependsOn).toContain(leader);
  });
});

describe('reserved concurrency', () => {
  it('applies to all versions of the function behind the load balancer, and is unset by default', () => {
    const reserved = (context: Record<string, string>) =>
      Object.values(templateOf(context).findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => [Properties.Handler, Properties.ReservedConcurrentExecutions] as const,
      );
    expect(new Map(reserved({ reservedConcurrency: '40', authorizer: 'true' }))).toEqual(
      new Map([
        ['alb-handler.handler', 40],
        ['authorizer-handler.handler', undefined],
        ['configuration-handler.handler', undefined],
      ]),
    );
    expect(reserved({}).every(([, value]) => value === undefined)).toBe(true);
  });

  it('changes without a new version, and so without a deployment', () => {
    const versions = [{}, { reservedConcurrency: '40' }, { reservedConcurrency: '50' }].map((context) =>
      Object.keys(templateOf(context).findResources('AWS::Lambda::Version')),
    );
    expect(new Set(versions.map(String)).size).toBe(1);
  });
});
