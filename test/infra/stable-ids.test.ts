import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CERTIFICATE, contextOf, SHAPE_NAMES } from './shapes.ts';
import { templateOf } from './synth.ts';

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('what another shape has under the same id, so that a deployed stack can become it', () => {
  const VPC = { vpcId: 'vpc-0123456789abcdef0' };
  const SIGNED_IN = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
  const [plain, secure, internal] = [{}, { certificateArn: CERTIFICATE }, { internal: 'true' }].map(
    (context) => templateOf(context),
  ) as [Template, Template, Template];
  const idsOf = (template: Template, type: string, properties: object = {}) =>
    Object.keys(template.findResources(type, { Properties: properties }));

  it('is the listener on port 80, whether it serves or redirects', () => {
    const port80 = (template: Template) =>
      idsOf(template, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 80 });
    expect(port80(secure)).toEqual(port80(plain));
  });

  it('is the one internet gateway that a VPC can have', () => {
    const gateways = (template: Template) => [
      ...idsOf(template, 'AWS::EC2::InternetGateway'),
      ...idsOf(template, 'AWS::EC2::VPCGatewayAttachment'),
    ];
    expect(gateways(templateOf(contextOf('verified-access')))).toEqual(gateways(plain));
  });

  it('is the target, which CloudFormation cannot change in place', () => {
    const targets = SHAPE_NAMES.filter((name) => name !== 'native-only').map((name) =>
      propertiesOf(templateOf(contextOf(name)), 'AWS::ElasticLoadBalancingV2::TargetGroup').map(
        ({ Targets }) => Targets,
      ),
    );
    const [alias] = idsOf(plain, 'AWS::Lambda::Alias');
    expect(new Set(targets.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify([[{ Id: { Ref: alias } }]])]),
    );
  });

  it('is never a target group of another load balancer, nor its name or its permission', () => {
    const groupOf = (template: Template) => {
      const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
      const [id] = idsOf(template, type);
      const [group] = propertiesOf(template, type);
      const [permission] = idsOf(template, 'AWS::Lambda::Permission', {
        Principal: 'elasticloadbalancing.amazonaws.com',
      });
      return [id, group.Name, permission];
    };
    const groups = [
      plain,
      internal,
      templateOf(VPC, SIGNED_IN),
      templateOf({ ...VPC, internal: 'true' }, SIGNED_IN),
      templateOf(contextOf('existing-listener')),
      templateOf({
        ...contextOf('existing-listener'),
        listenerArn: contextOf('existing-listener').listenerArn?.replace('/shared/', '/other/'),
      }),
    ].map(groupOf);
    for (const column of [0, 1, 2]) {
      expect(new Set(groups.map((group) => group[column])).size).toBe(groups.length);
    }
    expect(groupOf(secure)).toEqual(groupOf(plain));
    expect(groupOf(templateOf(contextOf('verified-access')))).toEqual(groupOf(internal));
  });

  it('is no load balancer of another VPC, where its subnets could not move', () => {
    const balancers = (template: Template) => idsOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancers(templateOf(VPC, SIGNED_IN))).not.toEqual(balancers(plain));
    expect(balancers(internal)).toEqual(balancers(plain));
  });

  it('are no addresses of subnets: public and isolated ones are there at once for a while', () => {
    const ranges = (template: Template) =>
      propertiesOf(template, 'AWS::EC2::Subnet').map(({ CidrBlock }) => CidrBlock);
    expect([...ranges(plain), ...ranges(internal)].sort()).toEqual([
      '10.0.0.0/20',
      '10.0.16.0/20',
      '10.0.32.0/20',
      '10.0.48.0/20',
    ]);
  });

  it('is an attribute that turns access logs off, for one that is left out stays as it was', () => {
    const logging = (value: string) => ({
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'access_logs.s3.enabled', Value: value }]),
    });
    plain.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', logging('false'));
    const watched = templateOf(contextOf('watched'));
    watched.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', logging('true'));
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']) {
      watched.hasResource(type, { DeletionPolicy: 'Retain' });
    }
  });
});
