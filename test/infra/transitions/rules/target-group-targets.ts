import type { Rule } from '../finding.ts';
import { propertyOf } from '../template.ts';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/**
 * CloudFormation registers the new function before it deregisters the old one, but a target group takes only one.
 * So the update hangs, and so does its rollback. https://github.com/aws/aws-cdk/issues/13833
 */
export const targetsOfFunctionsStay: Rule = ({ changes }) =>
  changes.flatMap((change) =>
    change.kind === 'modified' &&
    change.after.Type === TARGET_GROUP &&
    propertyOf(change.after, 'TargetType') === 'lambda' &&
    change.properties.includes('Targets')
      ? [
          {
            kind: 'fails',
            id: change.id,
            type: TARGET_GROUP,
            text: 'gets another function in place, so the update hangs',
          },
        ]
      : [],
  );
