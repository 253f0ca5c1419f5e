import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientSettings, deploy, destroy, fakeAccount, readOutputs } from './cloud.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { setParameter } from './set-parameter.ts';
import { rehearsedShape } from './shapes.ts';
import { stepsOf } from './step.ts';
import { prepareSurroundings, resourcesOf, type Surroundings } from './surroundings.ts';

/** As many as there are cores on a small machine: most of the time is the CLI's. */
const AT_A_TIME = 2;

/** Deploys, updates and destroys each of the shapes, and throws once all have had their turn if one failed. */
export async function rehearseShapes(options: RehearsalOptions, names: readonly string[]): Promise<void> {
  const step = stepsOf(options);
  const surroundings = await prepareSurroundings(options.endpoint);
  const waiting = [...names];
  const failures: Error[] = [];
  async function takeTurns(): Promise<void> {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const shape = name;
      const { dropped } = rehearsedShape(shape);
      const without = dropped === undefined ? '' : `; moto drops ${dropped}`;
      try {
        await step(`${shape}: deployed, read back, updated and destroyed${without}`, () =>
          rehearseShape(options, surroundings, shape),
        );
      } catch (cause) {
        failures.push(new Error(`${shape}: ${cause instanceof Error ? cause.message : cause}`, { cause }));
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, takeTurns));
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n\n'));
  assert.deepEqual(await leftBehind(clientSettings(options.endpoint)), [surroundings.loadBalancerArn]);
}

/** @returns what the CDK CLI printed. */
async function rehearseShape(
  { endpoint, directory }: RehearsalOptions,
  surroundings: Surroundings,
  name: string,
): Promise<string> {
  const { context: contextOf, check } = rehearsedShape(name);
  const label = name.replaceAll('/', '-');
  const stackName = `Shape-${label}`;
  const configPath = `/shapes/${label}`;
  const context = { ...contextOf(surroundings), stackName, configPath };
  const env = fakeAccount(endpoint, directory);
  const assembly = join(directory, label);
  const outputsFile = join(directory, `${label}.json`);
  const { aws } = surroundings;
  const valuesInSsm = async () => {
    const { Parameters = [] } = await new SSMClient(aws).send(
      new GetParametersByPathCommand({ Path: configPath }),
    );
    return Object.fromEntries(Parameters.map(({ Name, Value }) => [Name?.split('/').at(-1), Value]));
  };

  const printed = [await deploy({ env, assembly, context }, outputsFile)];
  const outputs = readOutputs(outputsFile);
  await check({ surroundings, stackName, outputs });
  const initial = await valuesInSsm();
  await setParameter(outputs.SetAudience, 'edited.example.com', env);

  const updated = { ...context, configRefreshSeconds: '1' };
  printed.push(await deploy({ env, assembly, context: updated }, outputsFile));
  const [FunctionName] = await resourcesOf(aws, stackName, 'AWS::Lambda::Function');
  const { Environment } = await new LambdaClient(aws).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  assert.equal(Environment?.Variables?.CONFIG_REFRESH_SECONDS, '1');
  assert.deepEqual(await valuesInSsm(), { ...initial, audience: 'edited.example.com' });
  await check({ surroundings, stackName, outputs: readOutputs(outputsFile) });

  printed.push(await destroy({ env, assembly, context: updated }));
  assert.deepEqual(await valuesInSsm(), {});
  return printed.join('\n');
}
