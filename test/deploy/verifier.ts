import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from './cloud.ts';
import { type DeployedFunction, startFunction } from './deployed-function.ts';
import { codeOf } from './read-back.ts';
import { requestEvent } from './request-event.ts';
import { resourcesIn } from './stack.ts';

/** Starts an environment of a stack's current verifier; later updates of the stack do not affect it. */
export async function startVerifier(
  { aws, env, directory }: { aws: ClientSettings; env: Record<string, string>; directory: string },
  stackName: string,
  label: string,
): Promise<DeployedFunction> {
  const lambda = new LambdaClient(aws);
  const resources = await resourcesIn(aws, stackName);
  const { physicalId: FunctionName } =
    resources.find(({ id, type }) => type === 'AWS::Lambda::Function' && id.startsWith('Verifier')) ?? {};
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const zip = await codeOf(lambda, new S3Client(aws), configuration);
  return startFunction({ zip, configuration, directory: join(directory, label), env });
}

/** The status of the response to a request with a token. */
export async function statusOf(verifier: DeployedFunction, token: string): Promise<number> {
  const { statusCode } = await verifier.invoke(requestEvent('/api/orders', token));
  return statusCode;
}

/** Repeats an action until something else is done, and returns the number of repetitions. Throws if either fails. */
export async function during(done: Promise<unknown>, act: () => Promise<void>): Promise<number> {
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
