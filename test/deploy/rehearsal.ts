import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_CONFIG_PATH, PARAMETERS, snapshotKey } from '../../lambda/contract.ts';
import {
  clientSettings,
  type Deployment,
  deploy,
  deployAssembly,
  destroy,
  fakeAccount,
  readOutputs,
} from './cloud.ts';
import { type DeployedFunction, startFunction } from './deployed-function.ts';
import { checkDoctor, checkDoctorBefore } from './doctor-rehearsal.ts';
import { rehearseFailedCreate } from './failed-create.ts';
import { startIssuer } from './issuer.ts';
import { checkFirstSnapshot, checkGuard, checkRule, removeSnapshot } from './keeper-rehearsal.ts';
import { typesUnder, valuesUnder } from './parameters.ts';
import { movePath } from './path-rehearsal.ts';
import { rehearsePolicy } from './policy-rehearsal.ts';
import { createAsDocumented, deleteParameters, runKeeper, setParameter } from './printed-commands.ts';
import { codeOf, functionOf, leftBehind, readBack, VERIFIER } from './read-back.ts';
import { startRelay } from './relay.ts';
import { requestEvent } from './request-event.ts';
import { checkSecondStack, failAndRollBack, secondStackContext } from './second-stack.ts';
import { announceChange, readSnapshot, snapshotBucketOf, valuesIn } from './snapshot.ts';
import { assertNothingFailed } from './stack.ts';
import { stepsOf } from './step.ts';

export interface RehearsalOptions {
  readonly endpoint: string;
  /** A directory for everything that the rehearsal writes. */
  readonly directory: string;
  /** Where the CLI runs: a directory with a cdk.json for this app. */
  readonly project: string;
  readonly verbose: boolean;
}

