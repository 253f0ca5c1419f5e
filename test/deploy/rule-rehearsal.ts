import assert from 'node:assert/strict';
import { findingsBetween } from '../infra/transitions/check.ts';
import { callJson, query, textsOf } from './aws-calls.ts';
import { functionOf, REJECTED } from './aws-rules.ts';
import { clientSettings } from './cloud.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { resourcesIn } from './stack.ts';
import { stepsOf } from './step.ts';

const STACK = 'Rules';

/**
 * Makes updates that AWS rejects, and throws if one succeeds, because then the success of the other rehearsals would
 * mean nothing. The static check must find the same failure in each.
 */
export async function rehearseRules(options: RehearsalOptions): Promise<void> {
  const step = stepsOf(options);
  const aws = clientSettings(options.endpoint);
  for (const [name, { before, after, id, reason }] of Object.entries(REJECTED)) {
    await step(`AWS's rule is enforced: ${name}`, async () => {
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

/** A custom resource that fails to be created. Its Delete creates a log group with the physical id in its name. */
const FAILING = `exports.handler = async ({ RequestType, PhysicalResourceId, ResponseURL, ...request }) => {
  if (RequestType === 'Delete') {
    const scope = 'testing/20260101/' + process.env.AWS_REGION + '/logs/aws4_request';
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=' + scope + ', SignedHeaders=host, Signature=0',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.CreateLogGroup',
    };
    const body = JSON.stringify({ logGroupName: 'rollback-deleted-' + PhysicalResourceId });
    await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body });
  }
  const { StackId, RequestId, LogicalResourceId } = request;
  const Status = RequestType === 'Delete' ? 'SUCCESS' : 'FAILED';
  const response = { StackId, RequestId, LogicalResourceId, Status, PhysicalResourceId: 'half-made', Reason: 'no' };
  await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(response) });
};`;

/** Creates a stack that fails, and throws unless the rollback deletes what CloudFormation would delete. */
export async function rehearseRollback(options: RehearsalOptions): Promise<void> {
  const aws = clientSettings(options.endpoint);
  const StackName = 'Rollback';
  const group = (policy: string) => ({
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: policy,
    Properties: { LogGroupName: `rollback-${policy}` },
  });
  const [Kept, KeptUnlessNew, Gone] = ['Retain', 'RetainExceptOnCreate', 'Delete'].map(group);
  const Resources = {
    ...{ Kept, KeptUnlessNew, Gone },
    ...functionOf(FAILING),
    Failing: {
      Type: 'Custom::Failing',
      DependsOn: ['Kept', 'KeptUnlessNew', 'Gone'],
      Properties: { ServiceToken: { 'Fn::GetAtt': ['One', 'Arn'] } },
    },
  };
  await stepsOf(options)("AWS's rule is kept: a rollback deletes what a failed create has made", async () => {
    const TemplateBody = JSON.stringify({ Resources });
    await query(aws, 'cloudformation', 'CreateStack', { StackName, TemplateBody });
    const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName });
    assert.equal(textsOf(events, 'ResourceStatus')[0], 'ROLLBACK_COMPLETE', events);
    assert.deepEqual(await resourcesIn(aws, StackName), []);
    const { logGroups } = await callJson(aws, 'logs', 'Logs_20140328.DescribeLogGroups', {
      logGroupNamePrefix: 'rollback-',
    });
    const names = (logGroups as readonly { readonly logGroupName: string }[]).map((one) => one.logGroupName);
    assert.deepEqual(names.sort(), ['rollback-Retain', 'rollback-deleted-half-made']);
    await query(aws, 'cloudformation', 'DeleteStack', { StackName });
  });
}

const isFailure = ({ kind }: { readonly kind: string }) => kind === 'fails';
