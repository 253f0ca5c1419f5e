import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { contextOf } from '../infra/shapes.ts';
import { query, textsOf } from './aws-calls.ts';
import { type ClientSettings, type Deployment, deploy, destroy, fakeAccount, readOutputs } from './cloud.ts';
import { startIssuer } from './issuer.ts';
import { setParameter } from './printed-commands.ts';
import { protectionOf, unprotect } from './protection.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { announceChange, passMinute, readSnapshot, snapshotBucketOf, snapshotKeyOf } from './snapshot.ts';
import { assertNothingFailed, resourcesIn, resourcesOf } from './stack.ts';
import { stepsOf } from './step.ts';
import { contextIn, createKey, type Surroundings } from './surroundings.ts';
import { startVerifier, statusOf } from './verifier.ts';

const STACK = 'Guarded';
const PREFIX = `/${STACK}`;

/** What keeps a deploy from doing harm: gradual deployments, changes of the KMS key, and deletion protection. */
export async function rehearseSafety(options: RehearsalOptions, surroundings: Surroundings): Promise<void> {
  const step = stepsOf(options);
  const { endpoint, directory, project } = options;
  const { aws } = surroundings;
  const env = fakeAccount(endpoint, directory);
  const outputsFile = join(directory, 'guarded.json');
  let count = 0;
  const guarded = (further: Readonly<Record<string, string | undefined>> = {}): Deployment => {
    count += 1;
    const given = { ...contextIn(surroundings, contextOf('guarded')), stackName: STACK, ...further };
    const context = Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return { env, project, assembly: join(directory, `guarded-${count}`), context };
  };
  const live = async () => {
    const { FunctionVersion } = await new LambdaClient(aws).send(
      new GetAliasCommand({ FunctionName: readOutputs(outputsFile).VerifierFunction, Name: 'live' }),
    );
    return FunctionVersion;
  };
  const issuer = await startIssuer();
  try {
    await step('guarded: deployed', () => deploy(guarded(), outputsFile));
    const { SetIssuer, SetAudience } = readOutputs(outputsFile);
    await setParameter(SetIssuer, issuer.issuer, env);
    await setParameter(SetAudience, 'api.example.com', env);
    await announceChange(aws, `${PREFIX}/audience`);

    await step('a new version is deployed gradually while no alarm goes off', async () => {
      const before = await live();
      const printed = await deploy(guarded({ allowedLogRate: '0.5' }), outputsFile);
      await assertNothingFailed(aws, STACK);
      assert.notEqual(await live(), before);
      return printed;
    });
    await step('an alarm stops the next one, and the previous version gets all requests', async () => {
      const before = { live: await live(), resources: await resourcesIn(aws, STACK) };
      await setAlarm(surroundings, 'FunctionErrors', 'ALARM');
      await assert.rejects(
        deploy(guarded({ allowedLogRate: '0.25' }), outputsFile),
        /alarms have been activated/,
      );
      const events = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: STACK });
      assert.equal(textsOf(events, 'ResourceStatus')[0], 'UPDATE_ROLLBACK_COMPLETE', events);
      assert.deepEqual({ live: await live(), resources: await resourcesIn(aws, STACK) }, before);
    });
    await step('no other alarm stops one', async () => {
      await setAlarm(surroundings, 'FunctionErrors', 'OK');
      await setAlarm(surroundings, 'RejectionRate', 'ALARM');
      await setAlarm(surroundings, 'InternalErrors', 'ALARM');
      return deploy(guarded({ allowedLogRate: '0.25' }), outputsFile);
    });
    await step('a fix can be deployed at once while the alarm is on', async () => {
      const before = await live();
      await setAlarm(surroundings, 'FunctionErrors', 'ALARM');
      const fix = guarded({ deployment: 'allAtOnce', allowedLogRate: '0.1' });
      const printed = await deploy(fix, outputsFile);
      assert.notEqual(await live(), before);
      await setAlarm(surroundings, 'FunctionErrors', 'OK');
      return printed;
    });

    const other = await createKey(aws);
    for (const [name, kmsKeyArn] of [
      ['another KMS key', other],
      ['no KMS key', undefined],
      ['the first KMS key again', surroundings.values.kmsKeyArn],
    ] as const) {
      await step(`${name}: the keeper keeps working, and verifiers read what it writes`, async () => {
        const printed = await deploy(guarded({ kmsKeyArn }), outputsFile);
        assert.equal(await snapshotKeyOf(aws, STACK), kmsKeyArn);
        await passMinuteAndRead(aws);
        const verifier = await startVerifier({ aws, env, directory }, STACK, `guarded-verifier-${count}`);
        // A deploy may take longer than a token's lifetime.
        const token = await issuer.mint('api.example.com');
        assert.equal(await statusOf(verifier, token), 200, verifier.log());
        assert.ok(!verifier.log().includes('the snapshot could not be read'), verifier.log());
        await verifier.end();
        return printed;
      });
    }

    await step('a failed deploy that adds a KMS key leaves the keeper working', async () => {
      await deploy(guarded({ kmsKeyArn: undefined }), outputsFile);
      await setAlarm(surroundings, 'FunctionErrors', 'ALARM');
      const failing = deploy(guarded({ allowedLogRate: '0.75' }), outputsFile);
      await assert.rejects(failing, /alarms have been activated/);
      await setAlarm(surroundings, 'FunctionErrors', 'OK');
      assert.equal(await snapshotKeyOf(aws, STACK), undefined);
      await passMinuteAndRead(aws);
    });

    const last = guarded();
    await step('cdk destroy fails at the protected load balancer', async () => {
      await deploy(last, outputsFile);
      assert.equal(await protectionOf(aws, STACK), 'true');
      await assert.rejects(destroy(last), /deletion protection is enabled/);
    });
    await step('without protection it deletes the rest', async () => {
      await unprotect(aws, STACK);
      await destroy(last);
      assert.deepEqual(await leftBehind(aws), [surroundings.loadBalancerArn]);
    });
    await step(
      'a first deploy that fails cannot be rolled back, because its load balancer is protected',
      async () => {
        const certificateArn = last.context?.certificateArn?.replace(
          /[^/]+$/,
          '00000000-0000-4000-8000-000000000000',
        );
        await assert.rejects(deploy(guarded({ certificateArn }), outputsFile), /ROLLBACK_FAILED/);
        assert.equal(await protectionOf(aws, STACK), 'true');
      },
    );
    await step(
      'without protection the next deploy deletes what was left, and creates the stack',
      async () => {
        await unprotect(aws, STACK);
        await deploy(guarded(), outputsFile);
        await assertNothingFailed(aws, STACK);
        await unprotect(aws, STACK);
        await destroy(last);
        assert.deepEqual(await leftBehind(aws), [surroundings.loadBalancerArn]);
      },
    );
    const again = guarded({ deletionProtection: 'false' });
    await step('a stack that was deployed with deletionProtection=false can be destroyed', async () => {
      await deploy(again, outputsFile);
      await destroy(again);
      assert.deepEqual(await leftBehind(aws), [surroundings.loadBalancerArn]);
    });
  } finally {
    issuer.close();
  }
}

/** Throws unless the keeper writes the next snapshot. */
async function passMinuteAndRead(aws: ClientSettings): Promise<void> {
  const bucket = await snapshotBucketOf(aws, STACK);
  const { parametersReadAt } = await readSnapshot(aws, bucket, PREFIX);
  const [rule = ''] = await resourcesOf(aws, STACK, 'AWS::Events::Rule');
  await passMinute(aws, rule);
  assert.ok((await readSnapshot(aws, bucket, PREFIX)).parametersReadAt > parametersReadAt);
}

async function setAlarm({ aws }: Surroundings, name: string, StateValue: string): Promise<void> {
  const resources = await resourcesIn(aws, STACK);
  const alarm = resources.find(({ id }) => id.startsWith(`Alarms${name}`));
  assert.ok(alarm, name);
  const input = { AlarmName: alarm.physicalId, StateValue, StateReason: 'rehearsed' };
  await query(aws, 'monitoring', 'SetAlarmState', input);
}
