import { describe, expect, it, jest } from '@jest/globals';
import { aws_s3 as s3 } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ACKNOWLEDGEMENTS, checkByNag } from '../../infra/nag.ts';
import { contextOf, KEY, SHAPE_NAMES } from './shapes.ts';
import { appOf, stackOf } from './synth.ts';

/** Every shape, and an option that draws no other picture. */
const CONTEXTS: readonly Record<string, string>[] = [
  ...SHAPE_NAMES.map(contextOf),
  { sharedSecrets: 'true', authorizer: 'true' },
  { kmsKeyArn: KEY, authorizer: 'true' },
];

describe('the AwsSolutions pack', () => {
  it('finds nothing in any shape that is not acknowledged, and no acknowledgement is idle', () => {
    const used = new Set<string>();
    const open: string[] = [];
    for (const context of CONTEXTS) {
      const { violations } = new AwsSolutionsChecks().validateScope(stackOf(context));
      for (const { ruleName, violatingResources } of violations) {
        for (const { constructPath = '' } of violatingResources) {
          const path = constructPath.replace(/^AlbJwtAuthorizer\//, '');
          const index = ACKNOWLEDGEMENTS.findIndex(
            ({ rules, at }) => rules.includes(ruleName) && isAtOrWithin(path, at),
          );
          if (index < 0) open.push(`${JSON.stringify(context)}: ${ruleName} at ${path}`);
          used.add(`${index} ${ruleName}`);
        }
      }
    }
    expect(open).toEqual([]);
    const listed = ACKNOWLEDGEMENTS.flatMap(({ rules }, index) => rules.map((rule) => `${index} ${rule}`));
    expect(listed.filter((entry) => !used.has(entry))).toEqual([]);
  });

  it('fails the synth over what nobody has acknowledged', () => {
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
