import { DEFAULT_CONFIG_REFRESH_SECONDS } from '../../lambda/contract.ts';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../arguments.ts';
import { AwsFailure } from '../aws-call.ts';
import type { OwnAddress } from '../check-config/own-address.ts';
import { type DeployedStack, findStack, NoSuchStack, noLocalStack } from '../deployment/find-stack.ts';
import { ownAddresses } from '../deployment/own-addresses.ts';
import type { Place } from '../deployment/place.ts';
import { runKeeper } from '../deployment/run-keeper.ts';

/** The deployment that a command changes, and what is known about it. */
export interface Target {
  /** Prefix of the parameters. */
  readonly path: string;
  readonly stack: string | undefined;
  /** The account and the region of that stack. */
  readonly home: { readonly account: string; readonly region: string } | undefined;
  /** Where it is, if it is not in AWS itself. */
  readonly endpoint: URL | undefined;
  /** Whether a keeper reads the parameters for the verifiers; undefined if unknown. */
  readonly hasKeeper: boolean | undefined;
  /** Runs the keeper once; undefined if there is none, or none is known. */
  readonly runKeeper: (() => Promise<KeeperResult>) | undefined;
  /** The addresses by which requests reach it, as far as they are known. */
  readonly ownAddresses: readonly OwnAddress[];
  /** How old a verifier's configuration may get, in seconds. */
  readonly refreshSeconds: number;
  /** What could not be found out, and what that means. */
  readonly notes: readonly string[];
}

/**
 * The deployment as sentences name it: often each account has a stack of the same name. Only the origin of the endpoint, whose
 * URL may contain a password.
 */
export function targetName({ path, stack, home, endpoint }: Target): string {
  const where = home && `in ${home.region} (account ${home.account})`;
  return [path, stack && `of the stack ${stack}`, endpoint ? `at ${endpoint.origin}` : where]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** With a keeper, a verifier refreshes after this time at the latest, in seconds. */
const MAX_KEPT_REFRESH_SECONDS = 90;

/**
 * Finds the deployment by its stack. If the stack cannot be found, a given prefix is enough.
 *
 * @throws ArgumentError if there are several stacks, or none
 * @throws AwsFailure if the call to CloudFormation fails
 */
export async function findTarget(place: Place): Promise<Target> {
  const { path } = place;
  if (path === undefined || place.stack !== undefined)
    return targetOf(place, await findStack(place).catch((error) => failWithOtherWay(place, error)));
  try {
    return targetOf(place, await findStack(place));
  } catch (error) {
    if (place.local && error instanceof AwsFailure) failWithOtherWay(place, error);
    if (!(error instanceof AwsFailure || error instanceof NoSuchStack)) throw error;
    return {
      path,
      stack: undefined,
      home: undefined,
      endpoint: place.endpoint,
      hasKeeper: undefined,
      runKeeper: undefined,
      ownAddresses: [],
      refreshSeconds: DEFAULT_CONFIG_REFRESH_SECONDS,
      notes: [
        `The stack of ${path} is unknown, and so is its keeper. The refresh time is assumed to be the default, ${DEFAULT_CONFIG_REFRESH_SECONDS} seconds. ${error.message}`,
      ],
    };
  }
}

function failWithOtherWay(place: Place, error: unknown): never {
  if (!(error instanceof AwsFailure)) throw error;
  if (place.local) {
    const { detail, remedy } = noLocalStack(place, error);
    throw new CommandFailure(`There is no stack to work on: ${detail}. ${remedy}`, { cause: error });
  }
  throw new CommandFailure(`${error.message} Or give --path, the prefix of the parameters.`);
}

function targetOf(place: Place, stack: DeployedStack): Target {
  const { ConfigPath: path = '', ConfigRefreshSeconds, KeeperFunction: keeper } = stack.outputs;
  const seconds = Number(ConfigRefreshSeconds ?? DEFAULT_CONFIG_REFRESH_SECONDS);
  if (!(seconds > 0)) {
    throw new CommandFailure(
      `The output ConfigRefreshSeconds of the stack ${stack.name} is not a number of seconds: deploy the stack again.`,
    );
  }
  const hasKeeper = keeper !== undefined;
  const [, , , region = '', account = ''] = stack.id.split(':');
  return {
    path,
    stack: stack.name,
    home: { account, region },
    endpoint: place.endpoint,
    hasKeeper,
    runKeeper: hasKeeper ? () => runKeeper(place, keeper, stack) : undefined,
    ownAddresses: ownAddresses({ stack }),
    refreshSeconds: hasKeeper ? Math.min(seconds, MAX_KEPT_REFRESH_SECONDS) : seconds,
    notes: [],
  };
}
