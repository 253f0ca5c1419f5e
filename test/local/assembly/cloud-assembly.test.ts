import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readDeployment } from '../../../local/assembly/cloud-assembly.ts';
import { temporaryDirectory } from '../../support/local-stack-fixtures.ts';

const ELB = 'AWS::ElasticLoadBalancingV2';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:Stack-Fn';
const SEEDS = 'Custom::AlbJwtAuthorizerConfiguration';

/** Shaped as the CDK writes it. */
const resources = () => ({
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation that fills it in
      Code: { S3Bucket: { 'Fn::Sub': 'cdk-assets-${AWS::AccountId}' }, S3Key: 'abc.zip' },
      Environment: { Variables: { CONFIG_PATH: { 'Fn::Join': ['', ['/', { Ref: 'AWS::StackName' }]] } } },
      Handler: 'alb-handler.handler',
      LoggingConfig: { LogGroup: { Ref: 'Logs' } },
      MemorySize: 512,
      Runtime: 'nodejs24.x',
      Timeout: 30,
    },
    Metadata: { 'aws:asset:path': 'asset.abc' } as object,
  },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
  Zones: { Type: 'AWS::EC2::Subnet', Properties: { Zone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } } },
  Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
  Live: {
    Type: 'AWS::Lambda::Alias',
    Properties: {
      FunctionName: { Ref: 'Fn' },
      FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
      Name: 'live',
    },
  },
  Keeper: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: 'abc.zip' },
      Environment: {
        Variables: {
          SNAPSHOT_URL: {
            'Fn::Join': ['', ['https://', { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }]],
          },
        },
      },
      Handler: 'configuration-handler.handler',
      Runtime: 'nodejs24.x',
      Timeout: 60,
    },
    Metadata: { 'aws:asset:path': 'asset.def' },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  Seeds: {
    Type: SEEDS,
    Properties: {
      ServiceToken: { 'Fn::GetAtt': ['Keeper', 'Arn'] },
      Path: '/p',
      Parameters: { audience: 'a', policy: { 'Fn::Join': ['', ['{', '}']] } },
      StringLists: ['audience'],
    },
  },
  Group: {
    Type: `${ELB}::TargetGroup`,
    Properties: {
      TargetType: 'lambda',
      Targets: [{ Id: { Ref: 'Live' } as object }],
      TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
    },
  },
  Balancer: {
    Type: `${ELB}::LoadBalancer`,
    Properties: {
      LoadBalancerAttributes: [{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }],
    },
  },
  Redirect: {
    Type: `${ELB}::Listener`,
    Properties: {
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
    },
  },
  Listener: {
    Type: `${ELB}::Listener`,
    Properties: {
      Port: 443,
      DefaultActions: [
        { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', MessageBody: '{}' } },
      ],
    },
  },
  Rule: {
    Type: `${ELB}::ListenerRule`,
    Properties: {
      ListenerArn: { Ref: 'Listener' },
      Priority: 10,
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a', Value: 'b' }, { Value: 'c' }] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-A', Values: ['1'] } },
      ] as object[],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }] as object[],
    },
  },
});

