import assert from 'node:assert/strict';
import { findingsBetween } from '../infra/transitions/check.ts';
import { query, textsOf } from './aws-calls.ts';
import { REFUSED } from './aws-rules.ts';
import { clientSettings } from './cloud.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { resourcesIn } from './stack.ts';
import { stepsOf } from './step.ts';

const STACK = 'Rules';

/**
 * Makes updates that AWS refuses, and throws if one succeeds: the success of the other rehearsals would mean
 * nothing then. The static check must find the same failure in each.
 */
export async function rehearseRules(options: RehearsalOptions): Promise<void> {
  const step = stepsOf(options);
  const aws = clientSettings(options.endpoint);
  for (const [name, { before, after, id, reason }] of Object.entries(REFUSED)) {
    await step(`AWS's rule is kept: ${name}`, async () => {
      const send = (action: string, Resources: object = {}) =>
        query(aws, 'cloudformation', action, {
          StackName: STACK,
          TemplateBody: JSON.stringify({ Resources }),
        });
      await send('CreateStack', before);
      const existing = await resourcesIn(aws, STACK);
      assert.equal(existing.length, Object.keys(before).length);
      await send('UpdateStack', after);
      const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
      assert.match(textsOf(events, 'ResourceStatusReason').join('\n'), reason);
      assert.deepEqual(await resourcesIn(aws, STACK), existing);
      const findings = findingsBetween({ Resources: before }, { Resources: after });
      assert.deepEqual([...new Set(findings.filter(isFailure).map((finding) => finding.id))], [id]);
      await query(aws, 'cloudformation', 'DeleteStack', { StackName: STACK });
    });
  }
}

const isFailure = ({ kind }: { readonly kind: string }) => kind === 'fails';
