import { beforeAll, describe, expect, it } from '@jest/globals';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { contextOf, SHAPE_NAMES, SHAPES, type ShapeName } from './shapes.ts';
import { seedsOf, stackOf, templateOf } from './synth.ts';

const shape = (name: ShapeName) => templateOf(contextOf(name));

/** The template without the parts that the golden template of the stack without context has in the same form. */
function goldenPartOf(name: ShapeName) {
  const { Resources, ...rest } = shape(name).toJSON();
  const own = Object.entries<{ Type: string }>(Resources).filter(
    ([, { Type }]) => !Type.startsWith('AWS::CloudWatch::'),
  );
  return { ...rest, Resources: Object.fromEntries(own) };
}

it.each(SHAPE_NAMES.filter((name) => name !== 'new-load-balancer'))(
  '%s has the template on record',
  (name) => {
    expect(goldenPartOf(name)).toMatchSnapshot();
  },
);

it.each(SHAPE_NAMES)('%s owns no parameter, so a deploy can reset none', (name) => {
  shape(name).resourceCountIs('AWS::SSM::Parameter', 0);
});

describe('a rule on an existing listener', () => {
  it('creates no network and no load balancer', () => {
    const template = shape('existing-listener');
    for (const type of ['EC2::VPC', 'ElasticLoadBalancingV2::LoadBalancer', 'EC2::SecurityGroup']) {
      template.resourceCountIs(`AWS::${type}`, 0);
    }
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: SHAPES['existing-listener'].listenerArn,
      Priority: 77,
    });
  });

  it("watches the listener's load balancer by the name in its ARN", () => {
    shape('existing-listener').hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/ApplicationELB',
      Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shared/0123456789abcdef' }],
    });
  });
});

describe('native verification', () => {
  const action = {
    Type: 'jwt-validation',
    Order: 1,
    JwtValidationConfig: {
      Issuer: 'https://issuer.example.com',
      JwksEndpoint: 'https://issuer.example.com/jwks',
      AdditionalClaims: [
        { Name: 'aud', Format: 'single-string', Values: ['api.example.com'] },
        { Name: 'scope', Format: 'space-separated-values', Values: ['api:read'] },
      ],
    },
  };

  it('runs before the function, with audience and scope', () => {
    shape('native-pre-filter').hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: [action, Match.objectLike({ Type: 'forward', Order: 2 })],
    });
  });

  it('can fetch its keys: the load balancer may call out on 443', () => {
    shape('native-pre-filter').hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    });
  });

  it('and the function behind it start with the same issuer, keys and audience', () => {
    const template = shape('native-pre-filter');
    expect(seedsOf(template).Parameters).toMatchObject({
      issuer: 'https://issuer.example.com',
      'jwks-uri': 'https://issuer.example.com/jwks',
      audience: 'api.example.com',
    });
  });

  it('takes further claims', () => {
    const nativeClaims = '[{"name":"tenant","format":"string-array","values":["a","b"]}]';
    const template = templateOf({ ...contextOf('native-pre-filter'), nativeClaims });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: [
        Match.objectLike({
          JwtValidationConfig: Match.objectLike({
            AdditionalClaims: Match.arrayWith([
              { Name: 'tenant', Format: 'string-array', Values: ['a', 'b'] },
            ]),
          }),
        }),
        Match.anyValue(),
      ],
    });
  });

  it('alone forwards straight to the upstream, without any function', () => {
    const template = shape('native-only');
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(seedsOf(template)).toBeUndefined();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: [
        action,
        { Type: 'forward', Order: 2, TargetGroupArn: SHAPES['native-only'].upstreamTargetGroupArn },
      ],
    });
  });
});

