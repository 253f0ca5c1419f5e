import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateRuleCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { query, textsOf } from './aws-calls.ts';
import {
  type ClientSettings,
  type Deployment,
  deploy,
  destroy,
  fakeAccount,
  projectIn,
  readOutputs,
} from './cloud.ts';
import { startIssuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { setParameter } from './printed-commands.ts';
import { run } from './processes.ts';
import { unprotect } from './protection.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { contextOfShape, type RehearsedShape } from './shapes.ts';
import { announceChange, readSnapshot, snapshotBucketOf, snapshotBuckets, valuesIn } from './snapshot.ts';
import { resourcesIn } from './stack.ts';
import { stepsOf } from './step.ts';
import { contextIn, type Surroundings } from './surroundings.ts';
import { during, startVerifier, statusOf } from './verifier.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const STACK = 'Upgraded';
const PREFIX = `/${STACK}`;

interface Upgrade {
  /** The revision that first deploys the stack. */
  readonly revision: string;
  readonly shape: RehearsedShape;
}

/** Updates a stack of an earlier revision to this one twice: the first update fails and is rolled back, the second succeeds. */
export async function rehearseUpgrade(
  options: RehearsalOptions,
  surroundings: Surroundings,
  { revision, shape }: Upgrade,
): Promise<void> {
  const { aws, loadBalancerArn } = surroundings;
  const step = stepsOf(options);
  const { endpoint, directory, project } = options;
  const env = fakeAccount(endpoint, directory);
  const outputsFile = join(directory, 'upgraded.json');
  const stack = (name: string, from: string, rulePriority: string): Deployment => ({
    ...{ env, project: from, assembly: join(directory, name) },
    context: {
      ...contextIn(surroundings, contextOfShape(shape)),
      stackName: STACK,
      rulePriority,
      configRefreshSeconds: '1',
    },
  });
  const issuer = await startIssuer();
  try {
    const earlier = await unpack(revision, directory);
    await step(`cdk deploy of ${revision}`, () => deploy(stack('earlier', earlier, '20'), outputsFile));
    const { SetIssuer, SetAudience, ListenerArn } = readOutputs(outputsFile);
    await takePriority(aws, ListenerArn, 10);
    await setParameter(SetIssuer, issuer.issuer, env);
    await setParameter(SetAudience, 'api.example.com', env);
    await announceChange(aws, `${PREFIX}/audience`);
    const state = async () => ({
      resources: await resourcesIn(aws, STACK),
      parameters: await valuesUnder(aws, PREFIX),
    });
    const before = await state();
    const buckets = await snapshotBuckets(aws);
    const token = await issuer.mint('api.example.com');
    const verifier = await startVerifier({ aws, env, directory }, STACK, 'verifier-before');
    const responds = async () => assert.equal(await statusOf(verifier, token), 200, verifier.log());

    await step('a deploy of this revision that fails late is rolled back', async () => {
      const failing = deploy(stack('failing', project, '10'), outputsFile);
      await assert.rejects(during(failing, responds), /PriorityInUse/);
      const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
      assert.equal(textsOf(events, 'ResourceStatus')[0], 'UPDATE_ROLLBACK_COMPLETE', events);
      assert.deepEqual(await state(), before);
      assert.deepEqual(await snapshotBuckets(aws), buckets);
    });
    const upgraded = stack('upgraded', project, '20');
    await step('one that succeeds changes the stack in place', async () => {
      await during(deploy(upgraded, outputsFile), responds);
      const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
      assert.ok(!events.includes('DELETE_FAILED'), events);
      assert.deepEqual(await valuesUnder(aws, PREFIX), before.parameters);
      const snapshot = await readSnapshot(aws, await snapshotBucketOf(aws, STACK), `/${STACK}`);
      assert.deepEqual(valuesIn(snapshot), before.parameters);
      const after = await startVerifier({ aws, env, directory }, STACK, 'verifier-after');
      assert.equal(await statusOf(after, token), 200, after.log());
    });
    await unprotect(aws, STACK);
    await step('cdk destroy', () => destroy(upgraded));
    assert.deepEqual(await leftBehind(aws), [loadBalancerArn]);
    assert.deepEqual(await valuesUnder(aws, PREFIX), before.parameters);
  } finally {
    issuer.close();
  }
}

/** Occupies a listener's priority with somebody else's rule. */
async function takePriority(
  aws: ClientSettings,
  ListenerArn: string | undefined,
  Priority: number,
): Promise<void> {
  await new ElasticLoadBalancingV2Client(aws).send(
    new CreateRuleCommand({
      ListenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/taken'] } }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
}

/** A project for the app of an earlier revision, with this revision's packages. */
async function unpack(revision: string, directory: string): Promise<string> {
  const root = join(directory, 'earlier');
  const archive = `${root}.tar`;
  mkdirSync(root);
  for (const [command, ...args] of [
    ['git', '-C', ROOT, 'archive', '--output', archive, revision],
    ['tar', '-xf', archive, '-C', root],
  ] as const) {
    const { status, output } = await run(command, args, process.env);
    assert.equal(status, 0, `${revision} cannot be unpacked: ${output}`);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return projectIn(join(root, 'rehearsal'), join(root, 'infra/app.ts'));
}
