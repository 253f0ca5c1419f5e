import { describe, expect, it } from '@jest/globals';
import { aws_logs as logs } from 'aws-cdk-lib';
import { OPTIONS } from '../../../infra/options/options.ts';
import { RETENTIONS } from '../../../infra/options/parse.ts';
import { formatProblems, parseOptions } from '../../../infra/options/parse-options.ts';
import { contextOf } from '../shapes.ts';

const SIGNED_IN = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };

function problemsOf(context: Record<string, unknown>, cdkDefaults = {}): readonly string[] {
  const parsed = parseOptions(context, cdkDefaults);
  return parsed.kind === 'invalid' ? parsed.problems : [];
}

describe('parseOptions', () => {
  it('has a default for every option that needs a value', () => {
    const parsed = parseOptions({}, {});
    const defaults = Object.entries(OPTIONS).map(([name, { default: value }]) => [name, value]);
    const names = { configPath: '/alb-jwt-authorizer', service: 'alb-jwt-authorizer' };
    const options = { ...Object.fromEntries(defaults), ...names, env: undefined };
    expect(parsed).toEqual({ kind: 'ok', options, warnings: [] });
  });

  it("derives the names of a non-default stack from the stack's own name", () => {
    expect(parseOptions({ stackName: 'orders' }, {})).toMatchObject({
      options: { configPath: '/orders', service: 'orders' },
    });
    expect(parseOptions({ stackName: 'orders', configPath: '/team/orders' }, {})).toMatchObject({
      options: { configPath: '/team/orders', service: 'orders' },
    });
  });

  it.each(['aws-orders', 'SSMorders'])('requires a configPath if %s cannot be one', (stackName) => {
    expect(problemsOf({ stackName })).toEqual([
      expect.stringMatching(/^stackName .* cannot double as the configPath.*; set configPath$/),
    ]);
    expect(problemsOf({ stackName, configPath: '/orders' })).toEqual([]);
  });

  it("rejects a name that is the default stack's service", () => {
    expect(problemsOf({ stackName: 'alb-jwt-authorizer' })).toEqual([
      expect.stringContaining('would share parameters and metrics with the stack AlbJwtAuthorizer'),
    ]);
  });

  it('knows every retention of CloudWatch Logs except the infinite one', () => {
    const { INFINITE } = logs.RetentionDays;
    const known = Object.values(logs.RetentionDays).filter((days) => typeof days === 'number');
    expect(RETENTIONS).toEqual(known.filter((days) => days !== INFINITE));
  });

  it('would accept its own defaults', () => {
    for (const { default: value, parse } of Object.values(OPTIONS)) {
      if (value !== undefined) {
        expect(parse(String(value))).toEqual({ value });
      }
    }
  });

  it('reports every problem at once', () => {
    const problems = problemsOf({ rulePriority: '0', stakName: 'x', internal: 'yes', vpcId: 'vpc-01234567' });
    expect(problems).toEqual([
      'rulePriority must be a whole number from 1 to 50000; it is "0"',
      'stakName is not an option; did you mean stackName?',
      'internal must be true or false; it is "yes"',
      'vpcId needs an account and a region in which to look up the VPC; sign in to AWS, or set AWS_PROFILE and AWS_REGION',
    ]);
    const message = formatProblems(problems);
    for (const problem of problems) {
      expect(message).toContain(problem);
    }
    expect(message).toContain('4 options are wrong');
  });

  it('escapes control characters in a problem, such as those of a name in a file', () => {
    expect(formatProblems(['policy: \u001b[2Jx is\n not a known field'])).toBe(
      'Cannot synthesize because an option is wrong:\n  - policy: \\u001b[2Jx is\\n not a known field',
    );
  });

  it('suggests a name that differs in case, and nothing for a name that resembles none', () => {
    expect(problemsOf({ certificatearn: 'x' })).toEqual([
      'certificatearn is not an option; did you mean certificateArn?',
    ]);
    expect(problemsOf({ flavour: 'x' })).toEqual(['flavour is not an option; docs/options.md lists them']);
    expect(problemsOf({ constructor: 'x' })).toEqual([
      'constructor is not an option; docs/options.md lists them',
    ]);
  });

  it("ignores CDK's own context", () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:bundling-stacks': ['**'],
      'cli-telemetry': false,
      'acknowledged-issue-numbers': [1],
      'vpc-provider:account=1:filter.vpc-id=vpc-1:region=eu-west-1': {},
      'availability-zones:account=1:region=eu-west-1': [],
    };
    expect(problemsOf(context)).toEqual([]);
  });

  it('rejects a permissions boundary as text, which CDK would silently leave out', () => {
    const name = '@aws-cdk/core:permissionsBoundary';
    expect(problemsOf({ [name]: '{"name":"Boundary"}' })).toEqual([
      `${name} has no effect as a string; put {"name": "POLICY"} under "context" in cdk.json`,
    ]);
    expect(problemsOf({ [name]: { name: 'Boundary' } })).toEqual([]);
  });

  it('reads numbers and booleans in cdk.json like the text of the command line', () => {
    const parsed = parseOptions({ internal: true, rulePriority: 5 }, {});
    expect(parsed).toMatchObject({ kind: 'ok', options: { internal: true, rulePriority: 5 } });
  });

  it.each(['2001:db8::/56,2001:0db8::/56', '10.20.0.0/16,10.20.0.0/16', 'pl-01234567,pl-01234567'])(
    'takes no range twice, however it is written, since EC2 does not: %s',
    (allowedCidrs) => {
      const problems = problemsOf({ internal: 'true', ipAddressType: 'dualstack', allowedCidrs });
      expect(problems).toEqual([
        expect.stringMatching(/^allowedCidrs must be .*, without duplicates; it is /),
      ]);
    },
  );

  it('binds the stack to an account and a region only to look up a VPC', () => {
    expect(parseOptions({}, SIGNED_IN)).toMatchObject({ options: { env: undefined } });
    expect(parseOptions({ vpcId: 'vpc-0123456789abcdef0' }, SIGNED_IN)).toMatchObject({
      options: { env: { account: '123456789012', region: 'eu-west-1' } },
    });
  });

  it.each<[string, (string | undefined)[], string[]]>([
    ['stackName', ['a', 'Orders-2'], ['', '2', 'a_b', `a${'b'.repeat(128)}`]],
    [
      'configPath',
      ['/a', '/team/api_v1.0'],
      ['', '/', 'a', '/a/', '/a//b', '/aws', '/AWSome', '/ssm/x', '/a b', `/${'a/'.repeat(14)}a`],
    ],
    ['configRefreshSeconds', ['1', '3600'], ['0', '3601', '1.5', '-1', '1e2', '']],
    ['vpcId', [], ['vpc-xyz', 'subnet-01234567', '']],
    ['internal', ['true', 'false'], ['TRUE', '1', '']],
    [
      'kmsKeyArn',
      [
        'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000',
        'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef',
      ],
      [
        'arn:aws:kms:eu-west-1:123456789012:key/orders',
        'arn:aws:kms:eu-west-1:123456789012:alias/orders',
        '0b1c2d3e-0000-4000-8000-000000000000',
      ],
    ],
    [
      'certificateArn',
      [
        'arn:aws:acm:eu-west-1:123456789012:certificate/0b1c2d3e-0000',
        'arn:aws-us-gov:iam::123456789012:server-certificate/team/name',
      ],
      ['arn:aws:acm:eu-west-1:123456789012:listener/1', 'certificate/1', ''],
    ],
    [
      'paths',
      ['/api/*', '/', '/*', '/a.b_c-d$e~"\'@:+&/f?', '/api/*,/v2/*'],
      ['', 'api/*', '/api/%20', '/a,', '/a b', '/a,/a', `/${'a'.repeat(128)}`],
    ],
    [
      'hosts',
      ['api.example.com', '*.example.com,a?.example.org', 'a.b'],
      ['', 'localhost', 'API.example.com', 'api.example.com:443', 'api.example.*', 'a.b,a.b', '10.0.0.1'],
    ],
    ['rulePriority', ['1', '50000'], ['0', '50001', 'x']],
    ['memorySize', ['128', '10240'], ['127', '10241']],
    ['timeoutSeconds', ['3', '900'], ['2', '901']],
    ['logRetentionDays', ['1', '3653'], ['2', '9999', '0']],
    ['logLevel', ['DEBUG', 'CRITICAL'], ['debug', 'TRACE']],
    ['allowedLogRate', ['0', '0.05', '1'], ['1.1', '-1', '.5', 'all', '']],
    ['alarmTopicArn', ['arn:aws:sns:eu-west-1:123456789012:on-call'], ['on-call', 'arn:aws:sns:x:1:a.fifo']],
    ['rejectionRatePercent', ['1', '100'], ['0', '101', '5.5']],
    [
      'webAclArn',
      [contextOf('web-acl').webAclArn],
      ['arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/0b1c2d3e-0000-4000-8000-000000000000', 'a'],
    ],
    ['provisionedConcurrency', ['1', '9999'], ['0', '10000', 'many']],
    ['policy', ['policy.json'], ['']],
  ])('%s accepts well-formed values and names malformed ones', (name, good, bad) => {
    for (const value of good) {
      expect(problemsOf({ [name]: value })).toEqual([]);
    }
    for (const value of bad) {
      const problems = problemsOf({ [name]: value }, SIGNED_IN);
      const end = `; it is ${JSON.stringify(value)}`;
      expect(problems.map((one) => [one.startsWith(`${name} must be `), one.slice(-end.length)])).toEqual([
        [true, end],
      ]);
    }
  });
});
