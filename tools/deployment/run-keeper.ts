import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { isLoopback } from '../../lambda/core/config/url.ts';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../arguments.ts';
import { awsCall } from '../aws-call.ts';
import { clientSettings } from './client-settings.ts';
import type { DeployedStack } from './find-stack.ts';
import type { Place } from './place.ts';

/** Longer than the function itself may take, in ms. */
const RUN_TIMEOUT_MS = 65_000;

/**
 * Runs the keeper once. It reads the parameters again, and returns which versions are in force and what is rejected.
 *
 * @throws AwsFailure if it cannot be invoked
 * @throws CommandFailure if it fails, or returns something else
 */
export async function runKeeper(
  place: Place,
  functionName: string,
  stack: DeployedStack,
  abortSignal?: AbortSignal,
): Promise<KeeperResult> {
  const endpoint = lambdaEndpoint(place, stack);
  const client = new LambdaClient({ ...clientSettings(endpoint, RUN_TIMEOUT_MS), maxAttempts: 2 });
  const output = await awsCall(
    {
      what: `The function ${functionName}`,
      failed: 'could not be invoked',
      service: 'Lambda',
      action: 'lambda:InvokeFunction',
    },
    endpoint,
    client.send(new InvokeCommand({ FunctionName: functionName }), { ...(abortSignal && { abortSignal }) }),
  ).finally(() => client.destroy());
  const text = Buffer.from(output.Payload ?? []).toString('utf8');
  const parsed = output.FunctionError === undefined ? parseResult(text) : undefined;
  if (parsed !== undefined) return parsed;
  throw new CommandFailure(
    `The function ${functionName} failed: ${text.slice(0, 200) || output.FunctionError}. Its log says why.`,
  );
}

/** The stack of npm start says where its Lambda is. Only a stack on this machine is trusted to say so. */
function lambdaEndpoint({ endpoint }: Place, { outputs }: DeployedStack): string | undefined {
  const own = outputs.LambdaEndpoint;
  if (endpoint === undefined || !isLoopback(endpoint) || own === undefined || !URL.canParse(own)) {
    return endpoint?.href;
  }
  return isLoopback(new URL(own)) ? own : endpoint.href;
}

function parseResult(text: string): KeeperResult | undefined {
  try {
    const { versions, parametersReadAt, refused } = JSON.parse(text) as Partial<KeeperResult>;
    const whole =
      typeof versions === 'object' && typeof parametersReadAt === 'number' && Array.isArray(refused);
    return whole ? { versions: { ...versions }, parametersReadAt, refused: refused.map(String) } : undefined;
  } catch {
    return undefined;
  }
}