/** Deploys, configures, calls and destroys; throws at the first deviation. */
export async function rehearse({ endpoint, directory, project, verbose }: RehearsalOptions): Promise<void> {
  const env = fakeAccount(endpoint, directory);
  const aws = clientSettings(endpoint);
  const lambda = new LambdaClient(aws);
  const outputsFile = join(directory, 'outputs.json');
  const first: Deployment = { env, project, assembly: join(directory, 'cdk.out') };
  const step = stepsOf({ verbose });
  const valuesInSsm = () => valuesUnder(aws, DEFAULT_CONFIG_PATH);

  await step('npm run doctor says that a deploy comes next', () => checkDoctorBefore(env));
  await step('cdk deploy', () => deploy(first, outputsFile));
  const outputs = readOutputs(outputsFile);
  const initial = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, entry]) => [name, entry.initial]),
  );
  await step('listener, rule, target group and permission are as designed', () => readBack(aws, outputs));
  await step('the parameters hold their initial values', async () => {
    assert.deepEqual(await valuesInSsm(), initial);
  });

  const kept = { aws, stackName: STACK, configPath: DEFAULT_CONFIG_PATH };
  await step('the first snapshot holds them, and existed before the alias', () =>
    checkFirstSnapshot(kept, initial),
  );
  await step('verifiers can only read it, and an administrator of S3 not even that', () => checkGuard(kept));

  const issuer = await startIssuer();
  const relay = await startRelay(endpoint);
  try {
    const edited = { ...initial, issuer: issuer.issuer, audience: 'api.example.com' };
    const tool = await setParameter(outputs.SetIssuer, edited.issuer, env);
    console.log(`✓ issuer set with ${tool}`);
    await setParameter(outputs.SetAudience, edited.audience, env);
    await step('the rule renews the snapshot when a parameter changes, and every minute', () =>
      checkRule(kept, edited),
    );
    await step('the printed command does the same, and says what is in force', async () => {
      const { versions, refused } = await runKeeper(outputs.RunKeeper, env, directory);
      assert.deepEqual([versions.issuer, versions.audience, versions.policy], [2, 2, 1]);
      assert.deepEqual(refused, []);
    });
    // A real update: it changes the function's environment, and with it how soon the function sees new parameters.
    mkdirSync(join(project, 'stages'));
    const stage = { configRefreshSeconds: 1, paths: ['/api/*', '/orders/*'] };
    writeFileSync(join(project, 'stages', 'second.json'), JSON.stringify(stage));
    await step('cdk deploy again, with the options of a stage', () =>
      deploy({ ...first, context: { stage: 'second' } }, outputsFile),
    );
    await assertNothingFailed(aws, STACK);
    const configuration = await functionOf(lambda, VERIFIER);
    assert.equal(configuration.Environment?.Variables?.CONFIG_REFRESH_SECONDS, '1');
    await step('the edited values survived', async () => assert.deepEqual(await valuesInSsm(), edited));

    const startVerifier = async () =>
      startFunction({
        zip: await codeOf(lambda, new S3Client(aws), configuration),
        configuration,
        directory: join(directory, 'function'),
        env: { ...env, AWS_ENDPOINT_URL: relay.endpoint },
      });
    issuer.takeRequests();
    const deployed = await step("the deployed function's own code is unpacked and loaded", startVerifier);
    const statusOf = async (verifier: DeployedFunction, token?: string) => {
      const { statusCode, body } = await verifier.invoke(requestEvent('/api/orders', token));
      return { statusCode, code: JSON.parse(body || '{}').code };
    };
    const status = (token?: string) => statusOf(deployed, token);
    await step('a request without a token is rejected', async () => {
      assert.deepEqual(await status(), { statusCode: 401, code: 'token_missing' });
    });
    const token = await issuer.mint('api.example.com');
    await step('one with a token is allowed', async () => {
      assert.equal((await status(token)).statusCode, 200, deployed.log());
    });
    await step('configuration and keys come from the snapshot, and nothing else was called', async () => {
      assert.deepEqual(
        [...new Set(relay.takeCalls())],
        [`GET ${snapshotKey(DEFAULT_CONFIG_PATH)}`],
        deployed.log(),
      );
      assert.deepEqual(issuer.takeRequests(), []);
    });
    await step(
      'a policy is put and rolled back, and a token revoked and accepted again, by the command',
      () => rehearsePolicy({ env, directory, token, status: async () => (await status(token)).statusCode }),
    );
    await step('npm run doctor finds nothing wrong except what a trial lacks', () =>
      checkDoctor(env, deployed),
    );
    await setParameter(outputs.SetAudience, 'other.example.com', env);
    await announceChange(aws, `${DEFAULT_CONFIG_PATH}/audience`);
    await step('the same token is rejected after a change of the audience', async () => {
      let last = await status(token);
      for (const deadline = Date.now() + 5000; last.statusCode === 200 && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        last = await status(token);
      }
      assert.deepEqual(last, { statusCode: 401, code: 'audience_mismatch' });
    });
    if (verbose) console.log(deployed.log().trimEnd());
    await deployed.end();
    await step('without a snapshot, a new environment calls SSM and the issuer', async () => {
      await removeSnapshot(kept);
      relay.takeCalls();
      issuer.takeRequests();
      const cold = await startVerifier();
      const other = await issuer.mint('other.example.com');
      assert.equal((await statusOf(cold, other)).statusCode, 200, cold.log());
      assert.ok(relay.takeCalls().includes('AmazonSSM.GetParameters'));
      assert.ok(issuer.takeRequests().includes('/keys'));
      await cold.end();
    });
    await step('the next event writes a first snapshot again', async () => {
      await announceChange(aws, `${DEFAULT_CONFIG_PATH}/policy`);
      const snapshot = await readSnapshot(aws, await snapshotBucketOf(aws, STACK));
      assert.deepEqual(valuesIn(snapshot), await valuesInSsm());
    });
    const second = { aws, env, directory };
    const beside: Deployment = {
      ...first,
      assembly: join(directory, 'second'),
      context: await secondStackContext(second),
    };
    const secondOutputs = join(directory, 'second-outputs.json');
    await step('cdk deploy of a second stack, with a rule on the same listener and an authorizer', () =>
      deploy(beside, secondOutputs),
    );
    await step("it shares nothing, is as designed, and the authorizer's own code decides", () =>
      checkSecondStack(second, readOutputs(secondOutputs), issuer),
    );
    await step('another path moves its parameters, and both versions respond meanwhile', () =>
      movePath(second, beside, issuer),
    );
    await step('a deploy of it that fails halfway is rolled back, and everything is as before', () =>
      failAndRollBack(second, beside),
    );
    await rehearseFailedCreate(step, { aws, directory }, beside);
    await step('cdk destroy of the second stack', () => destroy(beside));

    const left = { ...edited, audience: 'other.example.com' };
    await step('cdk destroy', () => destroy(first));
    await step('no load balancer, function, rule or snapshot is left, but every parameter is', async () => {
      assert.deepEqual(await leftBehind(aws), []);
      assert.deepEqual(await valuesInSsm(), left);
    });
    await step('a new stack adopts them and says so', async () => {
      await deployAssembly(first, outputsFile);
      const { Adopted = '' } = readOutputs(outputsFile);
      for (const name of Object.keys(PARAMETERS)) assert.ok(Adopted.includes(name), `${name} in ${Adopted}`);
      assert.deepEqual(await valuesInSsm(), left);
      await destroy(first);
      assert.deepEqual(await valuesInSsm(), left);
    });
    await step('the printed command deletes them', () => deleteParameters(outputs.DeleteParameters, env));
    await step('the documented commands create them again, which the printed ones cannot', async () => {
      const again = setParameter(outputs.SetIssuer, edited.issuer, env);
      await assert.rejects(again, /parameter type is required/);
      const created = await createAsDocumented(env);
      assert.deepEqual(Object.keys(created).sort(), Object.keys(PARAMETERS).sort());
      assert.deepEqual(await valuesInSsm(), created);
      assert.deepEqual(await typesUnder(aws, DEFAULT_CONFIG_PATH), TYPES);
      await deleteParameters(outputs.DeleteParameters, env);
    });
  } finally {
    relay.close();
    issuer.close();
  }
}

const STACK = 'AlbJwtAuthorizer';

const TYPES = Object.fromEntries(Object.entries(PARAMETERS).map(([name, { type }]) => [name, type]));
