import assert from 'node:assert/strict';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PARAMETERS } from '../../lambda/contract.ts';
import { cdk, clientSettings, fakeAccount, readOutputs } from './cloud.ts';
import { startFunction } from './deployed-function.ts';
import { startIssuer } from './issuer.ts';
import { codeOf, functionOf, leftBehind, readBack } from './read-back.ts';
import { requestEvent } from './request-event.ts';
import { checkSecondStack, secondStackContext } from './second-stack.ts';
import { setParameter } from './set-parameter.ts';

interface RehearsalOptions {
  readonly endpoint: string;
  /** A directory for all that the rehearsal writes. */
  readonly directory: string;
  readonly verbose: boolean;
}

/** Deploys, configures, calls and destroys; throws at the first thing that is not as it should be. */
export async function rehearse({ endpoint, directory, verbose }: RehearsalOptions): Promise<void> {
  const env = fakeAccount(endpoint, directory);
  const aws = clientSettings(endpoint);
  const ssm = new SSMClient(aws);
  const lambda = new LambdaClient(aws);
  const outputsFile = join(directory, 'outputs.json');
  const assembly = ['--output', join(directory, 'cdk.out')];
  const deploy = (context: readonly string[] = [], outputs = outputsFile) =>
    // By a change set, which is the default, moto gives no outputs; and it can't reuse a parameter's default.
    cdk(
      [
        'deploy',
        '--method=direct',
        '--no-previous-parameters',
        '--require-approval=never',
        '--outputs-file',
        outputs,
        ...assembly,
        ...context,
      ],
      env,
    );

  async function step<T>(name: string, act: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await act();
    console.log(`✓ ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    if (verbose && typeof result === 'string') console.log(result.trimEnd());
    return result;
  }
  async function valuesInSsm(): Promise<Record<string, string>> {
    const names = Object.keys(PARAMETERS).map((name) => `/alb-jwt-authorizer/${name}`);
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: names }));
    return Object.fromEntries(Parameters.map(({ Name, Value }) => [Name?.split('/').at(-1), Value]));
  }

  await step('cdk bootstrap', () => cdk(['bootstrap', ...assembly], env));
  await step('cdk deploy', () => deploy());
  const outputs = readOutputs(outputsFile);
  const initial = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, entry]) => [name, entry.initial]),
  );
  await step('listener, rule, target group and permission are as designed', () => readBack(aws, outputs));
  await step('the parameters hold their initial values', async () => {
    assert.deepEqual(await valuesInSsm(), initial);
  });

  const issuer = await startIssuer();
  try {
    const edited = { ...initial, issuer: issuer.issuer, audience: 'api.example.com' };
    const tool = await setParameter(outputs.SetIssuer, edited.issuer, env);
    console.log(`✓ issuer set with ${tool}`);
    await setParameter(outputs.SetAudience, edited.audience, env);
    // A real update: the function's environment changes, and with it how soon it sees new parameters.
    await step('cdk deploy again, with another option', () => deploy(['-c', 'configRefreshSeconds=1']));
    const configuration = await functionOf(lambda);
    assert.equal(configuration.Environment?.Variables?.CONFIG_REFRESH_SECONDS, '1');
    await step('the edited values survived', async () => assert.deepEqual(await valuesInSsm(), edited));

    const deployed = await step("the deployed function's own code is unpacked and loaded", async () =>
      startFunction({
        zip: await codeOf(lambda, new S3Client(aws), configuration),
        configuration,
        directory: join(directory, 'function'),
        env,
      }),
    );
    const status = async (token?: string) => {
      const { statusCode, body } = await deployed.invoke(requestEvent('/api/orders', token));
      return { statusCode, code: JSON.parse(body || '{}').code };
    };
    await step('a request without a token is rejected', async () => {
      assert.deepEqual(await status(), { statusCode: 401, code: 'token_missing' });
    });
    const token = await issuer.mint('api.example.com');
    await step('one with a token is allowed', async () => {
      assert.equal((await status(token)).statusCode, 200, deployed.log());
    });
    await setParameter(outputs.SetAudience, 'other.example.com', env);
    await step('the same token is rejected once the audience is another', async () => {
      let last = await status(token);
      for (const deadline = Date.now() + 5000; last.statusCode === 200 && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        last = await status(token);
      }
      assert.deepEqual(last, { statusCode: 401, code: 'audience_mismatch' });
    });
    if (verbose) console.log(deployed.log().trimEnd());
    const second = { aws, env, directory };
    const context = await secondStackContext(second);
    const secondOutputs = join(directory, 'second-outputs.json');
    await step('cdk deploy of a second stack, with a rule on the same listener and an authorizer', () =>
      deploy(context, secondOutputs),
    );
    await step("its rule, policy and permission are as designed, and the authorizer's own code decides", () =>
      checkSecondStack(second, readOutputs(secondOutputs), issuer),
    );
    await step('cdk destroy of the second stack', () =>
      cdk(['destroy', '--force', ...assembly, ...context], env),
    );
    await step('cdk destroy', async () => {
      try {
        return await cdk(['destroy', '--force', ...assembly], env);
      } catch (error) {
        // moto can't delete a template's route tables, and so not their VPC; nor target groups.
        if (!/vpc-\w+ has dependencies/.test(String(error))) throw error;
        return 'All but the VPC and the target group, which moto cannot delete';
      }
    });
    await step('no load balancer, function or parameter is left', async () => {
      assert.deepEqual(await leftBehind(aws), []);
      assert.deepEqual(await valuesInSsm(), {});
    });
  } finally {
    issuer.close();
  }
}
