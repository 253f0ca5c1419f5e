import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PARAMETERS } from '../../lambda/contract.ts';
import { type Deployment, deploy, readOutputs } from './cloud.ts';
import type { Issuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { setParameter } from './printed-commands.ts';
import { PREFIX, type SecondStackOptions, STACK } from './second-stack.ts';
import { announceChange, readSnapshot, snapshotBucketOf, valuesIn } from './snapshot.ts';
import { assertNothingFailed } from './stack.ts';
import { during, startVerifier, statusOf } from './verifier.ts';

const MOVED = '/moved/api';

/**
 * Deploys the second stack with another path for its parameters. Environments of the previous version serve until the
 * alias has moved, and read the old parameters, although the snapshot soon has the new ones.
 */
export async function movePath(
  { aws, env, directory }: SecondStackOptions,
  deployment: Deployment,
  issuer: Issuer,
): Promise<void> {
  const token = await issuer.mint('api.example.com');
  const start = (label: string) => startVerifier({ aws, env, directory }, STACK, label);
  const bucket = await snapshotBucketOf(aws, STACK);
  const oldValues = await valuesUnder(aws, PREFIX);
  const before = await start('old-path');

  const outputsFile = join(directory, 'moved.json');
  const moved = { ...deployment, context: { ...deployment.context, configPath: MOVED } };
  const responded = await during(deploy(moved, outputsFile), async () => {
    assert.equal(await statusOf(before, token), 200, before.log());
  });
  assert.ok(responded > 5, `only ${responded} requests got a response during the update`);
  await assertNothingFailed(aws, STACK);

  assert.deepEqual(await valuesUnder(aws, PREFIX), oldValues);
  const seeded = await valuesUnder(aws, MOVED);
  assert.deepEqual(Object.keys(seeded).sort(), Object.keys(PARAMETERS).sort());
  assert.equal(seeded.issuer, PARAMETERS.issuer.initial);
  // The Delete of the custom resource's old id must leave it alone.
  assert.equal(await snapshotBucketOf(aws, STACK), bucket);
  const snapshot = await readSnapshot(aws, bucket, MOVED);
  assert.equal(snapshot.path, MOVED);
  assert.deepEqual(valuesIn(snapshot), seeded);

  const { SetIssuer, SetAudience } = readOutputs(outputsFile);
  await setParameter(SetIssuer, issuer.issuer, env);
  await setParameter(SetAudience, 'api.example.com', env);
  await announceChange(aws, `${PREFIX}/issuer`);
  assert.deepEqual(await readSnapshot(aws, bucket, MOVED), snapshot);
  await announceChange(aws, `${MOVED}/issuer`);
  const after = await start('new-path');
  assert.equal(await statusOf(after, token), 200, after.log());
  // An environment that started before still reads the old path, from SSM.
  assert.equal(await statusOf(before, token), 200, before.log());
  await Promise.all([before.end(), after.end()]);
}
