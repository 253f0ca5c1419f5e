import { describe, expect, it } from '@jest/globals';
import {
  App,
  Duration,
  aws_elasticloadbalancingv2 as elbv2,
  aws_lambda as lambda,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Configuration } from '../../../infra/configuration/configuration.ts';
import type { ConfigurationProps } from '../../../infra/configuration/configuration-props.ts';
import { ApiGatewayAuthorizer } from '../../../infra/function/api-gateway-authorizer.ts';
import { VerifierTarget } from '../../../infra/function/verifier-target.ts';

describe("the target in somebody else's app", () => {
  const stack = new Stack(new App(), 'Theirs');
  const code = lambda.Code.fromInline('stand-in');
  const configuration = new Configuration(stack, 'Configuration', { path: '/team/orders', code });
  const verifier = new VerifierTarget(stack, 'Verifier', {
    configuration,
    code,
    memorySize: 256,
  });
  new elbv2.CfnListenerRule(stack, 'Rule', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/0/1',
    priority: 1,
    conditions: [{ field: 'path-pattern', pathPatternConfig: { values: ['/orders/*'] } }],
    actions: [{ type: 'forward', targetGroupArn: verifier.targetGroup.targetGroupArn }],
  });
  const template = Template.fromStack(stack);

  it('needs only a prefix, and has the defaults of the options', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 256,
      Timeout: 30,
      Environment: {
        Variables: Match.objectLike({ CONFIG_PATH: '/team/orders', CONFIG_REFRESH_SECONDS: '60' }),
      },
    });
  });

  it('works without a network or a load balancer of its own', () => {
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
  });

  it('has the metrics of its configuration, which are those of its path', () => {
    expect(verifier.function.service).toBe('team/orders');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'alb-handler.handler',
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'team/orders' }) },
    });
  });
});

describe('the error for a construct has its path and the names of its properties:', () => {
  const code = lambda.Code.fromInline('stand-in');
  const stack = new Stack(new App(), 'Theirs');
  const configuration = new Configuration(stack, 'Configuration', { path: '/team/orders', code });

  it('for a target', () => {
    const props = {
      configuration,
      code,
      timeout: Duration.hours(1),
      allowedLogRate: 2,
      vpc: { subnetIds: ['private'], securityGroupId: 'sg-0123456789abcdef0' },
      provisionedConcurrency: 2,
      reservedConcurrency: 3,
    };
    expect(() => new VerifierTarget(stack, 'Wrong', props)).toThrow(
      /^Theirs\/Wrong\/Function: Cannot synthesize because 4 options are wrong:\n {2}- timeout in seconds must .*\n {2}- allowedLogRate .*\n {2}- vpc\.subnetIds .*\n {2}- reservedConcurrency must be at least twice/,
    );
  });

  it.each(['', 'Function', 'team/orders', Token.asString({ Ref: 'LoadBalancer' })])(
    'of the load balancer that a target is behind: %p',
    (behind) => {
      const make = () => new VerifierTarget(stack, `Behind${behind.length}`, { configuration, code, behind });
      expect(make).toThrow(/behind must be letters, digits and hyphens known when the app is synthesized/);
    },
  );

  it('for a time that is not a whole number of seconds, or not known', () => {
    const given = (timeout: Duration) => () =>
      new VerifierTarget(stack, `Time${timeout.toString().length}`, { configuration, code, timeout });
    expect(given(Duration.millis(4500))).toThrow(
      'timeout in seconds must be a whole number from 3 to 900; it is 4.5',
    );
    const late = Duration.seconds(Token.asNumber({ Ref: 'Seconds' }));
    expect(given(late)).toThrow('timeout in seconds must be known when the app is synthesized');
  });

  it('for an authorizer that API Gateway would not wait for', () => {
    const make = () =>
      new ApiGatewayAuthorizer(stack, 'Slow', { configuration, code, timeout: Duration.seconds(11) });
    expect(make).toThrow(/^Theirs\/Slow: .*\n.*timeout must be at most 10 seconds/);
  });

  it.each<[string, Partial<ConfigurationProps>]>([
    ['path must be a path', { path: 'orders' }],
    ['path must be a path', { path: '/aws/orders' }],
    ['path must be a path', { path: undefined as unknown as string }],
    ['sharedSecrets=true needs keeper=true', { sharedSecrets: true, keeper: false }],
    ['egress=false needs keeper=true', { egress: false, keeper: false }],
    ['keyArn must be the ARN of a KMS key', { keyArn: 'alias/mine' }],
    ['logRetention must be one of', { logRetention: 9999 }],
    ['service must be 1 to 400 letters', { service: 'two words' }],
    ['initial.isuer is not a parameter; did you mean issuer?', { initial: { isuer: 'x' } as object }],
    ['initial.audience must be a string; it is ["a"]', { initial: { audience: ['a'] } as object }],
  ])('for a configuration: %s', (problem, props) => {
    const made = () =>
      new Configuration(stack, problem, { path: '/other', code, ...props } as ConfigurationProps);
    expect(made).toThrow(problem);
  });
});
