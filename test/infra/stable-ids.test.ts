import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CERTIFICATE, contextOf, SHAPE_NAMES } from './shapes.ts';
import { templateOf } from './synth.ts';

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('across shapes, so that a deployed stack can go from one to another,', () => {
  const VPC = { vpcId: 'vpc-0123456789abcdef0' };
  const SIGNED_IN = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
  const [plain, secure, redirecting, internal] = [
    {},
    { certificateArn: CERTIFICATE },
    { certificateArn: CERTIFICATE, http: 'redirect' },
    { internal: 'true' },
  ].map((context) => templateOf(context)) as [Template, Template, Template, Template];
  const idsOf = (template: Template, type: string, properties: object = {}) =>
    Object.keys(template.findResources(type, { Properties: properties }));

  it('port 80 has one listener id, whether it serves or redirects', () => {
    const port80 = (template: Template) =>
      idsOf(template, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 80 });
    expect(port80(redirecting)).toEqual(port80(plain));
    expect(port80(secure)).toEqual([]);
  });

  it('a VPC has one internet gateway id, because it can have only one gateway', () => {
    const gateways = (template: Template) => [
      ...idsOf(template, 'AWS::EC2::InternetGateway'),
      ...idsOf(template, 'AWS::EC2::VPCGatewayAttachment'),
    ];
    expect(gateways(templateOf(contextOf('verified-access')))).toEqual(gateways(plain));
  });

  it('the target is the alias live, because CloudFormation cannot change a target in place', () => {
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

  it('another load balancer gets another target group, with a name and a permission of its own', () => {
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

  it('another VPC gets another load balancer, because subnets cannot move between VPCs', () => {
    const balancers = (template: Template) => idsOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancers(templateOf(VPC, SIGNED_IN))).not.toEqual(balancers(plain));
    expect(balancers(internal)).toEqual(balancers(plain));
  });

  it('public and isolated subnets have different ranges, because both exist during the change', () => {
    const ranges = (template: Template) =>
      propertiesOf(template, 'AWS::EC2::Subnet').map(({ CidrBlock }) => CidrBlock);
    expect([...ranges(plain), ...ranges(internal)].sort()).toEqual([
      '10.0.0.0/20',
      '10.0.16.0/20',
      '10.0.32.0/20',
      '10.0.48.0/20',
    ]);
  });

  it('deletion protection is on where there is a certificate, and turned off explicitly', () => {
    const protectedBy = (context: Record<string, string>) => {
      const [balancer] = propertiesOf(templateOf(context), 'AWS::ElasticLoadBalancingV2::LoadBalancer');
      const attributes: readonly { readonly Key: string; readonly Value: string }[] =
        balancer.LoadBalancerAttributes;
      return attributes.find(({ Key }) => Key === 'deletion_protection.enabled')?.Value;
    };
    const certificate = { certificateArn: CERTIFICATE };
    for (const [context, value] of [
      [{}, 'false'],
      [{ internal: 'true' }, 'false'],
      [{ deletionProtection: 'true' }, 'true'],
      [certificate, 'true'],
      [contextOf('domain-name'), 'true'],
      [contextOf('verified-access'), 'true'],
      [{ ...certificate, deletionProtection: 'false' }, 'false'],
    ] as const) {
      expect([context, protectedBy(context)]).toEqual([context, value]);
    }
  });

  it('access logs are turned off explicitly, because an attribute that is left out stays as it was', () => {
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
