import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type ClientSettings, deploy, destroy, fakeAccount, readOutputs } from './cloud.ts';
import { editByHand, valuesUnder } from './parameters.ts';
import { unprotect } from './protection.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { CHECKS, contextOfShape, REHEARSED, type RehearsedShape } from './shapes.ts';
import { assertNothingFailed, resourcesOf } from './stack.ts';
import { stepsOf } from './step.ts';
import { contextIn, type Surroundings } from './surroundings.ts';
import { takeTurns } from './turns.ts';
import { describePool } from './user-pool.ts';

/** Deploys, updates and destroys each of the shapes. If any failed, throws after the last one. */
export async function rehearseShapes(
  options: RehearsalOptions,
  surroundings: Surroundings,
  names: readonly RehearsedShape[],
): Promise<void> {
  const step = stepsOf(options);
  await takeTurns(names, async (name) => {
    await step(`${name}: deployed, read back, updated and destroyed`, () =>
      rehearseShape(options, surroundings, name),
    );
  });
  assert.deepEqual(await leftBehind(surroundings.aws), [surroundings.loadBalancerArn]);
}

/** @returns what the CDK CLI printed. */
async function rehearseShape(
  { endpoint, directory, project }: RehearsalOptions,
  surroundings: Surroundings,
  name: RehearsedShape,
): Promise<string> {
  const label = name.replaceAll('/', '-');
  // Numbered, because the names of some shapes contain words that a user pool's domain must not have.
  const stackName = `Shape${REHEARSED.indexOf(name)}`;
  // Any stack name except the default is also the path of the parameters.
  const configPath = `/${stackName}`;
  const context = { ...contextIn(surroundings, contextOfShape(name)), stackName };
  const deployment = { env: fakeAccount(endpoint, directory), project, assembly: join(directory, label) };
  const outputsFile = join(directory, `${label}.json`);
  const { aws } = surroundings;
  const check = () =>
    CHECKS[name]({ surroundings, stackName, configPath, outputs: readOutputs(outputsFile) });

  const printed = [await deploy({ ...deployment, context }, outputsFile)];
  await check();
  const verifies = name !== 'native-only';
  const edited = verifies ? await editByHand(aws, configPath) : {};
  const updated = { ...context, ...(verifies ? { configRefreshSeconds: '1' } : { rulePriority: '78' }) };
  printed.push(await deploy({ ...deployment, context: updated }, outputsFile));
  await assertNothingFailed(aws, stackName);
  assert.deepEqual(await valuesUnder(aws, configPath), edited);
  // This check reads the initial issuer, which has been edited.
  if (name !== 'cognito') await check();

  const pools = await resourcesOf(aws, stackName, 'AWS::Cognito::UserPool');
  await unprotect(aws, stackName);
  printed.push(await destroy(deployment));
  await assertKept(aws, { configPath, edited, pools });
  return printed.join('\n');
}

/** Throws unless the edited values and the user pools outlived the stack. */
async function assertKept(
  aws: ClientSettings,
  kept: {
    readonly configPath: string;
    readonly edited: Readonly<Record<string, string>>;
    readonly pools: readonly string[];
  },
): Promise<void> {
  assert.deepEqual(await valuesUnder(aws, kept.configPath), kept.edited);
  for (const pool of kept.pools) await describePool(aws, pool);
}
