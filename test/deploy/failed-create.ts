import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PARAMETERS } from '../../lambda/contract.ts';
import { query, textsOf } from './aws-calls.ts';
import { type ClientSettings, type Deployment, deploy, destroy, readOutputs } from './cloud.ts';
import { valuesUnder } from './parameters.ts';
import { deleteParameters } from './printed-commands.ts';
import { snapshotBuckets } from './snapshot.ts';
import { resourcesIn, resourcesOf } from './stack.ts';
import type { stepsOf } from './step.ts';
import { describePool, poolsOf } from './user-pool.ts';

const STACK = 'Third';
const PREFIX = `/${STACK}`;

/**
 * Creates a stack with a user pool, which fails at the listener rule because its priority is taken. By then the
 * pool and the parameters exist. Deploys it again with a free priority.
 */
export async function rehearseFailedCreate(
  step: ReturnType<typeof stepsOf>,
  { aws, directory }: { readonly aws: ClientSettings; readonly directory: string },
  beside: Deployment,
): Promise<void> {
  const { listenerArn = '', listenerSecurityGroupId = '' } = beside.context ?? {};
  const outputsFile = join(directory, 'third.json');
  const withPriority = (rulePriority: string): Deployment => ({
    ...beside,
    assembly: join(directory, `third-${rulePriority}`),
    context: { stackName: STACK, listenerArn, listenerSecurityGroupId, rulePriority, cognito: 'true' },
  });
  const before = { pools: await poolsOf(aws), buckets: await snapshotBuckets(aws) };

  const left = await step(
    'a first deploy that fails late leaves the parameters and nothing else',
    async () => {
      await assert.rejects(deploy(withPriority('10'), outputsFile), /PriorityInUse/);
      const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
      assert.equal(textsOf(events, 'ResourceStatus')[0], 'ROLLBACK_COMPLETE', events);
      assert.ok(textsOf(events, 'ResourceType').includes('AWS::Cognito::UserPool'));
      assert.deepEqual(await resourcesIn(aws, STACK), []);
      assert.deepEqual({ pools: await poolsOf(aws), buckets: await snapshotBuckets(aws) }, before);
      const values = await valuesUnder(aws, PREFIX);
      assert.deepEqual(Object.keys(values).sort(), Object.keys(PARAMETERS).sort());
      return values;
    },
  );
  await step('the next deploy adopts them, and its user pool stays when the stack is deleted', async () => {
    const deployment = withPriority('30');
    await deploy(deployment, outputsFile);
    const { Adopted, DeleteParameters } = readOutputs(outputsFile);
    assert.deepEqual(Adopted?.split(',').sort(), Object.keys(PARAMETERS).sort());
    assert.deepEqual(await valuesUnder(aws, PREFIX), left);
    const [pool = ''] = await resourcesOf(aws, STACK, 'AWS::Cognito::UserPool');
    await destroy(deployment);
    assert.deepEqual(await snapshotBuckets(aws), before.buckets);
    await describePool(aws, pool);
    await deleteParameters(DeleteParameters, deployment.env);
  });
}
