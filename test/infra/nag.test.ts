import { describe, expect, it, jest } from '@jest/globals';
import { aws_s3 as s3 } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACKNOWLEDGEMENTS, checkByNag, formsOf } from '../../infra/nag.ts';
import { lookedUp, SIGNED_IN } from './front-door/looked-up-vpc.ts';
import { contextOf, KEY, SHAPE_NAMES } from './shapes.ts';
import { appOf, stackOf } from './synth.ts';

/** Every shape, and an option that draws no other picture. */
const CONTEXTS: readonly Record<string, string>[] = [
  ...SHAPE_NAMES.map(contextOf),
  { sharedSecrets: 'true', authorizer: 'true' },
  { kmsKeyArn: KEY, authorizer: 'true' },
];

const VPC = lookedUp(['Public', 'Public', ['a', 0], ['b', 1]], ['Private', 'Private', ['a', 10], ['b', 11]]);

/** The same in an existing VPC, which binds the stack to a region; without it the stack may go anywhere. */
const PLACED: readonly Record<string, unknown>[] = CONTEXTS.filter(
  ({ listenerArn, loadBalancerArn }) => listenerArn === undefined && loadBalancerArn === undefined,
).map((context) => ({ ...context, ...VPC }));

describe('the AwsSolutions pack', () => {
  it('finds nothing in any shape that is not acknowledged, and uses every acknowledgement', () => {
    const used = new Set<string>();
    const open: string[] = [];
    for (const context of [...CONTEXTS, ...PLACED]) {
      const stack = stackOf(context, 'vpcId' in context ? SIGNED_IN : {});
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      for (const { ruleName, violatingResources } of violations) {
        for (const { constructPath = '' } of violatingResources) {
          const path = constructPath.replace(/^AlbJwtAuthorizer\//, '');
          const isMeant = (rule: string) => formsOf(rule, stack).includes(ruleName);
          const index = ACKNOWLEDGEMENTS.findIndex(
            ({ rules, at }) => rules.some(isMeant) && isAtOrWithin(path, at),
          );
          const rule = ACKNOWLEDGEMENTS[index]?.rules.find(isMeant);
          if (rule === undefined) open.push(`${JSON.stringify(context)}: ${ruleName} at ${path}`);
          used.add(`${index} ${rule}`);
        }
      }
    }
    expect(open).toEqual([]);
    const listed = ACKNOWLEDGEMENTS.flatMap(({ rules }, index) => rules.map((rule) => `${index} ${rule}`));
    expect(listed.filter((entry) => !used.has(entry))).toEqual([]);
  });

  it('fails the synth for a finding that is not acknowledged', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const app = appOf({ failing: true });
    checkByNag(app);
    expect(() => app.synth()).not.toThrow();

    const careless = appOf({ failing: true });
    new s3.Bucket(careless.node.findChild('AlbJwtAuthorizer'), 'Bare');
    checkByNag(careless);
    expect(() => careless.synth()).toThrow(/[Vv]alidation/);
  });
});

/** Whether a construct or one that it is in has a path like this. */
function isAtOrWithin(path: string, at: RegExp): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => at.test(parts.slice(0, index + 1).join('/')));
}
