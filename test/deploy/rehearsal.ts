import assert from 'node:assert/strict';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { PARAMETERS } from '../../lambda/contract.ts';
import { clientSettings, deploy, destroy, fakeAccount, readOutputs } from './cloud.ts';
import { startFunction } from './deployed-function.ts';
import { startIssuer } from './issuer.ts';
import { codeOf, functionOf, leftBehind, readBack } from './read-back.ts';
import { requestEvent } from './request-event.ts';
import { checkSecondStack, secondStackContext } from './second-stack.ts';
import { setParameter } from './set-parameter.ts';
import { stepsOf } from './step.ts';

export interface RehearsalOptions {
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
  const assembly = join(directory, 'cdk.out');
  const step = stepsOf({ verbose });
  async function valuesInSsm(): Promise<Record<string, string>> {
    const names = Object.keys(PARAMETERS).map((name) => `/alb-jwt-authorizer/${name}`);
    const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: names }));
    return Object.fromEntries(Parameters.map(({ Name, Value }) => [Name?.split('/').at(-1), Value]));
  }

  await step('cdk deploy', () => deploy({ env, assembly }, outputsFile));
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
    await step('cdk deploy again, with another option', () =>
      deploy({ env, assembly, context: { configRefreshSeconds: '1' } }, outputsFile),
    );
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
      deploy({ env, assembly, context }, secondOutputs),
    );
    await step("its rule, policy and permission are as designed, and the authorizer's own code decides", () =>
      checkSecondStack(second, readOutputs(secondOutputs), issuer),
    );
    await step('cdk destroy of the second stack', () => destroy({ env, assembly, context }));
    await step('cdk destroy', () => destroy({ env, assembly }));
    await step('no load balancer, function or parameter is left', async () => {
      assert.deepEqual(await leftBehind(aws), []);
      assert.deepEqual(await valuesInSsm(), {});
    });
  } finally {
    issuer.close();
  }
}