describe('a Cognito pool', () => {
  it('issues tokens to one machine by its secret, and lets nobody sign up', () => {
    const template = shape('cognito');
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [Match.anyValue(), Match.anyValue()],
    });
    template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Scopes: [Match.objectLike({ ScopeName: 'read' }), Match.objectLike({ ScopeName: 'write' })],
    });
  });

  it('is the issuer from the start, its client the audience, and its ID tokens no access tokens', async () => {
    const template = shape('cognito');
    const [pool] = Object.keys(template.findResources('AWS::Cognito::UserPool'));
    const [client] = Object.keys(template.findResources('AWS::Cognito::UserPoolClient'));
    const { issuer, audience, policy } = seedsOf(template).Parameters;
    expect(issuer).toEqual({ 'Fn::GetAtt': [pool, 'ProviderURL'] });
    expect(audience).toEqual({ Ref: client });
    const config = await parseConfig(
      {
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc',
        audience: 'client',
        'jwks-uri': 'discover',
        upstream: 'whoami',
        policy: String(policy),
        revocations: '{}',
      },
      '1',
    );
    expect(config).toMatchObject({
      config: {
        providers: [{ audienceClaim: 'client_id', requiredClaims: [['token_use', { equals: 'access' }]] }],
      },
    });
  });

  it('outlives the stack with its client and scopes, but not a failed deploy; its domain is deleted, because another pool may need it', () => {
    const kept = (type: string) =>
      Object.values(shape('cognito').findResources(`AWS::Cognito::${type}`)).map(
        ({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy],
      );
    for (const type of ['UserPool', 'UserPoolClient', 'UserPoolResourceServer']) {
      expect(kept(type)).toEqual([['RetainExceptOnCreate', 'Retain']]);
    }
    expect(kept('UserPoolDomain')).toEqual([[undefined, undefined]]);
  });

  it('prints how to get the secret and a token', () => {
    const template = shape('cognito');
    for (const name of ['TokenUrl', 'ClientId', 'GetClientSecret', 'GetToken']) template.hasOutput(name, {});
    expect(JSON.stringify(template.findOutputs('GetToken'))).toContain('grant_type=client_credentials');
  });
});

describe('provisioned concurrency', () => {
  const versionOf = (provisionedConcurrency?: string) => {
    const template = templateOf(provisionedConcurrency === undefined ? {} : { provisionedConcurrency });
    const [[id, version] = []] = Object.entries(template.findResources('AWS::Lambda::Version'));
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const [verifier] = functions.filter(({ Properties }) => Properties.Handler === 'alb-handler.handler');
    return { id, properties: version?.Properties, description: verifier?.Properties.Description };
  };

  it('belongs to the version: one that cannot start never gets the alias', () => {
    expect(versionOf('5').properties).toMatchObject({
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 },
    });
    shape('provisioned-concurrency').hasResourceProperties('AWS::Lambda::Alias', {
      ProvisionedConcurrencyConfig: Match.absent(),
    });
  });

  it('makes a new version when the number changes, because Lambda sees a changed function', () => {
    const versions = [undefined, '5', '6'].map(versionOf);
    expect(new Set(versions.map(({ id }) => id)).size).toBe(3);
    expect(new Set(versions.map(({ description }) => description)).size).toBe(3);
  });
});

describe.each<[ShapeName, Record<string, string>]>([
  ['cognito', { SetIssuer: 'issuer', SetAudience: 'audience', SetPolicy: 'policy' }],
  ['native-pre-filter', { SetIssuer: 'issuer', SetAudience: 'audience', SetJwksUri: 'jwks-uri' }],
  ['verified-access', { SetPolicy: 'policy' }],
])('%s, which gives values for some parameters', (name, commands) => {
  it('prints how to set each of them if the parameter already exists', () => {
    const template = shape(name);
    const { Parameters } = seedsOf(template);
    for (const [output, parameter] of Object.entries(commands)) {
      const [found] = Object.values(template.findOutputs(output));
      const text = JSON.stringify(found?.Value);
      expect(text).toContain(`/alb-jwt-authorizer/${parameter}`);
      for (const reference of JSON.stringify(Parameters[parameter]).match(
        /\{"(?:Ref|Fn::GetAtt)":[^}]*\}/g,
      ) ?? []) {
        expect(text).toContain(reference);
      }
      expect(text).not.toContain('YOUR-');
    }
  });

  it('warns at synth that a deploy does not', () => {
    const annotations = Annotations.fromStack(stackOf(contextOf(name)));
    const found = annotations.findWarning(
      '*',
      Match.stringLikeRegexp('^The options give initial values for'),
    );
    expect(found).toHaveLength(1);
    for (const parameter of Object.values(commands)) {
      expect(String(found[0]?.entry.data)).toContain(parameter);
    }
  });
});

