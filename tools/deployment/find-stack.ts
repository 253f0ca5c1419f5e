import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { ArgumentError } from '../arguments.ts';
import { type AwsFailure, awsCall } from '../aws-call.ts';
import { clientSettings } from './client-settings.ts';
import type { Place } from './place.ts';

/** A deployed stack of this app. */
export interface DeployedStack {
  readonly name: string;
  /** Its ARN. */
  readonly id: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The description in its template. */
  readonly description?: string | undefined;
}

/** There is no stack of this app in the place that was searched. */
export class NoSuchStack extends ArgumentError {}

/** The output that identifies a stack of this app: the prefix of its parameters. */
export const PATH_OUTPUT = 'ConfigPath';

/**
 * Finds the stack that a place names, or the only one there.
 *
 * @throws ArgumentError if there are several; NoSuchStack where there is none
 * @throws AwsFailure if the call to CloudFormation fails
 */
export async function findStack(place: Place, abortSignal?: AbortSignal): Promise<DeployedStack> {
  const found = await describeStacks(place, abortSignal);
  const ours = found.filter(({ outputs }) => outputs[PATH_OUTPUT] !== undefined);
  const fitting = ours.filter(
    ({ outputs }) => place.path === undefined || outputs[PATH_OUTPUT] === place.path,
  );
  const [only, ...others] = fitting;
  if (only === undefined) throw new NoSuchStack(noneOf(place, found, ours));
  if (others.length === 0) return only;
  const names = fitting.map(({ name, outputs }) => `${name} (--path ${outputs[PATH_OUTPUT]})`).sort();
  throw new ArgumentError(
    `There are several deployments here: ${names.join(', ')}. Name one with --stack or --path.`,
  );
}

function noneOf(
  { stack, path }: Place,
  found: readonly DeployedStack[],
  ours: readonly DeployedStack[],
): string {
  if (stack !== undefined && found.length > 0 && ours.length === 0) {
    return `The stack ${stack} has no parameters: its output ${PATH_OUTPUT} is missing. It is not a deployment with a function that verifies.`;
  }
  if (path !== undefined && ours.length > 0) {
    const paths = ours.map(({ outputs }) => outputs[PATH_OUTPUT]).sort();
    return `No stack here has its parameters under ${path}; there ${paths.length === 1 ? 'is' : 'are'} ${paths.join(', ')}.`;
  }
  return 'There is no deployment in this account and region: deploy one, or give --region, AWS_PROFILE, or --path for parameters without a stack.';
}

/** Why there is no stack of `npm start`, the only one at its endpoint, and what to do. */
export function noLocalStack(
  { stack, endpoint }: Place,
  { account }: AwsFailure,
): Pick<AwsFailure['account'], 'detail' | 'remedy'> {
  return /does not exist/.test(account.detail)
    ? { detail: `npm start runs no stack ${stack}`, remedy: 'Leave out --stack: it runs only one.' }
    : {
        detail: `no stack of npm start responds at ${endpoint?.origin}`,
        remedy: 'Run npm start in another terminal, and give the --port that it prints, if it prints one.',
      };
}

/**
 * The stack that the place names, or all stacks, including those of others.
 *
 * @throws AwsFailure if the call to CloudFormation fails, as for a stack that does not exist
 */
export async function describeStacks(
  { stack, endpoint }: Place,
  abortSignal?: AbortSignal,
): Promise<DeployedStack[]> {
  const client = new CloudFormationClient(clientSettings(endpoint?.href));
  const found: Stack[] = [];
  const what = stack === undefined ? 'The stacks' : `The stack ${stack}`;
  const about = { what, service: 'CloudFormation', action: 'cloudformation:DescribeStacks' } as const;
  let NextToken: string | undefined;
  do {
    const input = { StackName: stack, NextToken };
    const sent = client.send(new DescribeStacksCommand(input), { ...(abortSignal && { abortSignal }) });
    const page = await awsCall(about, endpoint?.href, sent);
    found.push(...(page.Stacks ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  client.destroy();
  return found.map(
    ({ StackName: name = '', StackId: id = '', StackStatus: status = '', Description, Outputs = [] }) => ({
      name,
      id,
      status,
      outputs: Object.fromEntries(
        Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
      description: Description,
    }),
  );
}
