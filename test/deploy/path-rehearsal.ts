import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { PARAMETERS } from '../../lambda/contract.ts';
import { type Deployment, deploy, readOutputs } from './cloud.ts';
import { type DeployedFunction, startFunction } from './deployed-function.ts';
import type { Issuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { setParameter } from './printed-commands.ts';
import { codeOf } from './read-back.ts';
import { requestEvent } from './request-event.ts';
import { PREFIX, type SecondStackOptions, STACK } from './second-stack.ts';
import { announceChange, readSnapshot, snapshotBucketOf, valuesIn } from './snapshot.ts';
import { assertNothingFailed, resourcesIn } from './stack.ts';

const MOVED = '/moved/api';

/**
 * Deploys the second stack with another path of its parameters. Environments of the version before go on until the
 * alias has moved, and read the old parameters, though the snapshot is soon of the new ones.
 */
export async function movePath(
  { aws, env, directory }: SecondStackOptions,
  deployment: Deployment,
  issuer: Issuer,
): Promise<void> {
  const token = await issuer.mint('api.example.com');
  const startVerifier = async (name: string) => {
    const lambda = new LambdaClient(aws);
    const functions = await resourcesIn(aws, STACK);
    const { physicalId: FunctionName } =
      functions.find(({ id, type }) => type === 'AWS::Lambda::Function' && id.startsWith('Verifier')) ?? {};
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const zip = await codeOf(lambda, new S3Client(aws), configuration);
    return startFunction({ zip, configuration, directory: join(directory, name), env });
  };
  const bucket = await snapshotBucketOf(aws, STACK);
  const oldValues = await valuesUnder(aws, PREFIX);
  const before = await startVerifier('old-path');

  const outputsFile = join(directory, 'moved.json');
  const moved = { ...deployment, context: { ...deployment.context, configPath: MOVED } };
  const answered = await during(deploy(moved, outputsFile), async () => {
    assert.equal(await statusOf(before, token), 200, before.log());
  });
  assert.ok(answered > 5, `only ${answered} requests were answered during the update`);
  await assertNothingFailed(aws, STACK);

  assert.deepEqual(await valuesUnder(aws, PREFIX), oldValues);
  const seeded = await valuesUnder(aws, MOVED);
  assert.deepEqual(Object.keys(seeded).sort(), Object.keys(PARAMETERS).sort());
  assert.equal(seeded.issuer, PARAMETERS.issuer.initial);
  // The Delete of the custom resource's old id must leave it alone.
  assert.equal(await snapshotBucketOf(aws, STACK), bucket);
  const snapshot = await readSnapshot(aws, bucket);
  assert.equal(snapshot.path, MOVED);
  assert.deepEqual(valuesIn(snapshot), seeded);

  const { SetIssuer, SetAudience } = readOutputs(outputsFile);
  await setParameter(SetIssuer, issuer.issuer, env);
  await setParameter(SetAudience, 'api.example.com', env);
  await announceChange(aws, `${PREFIX}/issuer`);
  assert.deepEqual(await readSnapshot(aws, bucket), snapshot);
  await announceChange(aws, `${MOVED}/issuer`);
  const after = await startVerifier('new-path');
  assert.equal(await statusOf(after, token), 200, after.log());
  // What has started before sees the old path still, from SSM.
  assert.equal(await statusOf(before, token), 200, before.log());
  await Promise.all([before.end(), after.end()]);
}

async function statusOf(verifier: DeployedFunction, token: string): Promise<number> {
  const { statusCode } = await verifier.invoke(requestEvent('/api/orders', token));
  return statusCode;
}

/** Acts again and again until something is done, and returns how often it did. */
async function during(done: Promise<unknown>, act: () => Promise<void>): Promise<number> {
  const state = { settled: false };
  const settle = () => {
    state.settled = true;
  };
  done.then(settle, settle);
  let times = 0;
  while (!state.settled) {
    await act();
    times += 1;
    await delay(200);
  }
  await done;
  return times;
}
