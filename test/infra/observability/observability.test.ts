import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { NOT_REJECTED } from '../../../infra/observability/metrics.ts';
import { DEFAULT_MAX_SNAPSHOT_SECONDS, METRICS } from '../../../lambda/contract.ts';
import { CODES } from '../../../lambda/core/codes.ts';
import { MAX_KEY_SET_AGE_MS } from '../../../lambda/core/keys/max-age.ts';
import { templateOf } from '../synth.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';

interface Alarm {
  readonly AlarmDescription: string;
  readonly AlarmActions?: string[];
  readonly OKActions?: string[];
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Dimensions?: { readonly Name: string; readonly Value: unknown }[];
  readonly Period?: number;
  readonly Metrics?: {
    readonly Expression?: string;
    readonly Id: string;
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string; readonly Dimensions: unknown } };
  }[];
}

function alarmsOf(template: Template): Alarm[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

function dashboardBody(template: Template): string {
  return JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]?.Properties);
}

describe('what an operator watches', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  it('is a dashboard with every metric of the function', () => {
    const body = dashboardBody(template);
    for (const name of Object.values(METRICS)) expect(body).toContain(name);
    for (const name of ['Errors', 'Throttles', 'Duration', 'ConcurrentExecutions', 'HTTPCode_ELB_5XX_Count'])
      expect(body).toContain(name);
  });

  it('is an alarm for each condition that needs a person', () => {
    const found = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.MetricName ?? 'math',
    );
    expect(found.sort()).toEqual([
      'ConfigRefreshFailures',
      'ConfigRejected',
      'Decisions',
      'Decisions',
      'Decisions',
      'Errors',
      'HTTPCode_ELB_5XX_Count',
      'KeyFetchFailures',
      'ParametersAge',
      'RefusedFor',
      'SnapshotFailures',
      'Throttles',
      'math',
      'math',
      'math',
    ]);
  });

  it('raises no alarm while nobody calls, but does while the keeper is silent', () => {
    for (const alarm of alarmsOf(template)) {
      expect(alarm.TreatMissingData).toBe(
        alarm.MetricName === METRICS.parametersAge ? 'breaching' : 'notBreaching',
      );
    }
  });

  it('notifies nobody unless there is a topic', () => {
    for (const alarm of alarmsOf(template)) expect(alarm.AlarmActions).toBeUndefined();
    for (const alarm of alarmsOf(templateOf({ alarmTopicArn: TOPIC }))) {
      expect(alarm.AlarmActions).toEqual([TOPIC]);
      expect(alarm.OKActions).toEqual([TOPIC]);
    }
  });

  it('counts as rejections what is neither allowed nor our own fault, with few enough metrics for one alarm', () => {
    const rate = alarmsOf(template).find(({ Metrics = [] }) =>
      Metrics.some(({ Expression = '' }) => Expression.includes('every')),
    );
    // CloudWatch takes ten metrics in an alarm.
    expect(rate?.Metrics?.filter(({ Expression }) => Expression === undefined).length).toBeLessThanOrEqual(
      10,
    );
    const ours = Object.entries(CODES).filter(([, { status }]) => status >= 500);
    expect(Object.values(NOT_REJECTED).flat().sort()).toEqual(ours.map(([code]) => code).sort());
    expect([...NOT_REJECTED.unavailable].sort()).toEqual(
      ours
        .filter(([, { status }]) => status === 503)
        .map(([code]) => code)
        .sort(),
    );
  });

  it('has a rejection rate that the operator chooses', () => {
    templateOf({ rejectionRatePercent: '5' }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 5,
      AlarmDescription: Match.stringLikeRegexp('^At least 5%'),
    });
  });

  it('can be turned off, dashboard and alarms separately', () => {
    const bare = templateOf({ dashboard: 'false', alarms: 'false' });
    bare.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    bare.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    templateOf({ dashboard: 'false' }).resourcePropertiesCountIs('AWS::CloudWatch::Alarm', {}, 15);
  });
});

describe('an alarm that pages somebody', () => {
  const alarmOf = (metric: string, code?: string) =>
    alarmsOf(templateOf()).find(
      ({ MetricName, Dimensions }) =>
        MetricName === metric && (code === undefined || Dimensions?.some(({ Value }) => Value === code)),
    );

  it('reacts to a bug in a single request', () => {
    expect(alarmOf(METRICS.decisions, 'internal_error')).toMatchObject({
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
    });
  });

  it('reacts to an unreadable kill switch before a third period, but not to a single throttled call', () => {
    expect(alarmOf(METRICS.configRefreshFailures)).toMatchObject({
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
  });

  it('reacts to failed key fetches while the known keys still serve for most of their time', () => {
    const alarm = alarmOf(METRICS.keyFetchFailures);
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 3, DatapointsToAlarm: 3 });
    expect((alarm?.Period ?? 0) * 3 * 1000).toBeLessThan(MAX_KEY_SET_AGE_MS / 10);
  });

  it('says what happened, what to do and where the runbook is, within the limit of a description', () => {
    const runbookUrl = `https://wiki.example.com/${'a'.repeat(475)}`;
    for (const [url, template] of [
      ['docs/runbook.md', templateOf()],
      [runbookUrl, templateOf({ runbookUrl })],
    ] as const) {
      for (const { AlarmDescription } of alarmsOf(template)) {
        const [, said = '', link = ''] = /^(.*) Runbook: (\S+)#[a-z0-9_-]+$/.exec(AlarmDescription) ?? [];
        expect(said).toMatch(/^[A-Z].*[.] [A-Z].*[.]$/);
        expect(link).toBe(url);
        expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      }
    }
  });
});