it('associates a web ACL with the load balancer', () => {
  shape('web-acl').hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    WebACLArn: SHAPES['web-acl'].webAclArn,
  });
});

it('puts the function into a VPC, where it may have network interfaces', () => {
  const template = shape('private-upstream');
  template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: {
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      SecurityGroupIds: ['sg-0123456789abcdef0'],
    },
  });
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain('ec2:CreateNetworkInterface');
});

describe('the authorizer of API Gateway', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ authorizer: 'true' });
  });

  it('is a second function that reads the same parameters', () => {
    template.resourceCountIs('AWS::Lambda::Function', 3);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'authorizer-handler.handler',
      Timeout: 10,
      Environment: { Variables: Match.objectLike({ CONFIG_PATH: '/alb-jwt-authorizer' }) },
    });
    template.resourceCountIs('Custom::AlbJwtAuthorizerConfiguration', 1);
    template.hasOutput('AuthorizerArn', {});
  });

  it('may be invoked as an authorizer of any API of this account', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'apigateway.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':*/authorizers/*'])] }),
    });
  });

  it('may be invoked by AppSync, a separate principal, for any API of this account', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'appsync.amazonaws.com',
      SourceArn: Match.objectLike({
        'Fn::Join': ['', Match.arrayWith([{ Ref: 'AWS::AccountId' }, ':apis/*'])],
      }),
    });
  });

  it('is invoked for every request to the demo APIs, because they cache no response', () => {
    shape('api-gateway-authorizer/http').hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
    });
    shape('api-gateway-authorizer/rest').hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  it('guards every method of the demo APIs', () => {
    shape('api-gateway-authorizer/rest').allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
    });
    shape('api-gateway-authorizer/http').allResourcesProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'CUSTOM',
    });
  });
});

describe('two ways in', () => {
  let template: Template;
  beforeAll(() => {
    template = shape('verified-access');
  });

  it('have an internal load balancer in subnets without a route to the internet', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::Route', 0);
    // CloudFront requires one all the same, before it can enter the VPC.
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
    const [attachment] = Object.keys(template.findResources('AWS::EC2::VPCGatewayAttachment'));
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      DependsOn: Match.arrayWith([attachment]),
    });
  });

  it('are CloudFront, which forwards the token and caches no response, …', () => {
    template.resourceCountIs('AWS::CloudFront::VpcOrigin', 1);
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        DefaultCacheBehavior: Match.objectLike({
          // CachingDisabled.
          CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
          ViewerProtocolPolicy: 'https-only',
        }),
        Origins: [Match.objectLike({ DomainName: 'origin.example.com' })],
      }),
    });
  });

  it('… and forwards no signed header of AWS, which a customer may have copied, …', () => {
    template.hasResourceProperties('AWS::CloudFront::OriginRequestPolicy', {
      OriginRequestPolicyConfig: Match.objectLike({
        HeadersConfig: {
          HeaderBehavior: 'allExcept',
          Headers: Match.arrayWith(['host', 'x-amzn-ava-user-context', 'x-amzn-oidc-data']),
        },
        CookiesConfig: { CookieBehavior: 'all' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      }),
    });
  });

  it.each([3, 30, 115, 900])(
    'have CloudFront wait longer than the function may take, if that is %s seconds',
    (timeoutSeconds) => {
      const context = { ...contextOf('verified-access'), timeoutSeconds: String(timeoutSeconds) };
      const [distribution] = Object.values(
        templateOf(context).findResources('AWS::CloudFront::Distribution'),
      );
      const [origin] = distribution?.Properties.DistributionConfig.Origins ?? [];
      const { OriginReadTimeout } = origin.VpcOriginConfig;
      expect(OriginReadTimeout).toBeGreaterThan(timeoutSeconds);
      const warnings = Annotations.fromStack(stackOf(context)).findWarning(
        '*',
        Match.stringLikeRegexp('quota "Response timeout per origin"'),
      );
      expect(warnings).toHaveLength(OriginReadTimeout > 120 ? 1 : 0);
    },
  );

  it('serve customers under their own names, behind their web ACL, and log them without cookies', () => {
    const named = shape('verified-access/customer-names');
    const { customerDomains, customerCertificateArn, customerWebAclArn } =
      SHAPES['verified-access/customer-names'];
    named.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: customerDomains.split(','),
        ViewerCertificate: {
          AcmCertificateArn: customerCertificateArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
        WebACLId: customerWebAclArn,
        Logging: { Bucket: 'customer-logs.s3.amazonaws.com', Prefix: 'AlbJwtAuthorizer/' },
        PriceClass: 'PriceClass_100',
      }),
    });
    const records = Object.values(named.findResources('AWS::Route53::RecordSet'));
    expect(records.map(({ Properties }) => `${Properties.Name} ${Properties.Type}`).sort()).toEqual([
      '*.shop.example.com. A',
      '*.shop.example.com. AAAA',
      'shop.example.com. A',
      'shop.example.com. AAAA',
    ]);
    const [distribution] = Object.keys(named.findResources('AWS::CloudFront::Distribution'));
    for (const { Properties } of records) {
      expect(Properties.AliasTarget).toEqual({
        DNSName: { 'Fn::GetAtt': [distribution, 'DomainName'] },
        HostedZoneId: 'Z2FDTNDATAQYW2',
        EvaluateTargetHealth: false,
      });
    }
    named.hasOutput('CustomerUrl', { Value: 'https://shop.example.com/api/' });
  });

  it('log who came through Verified Access, without what the trust provider says about people', () => {
    const [group] = Object.keys(
      template.findResources('AWS::Logs::LogGroup', {
        Properties: { LogGroupName: '/aws/vendedlogs/verified-access/AlbJwtAuthorizer' },
      }),
    );
    template.hasResourceProperties('AWS::EC2::VerifiedAccessInstance', {
      LoggingConfigurations: {
        CloudWatchLogs: { Enabled: true, LogGroup: { Ref: group } },
        IncludeTrustContext: false,
      },
    });
  });

  it("let CloudFront in by its own security group, which exists once the VPC's origin does", () => {
    const [group] = Object.entries(template.findResources('Custom::AlbJwtAuthorizerCloudFrontGroup'));
    const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'));
    expect(group?.[1].DependsOn).toContain(distribution);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [group?.[0], 'GroupId'] },
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
    });
  });

  it('… and Verified Access, whose secret is a reference', () => {
    template.hasResourceProperties('AWS::EC2::VerifiedAccessEndpoint', {
      ApplicationDomain: 'admin.example.com',
      EndpointType: 'load-balancer',
      LoadBalancerOptions: Match.objectLike({ Port: 443, Protocol: 'https' }),
    });
    template.hasResourceProperties('AWS::EC2::VerifiedAccessTrustProvider', {
      OidcOptions: Match.objectLike({
        ClientSecret: Match.stringLikeRegexp('^\\{\\{resolve:secretsmanager:arn:'),
      }),
    });
  });

  it('open the admin routes only through Verified Access', () => {
    const [instance] = Object.keys(template.findResources('AWS::EC2::VerifiedAccessInstance'));
    expect(seedsOf(template).Parameters.policy).toEqual({
      'Fn::Join': [
        '',
        expect.arrayContaining([
          { 'Fn::GetAtt': [instance, 'VerifiedAccessInstanceId'] },
          '"}},"routes":[{"path":"/api/admin/*","providers":["staff"],"stripToken":true}]}',
        ]),
      ],
    });
  });
});
