import { describe, expect, it } from '@jest/globals';
import {
  CLOUDFRONT_GROUP,
  CONFIGURATION_RESOURCE,
  METRICS_NAMESPACE,
  STACK_TAG,
} from '../../lambda/contract.ts';
import { contextOf, SHAPE_NAMES } from './shapes.ts';
import { seedsOf, templateOf } from './synth.ts';

/** Words that every deployment shares but that name no resource: the namespace, also in a dashboard's JSON, and a tag. */
const SHARED = new RegExp(
  `${CONFIGURATION_RESOURCE.type}|${CLOUDFRONT_GROUP.type}|${STACK_TAG}|\\\\*"${METRICS_NAMESPACE}\\\\*"|{${METRICS_NAMESPACE},`,
  'g',
);

/** Templates of a shape for two stacks of one account and region. */
const pairOf = (context: Record<string, string>) =>
  ['orders', 'billing'].map((stackName) => templateOf({ ...context, stackName }));

/** Every value that a template gives to a member which names something. */
function namesIn(value: unknown, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, member] of Object.entries(value)) {
    if (/^(?:\w*Name|Domain|Path)$/.test(key) && typeof member === 'string') found.push(`${key}: ${member}`);
    namesIn(member, found);
  }
  return found;
}

/** Names that AWS or the options give, and names inside resources of the stack's own. */
const WITHIN = [
  /^(?:PolicyName|MetricName|AttributeName|HttpHeaderName|ScopeName|StageName|PolicyReferenceName): /,
  // Predefined by CodeDeploy.
  /^DeploymentConfigName: CodeDeployDefault\./,
  // Of an API, where no two need to differ.
  /^Name: (?:Rest|Http|Authorizer)$/,
  /^(?:DomainName|ApplicationDomain): (?:origin|admin)\./,
  // Of the API, where two stacks have two.
  /^(?:DomainName|Name): (?:api|shared|(?:\*\.)?shop)\.example\.com\.?$/,
  /^DNSName: dualstack\.shared-/,
  /^Name: (?:live|service|outcome|code|LoadBalancer|FunctionName|aud|scope|api|verified_\w+)$/,
];

describe.each(SHAPE_NAMES)('two stacks of %s in one account and region', (name) => {
  const [orders, billing] = pairOf(contextOf(name));

  it('contain no name of the default stack', () => {
    const text = JSON.stringify(orders?.toJSON()).replaceAll(SHARED, '');
    expect(text.match(/.{0,60}alb-?jwt-?authorizer.{0,60}/gi)).toBeNull();
  });

  it('share no name', () => {
    const [ours, theirs] = [orders, billing].map((template) =>
      namesIn(template?.toJSON().Resources).filter((named) => !WITHIN.some((one) => one.test(named))),
    );
    expect(ours?.filter((named) => theirs?.includes(named))).toEqual([]);
  });

  it('share no metric', () => {
    const text = JSON.stringify(orders?.toJSON());
    expect(text.includes('"orders"') || name === 'native-only').toBe(true);
    expect(JSON.stringify(billing?.toJSON())).not.toContain('orders');
  });
});

/** Types whose names are the account's, whatever the region. */
const ACCOUNT_WIDE = /^AWS::(?:CloudFront|IAM|S3)::|^AWS::CloudWatch::Dashboard$/;

it.each(SHAPE_NAMES)(
  'two stacks of %s and of one name, in two regions of an account, share no name',
  (name) => {
    const resources = Object.entries(templateOf(contextOf(name)).toJSON().Resources).filter(([, resource]) =>
      ACCOUNT_WIDE.test((resource as { Type: string }).Type),
    );
    // A name that depends on the region is not a literal.
    const literals = namesIn(Object.fromEntries(resources)).filter(
      (named) => !WITHIN.some((one) => one.test(named)),
    );
    expect(literals).toEqual([]);
  },
);

it('two stacks have separate parameters, unless they are given the same path', () => {
  expect(pairOf({}).map((template) => seedsOf(template).Path)).toEqual(['/orders', '/billing']);
  expect(pairOf({ configPath: '/team' }).map((template) => seedsOf(template).Path)).toEqual([
    '/team',
    '/team',
  ]);
});
