import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DEFAULT_CONFIG_PATH, ENVIRONMENT, snapshotKey } from '../../lambda/contract.ts';
import { isRetained, STATEFUL_TYPES } from '../infra/transitions/rules/lost-state.ts';
import { contextOfEnd, type End, TRANSITIONS } from '../infra/transitions/transitions.ts';
import {
  type ClientSettings,
  type Deployment,
  deployAssembly,
  destroy,
  fakeAccount,
  synthesize,
} from './cloud.ts';
import { editByHand, valuesUnder } from './parameters.ts';
import { unprotect } from './protection.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { verifierOf } from './shapes.ts';
import { announceChange, readSnapshot, snapshotBucketOf, snapshotBuckets, valuesIn } from './snapshot.ts';
import { assertNothingFailed, resourcesIn, templateOfStack } from './stack.ts';
import { stepsOf } from './step.ts';
import { contextIn, type Surroundings } from './surroundings.ts';
import { takeTurns } from './turns.ts';
import { describePool } from './user-pool.ts';

const STACK = 'AlbJwtAuthorizer';

/**
 * Takes one stack, with parameters edited by hand at the start, along a walk. Throws if CloudFormation fails, a
 * value changes, or a transition loses anything but what it should.
 */
export async function rehearseTransitions(
  options: RehearsalOptions,
  surroundings: Surroundings,
  walk: readonly End[],
): Promise<void> {
  const step = stepsOf(options);
  const { aws } = surroundings;
  const outputsFile = join(options.directory, 'transitions.json');
  const deployments = new Map<End, Deployment>();
  await takeTurns([...new Set(walk)], async (end) => {
    deployments.set(end, await step(`${end}: synthesized`, () => synthesizeEnd(options, surroundings, end)));
  });
  const deploymentOf = (end: End) => deployments.get(end) as Deployment;

  let [from = 'default', ...rest] = walk;
  await step(`${from}: deployed`, () => deployAssembly(deploymentOf(from), outputsFile));
  const edited = await editByHand(aws, DEFAULT_CONFIG_PATH);
  await announceChange(aws, `${DEFAULT_CONFIG_PATH}/issuer`);
  const pools: string[] = [];
  for (const to of rest) {
    await step(`${from} -> ${to}`, async () => {
      const before = await stateOf(surroundings);
      const began = Date.now() / 1000;
      await deployAssembly(deploymentOf(to), outputsFile);
      await assertNothingFailed(aws, STACK);
      const after = await stateOf(surroundings);
      const gone = before.filter(({ physicalId }) => !after.some((one) => one.physicalId === physicalId));
      assertExpected({ from, to }, gone);
      pools.push(...gone.filter(({ type }) => type === USER_POOL).map(({ physicalId }) => physicalId));
      assert.deepEqual(await valuesUnder(aws, DEFAULT_CONFIG_PATH), edited);
      await assertSnapshot(aws, { to, edited, since: from === KEEPER_OFF ? began : 0 });
    });
    from = to;
  }
  await step('the user pools that the stack left behind exist', async () => {
    assert.equal(pools.length > 0, walk.includes('Cognito'));
    for (const pool of pools) await describePool(aws, pool);
  });
  await step(`${from}: destroyed, and the parameters keep their edited values`, async () => {
    await unprotect(aws, STACK);
    await destroy(deploymentOf(from));
    assert.deepEqual(await valuesUnder(aws, DEFAULT_CONFIG_PATH), edited);
  });
}

const USER_POOL = 'AWS::Cognito::UserPool';

const KEEPER_OFF = 'keeper off';

/** Throws unless a verifier reads a snapshot with the edited values if the keeper is on, and none if it is off. */
async function assertSnapshot(
  aws: ClientSettings,
  {
    to,
    edited,
    since,
  }: {
    readonly to: End;
    readonly edited: Readonly<Record<string, string>>;
    /** The earliest time at which the snapshot was written, in seconds since the epoch. */
    readonly since: number;
  },
): Promise<void> {
  const FunctionName = await verifierOf(aws, STACK);
  if (FunctionName === undefined) return assert.deepEqual(await snapshotBuckets(aws), []);
  const { Environment } = await new LambdaClient(aws).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const bucket = await snapshotBucketOf(aws, STACK);
  const url = `https://${bucket}.s3.${aws.region}.amazonaws.com/${snapshotKey(DEFAULT_CONFIG_PATH)}`;
  assert.equal(Environment?.Variables?.[ENVIRONMENT.snapshotUrl], to === KEEPER_OFF ? undefined : url);
  if (to === KEEPER_OFF) return;
  const snapshot = await readSnapshot(aws, bucket);
  assert.deepEqual(valuesIn(snapshot), edited);
  assert.ok(snapshot.parametersReadAt > since);
}

async function synthesizeEnd(
  { endpoint, directory, project }: RehearsalOptions,
  surroundings: Surroundings,
  end: End,
): Promise<Deployment> {
  const deployment = {
    env: fakeAccount(endpoint, directory),
    project,
    assembly: join(directory, `end-${end.replaceAll(' ', '-')}`),
    context: contextIn(surroundings, contextOfEnd(end)),
  };
  await synthesize(deployment);
  return deployment;
}

/** Throws unless a transition lost exactly what it should. */
function assertExpected(
  { from, to }: { readonly from: End; readonly to: End },
  gone: readonly { readonly type: string; readonly retained: boolean }[],
): void {
  const expected = TRANSITIONS.find((transition) => transition.from === from && transition.to === to);
  if (expected === undefined) return;
  const lost = gone.filter(({ retained }) => !retained).map(({ type }) => type);
  assert.deepEqual([...new Set(lost)].sort(), [...expected.loses].sort());
}

/** The stack's resources that hold state or an address, and whether their removal would retain them. */
async function stateOf({ aws }: Surroundings) {
  const { Resources } = await templateOfStack(aws, STACK);
  const resources = await resourcesIn(aws, STACK);
  return resources
    .filter(({ type }) => STATEFUL_TYPES.includes(type))
    .map((resource) => ({ ...resource, retained: isRetained(Resources[resource.id]?.DeletionPolicy) }));
}