describe('what an operator pays for watching, by docs/operations.md,', () => {
  const page = readFileSync('docs/operations.md', 'utf8').replaceAll('\n', ' ').replace(/ +/g, ' ');
  const NAMES: readonly string[] = Object.values(METRICS).filter((name) => name !== METRICS.decisions);
  const OF_THE_KEEPER: readonly string[] = [
    METRICS.parametersAge,
    METRICS.refusedFor,
    METRICS.keeperFailures,
    METRICS.snapshotAge,
    METRICS.snapshotFailures,
  ];
  const dollars = (count: number, price: number) => `$${(count * price).toFixed(2)}`;

  it.each([
    ['15 alarms read', {}],
    ['there are 11 alarms on', { keeper: 'false' }],
  ])('is the number of alarms in the template: %s', (words, context) => {
    const alarms = alarmsOf(templateOf(context));
    const metrics = alarms.reduce((count, { Metrics }) => {
      const read = Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
      return count + read;
    }, 0);
    expect(words).toContain(`${alarms.length} alarms`);
    expect(page).toContain(`${words} ${metrics} metrics, ${dollars(metrics, 0.1)}`);
  });

  it('is the number of metrics, with and without the keeper', () => {
    const others = NAMES.filter((name) => !OF_THE_KEEPER.includes(name));
    expect(page).toContain(
      `${NAMES.length} metrics have only the dimension \`service\`, ${dollars(NAMES.length, 0.3)}`,
    );
    expect(page).toContain(`without the keeper ${others.length}, ${dollars(others.length, 0.3)}`);
  });
});

describe('what an operator watches of the keeper', () => {
  it('is the age of the parameters, as soon as verifiers stop relying on the snapshot', () => {
    const template = templateOf();
    const [rule] = Object.keys(template.findResources('AWS::Events::Rule'));
    template.hasResource('AWS::CloudWatch::Alarm', {
      Properties: {
        MetricName: METRICS.parametersAge,
        Dimensions: [{ Name: 'service', Value: 'alb-jwt-authorizer' }],
        Statistic: 'Maximum',
        Threshold: DEFAULT_MAX_SNAPSHOT_SECONDS,
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 3,
      },
      // Until there is a rule, there is no data, which would raise the alarm.
      DependsOn: Match.arrayWith([rule]),
    });
  });

  it('is a parameter that it has rejected for five minutes', () => {
    templateOf().hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: METRICS.refusedFor,
      Statistic: 'Maximum',
      Threshold: 300,
      EvaluationPeriods: 1,
    });
  });

  it('is the sum of its crashes and failures', () => {
    const [alarm] = alarmsOf(templateOf()).filter(({ Metrics = [] }) =>
      Metrics.some(({ MetricStat }) => MetricStat?.Metric.MetricName === METRICS.keeperFailures),
    );
    expect(alarm?.Metrics?.map(({ MetricStat }) => MetricStat?.Metric.Dimensions)).toContainEqual([
      { Name: 'FunctionName', Value: { Ref: 'Configuration' } },
    ]);
  });

  it('is nothing if there is no keeper', () => {
    const template = templateOf({ keeper: 'false' });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 11);
    const names = [METRICS.parametersAge, METRICS.refusedFor, METRICS.keeperFailures];
    for (const name of names) expect(dashboardBody(template)).not.toContain(name);
  });
});

describe('access logs', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ accessLogs: 'true' });
  });

  const bucketOf = () =>
    Object.keys(template.findResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain' }))[0] ?? '';

  it('can be turned on in a template that fits any region', () => {
    const bucket = bucketOf();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: { Ref: bucket } },
      ]),
    });
  });

  it('go to an encrypted, private bucket that expires its objects and outlives the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90, Status: 'Enabled' })] },
      },
    });
  });

  it('may be written only by load balancers of this account, as soon as the load balancer first tries', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          }),
        ]),
      },
    });
    const [policy] = Object.keys(
      template.findResources('AWS::S3::BucketPolicy', { Properties: { Bucket: { Ref: bucketOf() } } }),
    );
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      DependsOn: Match.arrayWith([policy]),
    });
  });

  it('are off by default', () => {
    templateOf().resourcePropertiesCountIs(
      'AWS::S3::Bucket',
      { LifecycleConfiguration: Match.anyValue() },
      0,
    );
  });
});

it('traces the function only on request', () => {
  templateOf({ tracing: 'true' }).hasResourceProperties('AWS::Lambda::Function', {
    TracingConfig: { Mode: 'Active' },
  });
  templateOf().hasResourceProperties('AWS::Lambda::Function', { TracingConfig: Match.absent() });
});
