import { describe, expect, it } from '@jest/globals';
import { App, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { Configuration } from '../../../infra/configuration/configuration.ts';
import { ApiGatewayAuthorizer } from '../../../infra/function/api-gateway-authorizer.ts';
import { VerifierTarget } from '../../../infra/function/verifier-target.ts';
import { DEPLOYMENT_OPTIONS } from '../../../infra/options/groups/deployment.ts';
import { parseEnvironment, type Variables } from '../../../lambda/io/environment.ts';

const code = lambda.Code.fromInline('stand-in');
const paths = fc
  .stringMatching(/^(?:\/[\w.-]{1,40}){1,4}$/)
  .filter((path) => 'value' in DEPLOYMENT_OPTIONS.configPath.parse(path));

/** Variables as a function gets them, with the names that a deploy gives buckets. */
const deployed = (variables: Readonly<Record<string, unknown>>): Variables =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      return [name, name === 'SNAPSHOT_OWNER' ? '123456789012' : 'https://bucket.s3.example/object'];
    }),
  );

describe('functions start with the environment that constructs give them', () => {
  it.each<[string, string | undefined]>([
    ['a service that is made from the path', undefined],
    ['a service of their own', 'billing/eu.1'],
  ])('with %s', (_, service) => {
    fc.assert(
      fc.property(paths, (path) => {
        const stack = new Stack(new App(), 'Theirs');
        const given = service === undefined ? {} : { service };
        const configuration = new Configuration(stack, 'Configuration', { path, code, ...given });
        new VerifierTarget(stack, 'Verifier', { configuration, code });
        new ApiGatewayAuthorizer(stack, 'Authorizer', { configuration, code });
        const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
        expect(functions).toHaveLength(3);
        for (const { Properties } of functions) {
          const environment = parseEnvironment(deployed(Properties.Environment.Variables));
          expect(environment).toMatchObject({ configPath: path, service: service ?? path.slice(1) });
        }
      }),
      { numRuns: 15 },
    );
  });
});
