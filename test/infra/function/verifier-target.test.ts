import { describe, it } from '@jest/globals';
import { App, aws_elasticloadbalancingv2 as elbv2, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Configuration } from '../../../infra/configuration/configuration.ts';
import { VerifierTarget } from '../../../infra/function/verifier-target.ts';

describe('the target in an app of somebody else', () => {
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

  it('needs nothing but a prefix, and has the defaults of the options', () => {
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
});
