import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CERTIFICATE, contextOf } from '../shapes.ts';
import { templateOf } from '../synth.ts';

const NAMED = { domainName: 'api.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
const ELB = 'AWS::ElasticLoadBalancingV2';

const idsOf = (template: Template, type: string) => Object.keys(template.findResources(type)).sort();

/** The text of an output, with the logical id in place of what is known only once it is deployed. */
function outputOf(template: Template, name: string): string {
  const value: unknown = template.toJSON().Outputs?.[name]?.Value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  const parts = join === undefined ? [value] : join[1];
  return parts
    .map((part) =>
      typeof part === 'string' ? part : (JSON.stringify(part).match(/"(DNSName|\w+)"\]?\}$/)?.[1] ?? ''),
    )
    .join('');
}

describe('a name of its own', () => {
  it('is an alias of the load balancer, and has a certificate that its zone validates', () => {
    const template = templateOf(NAMED);
    const [loadBalancer] = idsOf(template, `${ELB}::LoadBalancer`);
    template.resourceCountIs('AWS::Route53::RecordSet', 1);
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'api.example.com.',
      Type: 'A',
      HostedZoneId: NAMED.hostedZoneId,
      AliasTarget: {
        DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [loadBalancer, 'DNSName'] }]] },
        HostedZoneId: { 'Fn::GetAtt': [loadBalancer, 'CanonicalHostedZoneID'] },
      },
    });
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'api.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'api.example.com', HostedZoneId: NAMED.hostedZoneId }],
    });
    template.hasResourceProperties(`${ELB}::Listener`, {
      Port: 443,
      Certificates: [{ CertificateArn: { Ref: 'Certificate' } }],
    });
  });

  it('has an IPv6 address if the load balancer has one, which then also admits IPv6 callers', () => {
    const template = templateOf({ ...NAMED, ipAddressType: 'dualstack' });
    template.resourceCountIs('AWS::Route53::RecordSet', 2);
    template.hasResourceProperties('AWS::Route53::RecordSet', { Type: 'AAAA' });
    template.hasResourceProperties(`${ELB}::LoadBalancer`, { IpAddressType: 'dualstack' });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443 }),
        Match.objectLike({ CidrIpv6: '::/0', FromPort: 443 }),
      ],
    });
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::Subnet'))) {
      expect(Properties).toHaveProperty('Ipv6CidrBlock');
    }
  });

  it('admits only the IPv6 range of its VPC if it is internal', () => {
    const template = templateOf({ ipAddressType: 'dualstack', internal: 'true' });
    const [vpc] = idsOf(template, 'AWS::EC2::VPC');
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([
        Match.objectLike({
          CidrIpv6: { 'Fn::Select': [0, { 'Fn::GetAtt': [vpc, 'Ipv6CidrBlocks'] }] },
          FromPort: 80,
        }),
      ]),
    });
  });

  it('uses an existing certificate and makes none', () => {
    const template = templateOf({ ...NAMED, certificateArn: CERTIFICATE });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.hasResourceProperties(`${ELB}::Listener`, { Certificates: [{ CertificateArn: CERTIFICATE }] });
  });

  it('changes nothing but itself and the listener if it is added later', () => {
    const [before, after] = [templateOf({ certificateArn: CERTIFICATE }), templateOf(NAMED)];
    const added = Object.keys(after.toJSON().Resources).filter((id) => !(id in before.toJSON().Resources));
    expect(added.map((id) => after.toJSON().Resources[id].Type).sort()).toEqual([
      'AWS::CertificateManager::Certificate',
      'AWS::Route53::RecordSet',
    ]);
  });
});

it('a further certificate has its own id, whatever comes before it', () => {
  const [first, second] = [CERTIFICATE.replace('0b1c', '1b1c'), CERTIFICATE.replace('0b1c', '2b1c')];
  const entries = (sniCertificateArns: string) =>
    templateOf({ certificateArn: CERTIFICATE, sniCertificateArns }).findResources(
      `${ELB}::ListenerCertificate`,
    );
  const [both, swapped, one] = [
    entries(`${first},${second}`),
    entries(`${second},${first}`),
    entries(second),
  ];
  expect(Object.keys(both)).toHaveLength(2);
  expect(swapped).toEqual(both);
  expect(both).toMatchObject(one);
  for (const { Properties } of Object.values(both)) expect(Properties.Certificates).toHaveLength(1);
});