const directories: { remove(): void }[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

function assembly(change: (all: ReturnType<typeof resources>) => void = () => {}): string {
  const directory = temporaryDirectory();
  directories.push(directory);
  const all = resources();
  change(all);
  const write = (file: string, content: object) =>
    writeFileSync(join(directory.path, file), JSON.stringify(content));
  write('manifest.json', {
    artifacts: {
      'Stack.assets': { type: 'cdk:asset-manifest', properties: { file: 'Stack.assets.json' } },
      Stack: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Stack.template.json' } },
    },
  });
  write('Stack.template.json', { Resources: all });
  write('Stack.assets.json', {
    files: {
      abc: { source: { path: 'asset.fromManifest' }, destinations: { here: { objectKey: 'abc.zip' } } },
    },
  });
  return directory.path;
}

test('reads what the local stack runs', () => {
  const directory = assembly();
  const group = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/Group/0000000000000000';
  expect(readDeployment(directory)).toEqual({
    stackName: 'Stack',
    stackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/Stack\//),
    region: 'us-east-1',
    account: '000000000000',
    listener: {
      rules: [
        expect.objectContaining({
          priority: 10,
          action: { type: 'forward', targetGroup: group },
          conditions: [
            { field: 'path-pattern', values: ['/api/*'], regex: [] },
            { field: 'query-string', values: [{ key: 'a', value: 'b' }, { value: 'c' }] },
            { field: 'http-header', name: 'X-A', values: ['1'], regex: [] },
          ],
        }),
      ],
      defaultAction: { type: 'fixed-response', statusCode: 404, body: '{}' },
    },
    dropInvalidHeaderFields: true,
    targetGroups: new Map([[group, { arn: group, multiValueHeaders: true }]]),
    lambda: {
      name: 'Stack-Fn',
      arn: `${functionArn}:live`,
      version: '1',
      directory: join(directory, 'asset.abc'),
      handler: 'alb-handler.handler',
      runtime: 'nodejs24.x',
      timeoutSeconds: 30,
      memoryMegabytes: 512,
      environment: { CONFIG_PATH: '/Stack' },
      logGroup: 'Stack-Logs',
    },
    configuration: {
      name: 'Stack-Keeper',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Stack-Keeper',
      version: '$LATEST',
      directory: join(directory, 'asset.def'),
      handler: 'configuration-handler.handler',
      runtime: 'nodejs24.x',
      timeoutSeconds: 60,
      memoryMegabytes: 128,
      environment: { SNAPSHOT_URL: 'https://Bucket.RegionalDomainName' },
      logGroup: '/aws/lambda/Stack-Keeper',
    },
    parameters: [
      { name: '/p/audience', type: 'StringList', value: 'a' },
      { name: '/p/policy', type: 'String', value: '{}' },
    ],
  });
});

test('finds a function that a target group names directly, and runs $LATEST', () => {
  const directory = assembly((all) => {
    all.Group.Properties.Targets = [{ Id: { 'Fn::GetAtt': ['Fn', 'Arn'] } }];
  });
  expect(readDeployment(directory).lambda).toMatchObject({ arn: functionArn, version: '$LATEST' });
});

test('finds the code through the asset manifest if the template has no asset metadata', () => {
  const directory = assembly((all) => {
    all.Fn.Metadata = {};
  });
  expect(readDeployment(directory).lambda.directory).toBe(join(directory, 'asset.fromManifest'));
});

describe('names in the error what the local load balancer does not support', () => {
  test.each<[string, (all: ReturnType<typeof resources>) => void]>([
    ['condition "unheard-of"', (all) => all.Rule.Properties.Conditions.push({ Field: 'unheard-of' })],
    ['not jwt-validation, forward', (all) => all.Rule.Properties.Actions.unshift({ Type: 'jwt-validation' })],
    ['Target group Group', (all) => Object.assign(all.Group.Properties, { TargetType: 'ip' })],
    ['no function behind a target group', (all) => Object.assign(all.Fn, { Type: 'AWS::Lambda::Layer' })],
    [
      'no function behind a target group',
      (all) => Object.assign(all.Version.Properties, { FunctionName: 'another' }),
    ],
    [
      'no function behind a Custom::AlbJwtAuthorizerConfiguration',
      (all) => Object.assign(all.Seeds.Properties, { ServiceToken: 'another' }),
    ],
    [
      'Fn::ImportValue',
      (all) => Object.assign(all.Seeds.Properties, { Parameters: { policy: { 'Fn::ImportValue': 'x' } } }),
    ],
  ])('%s', (message, change) => {
    expect(() => readDeployment(assembly(change))).toThrow(message);
  });
});