describe('a first request', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a trial', {}, 'curl -i http://DNSName/api/'],
    ['a name', NAMED, 'curl -i https://api.example.com/api/'],
    [
      'a certificate of nobody knows which name',
      { certificateArn: CERTIFICATE },
      'curl -i --connect-to YOUR-HOST:443:DNSName:443 https://YOUR-HOST/api/',
    ],
    [
      'a host, before the DNS knows it',
      { hosts: '*.example.org,api.example.com', paths: '/v?/orders/*' },
      'curl -i --connect-to api.example.com:80:DNSName:80 http://api.example.com/vx/orders/',
    ],
    [
      'hosts with wildcards',
      { hosts: '*.example.org', paths: '/health' },
      'curl -i --connect-to YOUR-HOST:80:DNSName:80 http://YOUR-HOST/health',
    ],
    [
      'a path with a wildcard between slashes, which may match nothing',
      { paths: '/*/orders/*' },
      'curl -i http://DNSName/x/orders/',
    ],
    [
      'a path with characters that a shell interprets',
      { paths: `/a&b$c~"d'` },
      `curl -i http://DNSName/a\\&b\\$c\\~\\"d\\'`,
    ],
    ['another port', contextOf('existing-load-balancer'), 'curl -i https://shared.example.com:8443/api/'],
  ])('is printed for %s', (_, context, command) => {
    expect(outputOf(templateOf(context), 'Try')).toBe(command);
  });
});

describe('an existing load balancer', () => {
  const { domainName: _, hostedZoneId: __, ...plain } = contextOf('existing-load-balancer');
  const [secure, clear] = [{ ...plain, certificateArn: CERTIFICATE }, plain].map((context) =>
    templateOf(context),
  );

  it('gets only one listener, which has the same id with and without a certificate', () => {
    for (const template of [secure, clear]) {
      template?.resourceCountIs(`${ELB}::Listener`, 1);
      for (const type of [`${ELB}::LoadBalancer`, 'AWS::EC2::VPC', 'AWS::EC2::SecurityGroup']) {
        template?.resourceCountIs(type, 0);
      }
      template?.hasResourceProperties(`${ELB}::Listener`, {
        LoadBalancerArn: plain.loadBalancerArn,
        Port: 8443,
        DefaultActions: [Match.objectLike({ Type: 'fixed-response' })],
      });
    }
    expect(secure && idsOf(secure, `${ELB}::Listener`)).toEqual(clear && idsOf(clear, `${ELB}::Listener`));
  });

  it('keeps its target group if it gets another listener', () => {
    const groups = [contextOf('existing-load-balancer'), contextOf('existing-listener')].map((context) =>
      idsOf(templateOf(context), `${ELB}::TargetGroup`),
    );
    expect(groups[0]).toEqual(groups[1]);
  });

  it('has a listener on the default port of the protocol, unless another is given', () => {
    const { listenerPort: ___, ...unsaid } = plain;
    for (const [context, Port] of [
      [unsaid, 80],
      [{ ...unsaid, certificateArn: CERTIFICATE }, 443],
    ] as const) {
      templateOf(context).hasResourceProperties(`${ELB}::Listener`, { Port });
    }
  });
});

it('outputs name what other stacks may refer to', () => {
  const outputs = Object.keys(templateOf({ accessLogs: 'true' }).toJSON().Outputs);
  expect(outputs).toEqual(
    expect.arrayContaining([
      'LoadBalancerArn',
      'LoadBalancerDnsName',
      'LoadBalancerZoneId',
      'LoadBalancerSecurityGroup',
      'ListenerArn',
      'TargetGroupArn',
      'VerifierFunction',
      'VerifierLogGroup',
      'SnapshotBucket',
      'AccessLogsBucket',
    ]),
  );
  expect(JSON.stringify(templateOf().toJSON().Outputs)).not.toContain('Export');
});
