import { DEFAULT_CONFIG_REFRESH_SECONDS } from '../../lambda/contract.ts';
import type { KeeperAnswer } from '../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../arguments.ts';
import { AwsFailure } from '../aws-call.ts';
import { type DeployedStack, findStack, NoSuchStack } from '../deployment/find-stack.ts';
import type { Place } from '../deployment/place.ts';
import { runKeeper } from '../deployment/run-keeper.ts';

/** The deployment that a command changes, as far as it can be found. */
export interface Target {
  /** Prefix of the parameters. */
  readonly path: string;
  readonly stack: string | undefined;
  /** Whether a keeper reads the parameters for the verifiers; undefined where that is not known. */
  readonly hasKeeper: boolean | undefined;
  /** Runs the keeper once; undefined where there is none, or none is known. */
  readonly runKeeper: (() => Promise<KeeperAnswer>) | undefined;
  /** How old the configuration of a verifier may get, in seconds. */
  readonly refreshSeconds: number;
  /** What could not be found out, and what that means. */
  readonly notes: readonly string[];
}

/** With a keeper, verifiers refresh at least this often, in seconds. */
const MAX_KEPT_REFRESH_SECONDS = 90;

/**
 * Finds the deployment by its stack. A prefix that is given is enough where the stack cannot be found.
 *
 * @throws ArgumentError where there are several, or none
 * @throws AwsFailure where CloudFormation cannot be asked
 */
export async function findTarget(place: Place): Promise<Target> {
  const { path } = place;
  if (path === undefined || place.stack !== undefined)
    return targetOf(place, await findStack(place).catch(withOtherWay));
  try {
    return targetOf(place, await findStack(place));
  } catch (error) {
    if (!(error instanceof AwsFailure || error instanceof NoSuchStack)) throw error;
    return {
      path,
      stack: undefined,
      hasKeeper: undefined,
      runKeeper: undefined,
      refreshSeconds: DEFAULT_CONFIG_REFRESH_SECONDS,
      notes: [
        `The stack of ${path} is not known, so neither is its keeper, and ${DEFAULT_CONFIG_REFRESH_SECONDS} seconds, the default, count as its refresh time. ${error.message}`,
      ],
    };
  }
}

function withOtherWay(error: unknown): never {
  if (!(error instanceof AwsFailure)) throw error;
  throw new CommandFailure(`${error.message} Or give --path, the prefix of the parameters.`);
}

function targetOf(place: Place, stack: DeployedStack): Target {
  const { ConfigPath: path = '', ConfigRefreshSeconds, KeeperFunction: keeper } = stack.outputs;
  const seconds = Number(ConfigRefreshSeconds ?? DEFAULT_CONFIG_REFRESH_SECONDS);
  if (!(seconds > 0)) {
    throw new CommandFailure(
      `The stack ${stack.name} has no time as its output ConfigRefreshSeconds: deploy it again.`,
    );
  }
  const hasKeeper = keeper !== undefined;
  return {
    path,
    stack: stack.name,
    hasKeeper,
    runKeeper: hasKeeper ? () => runKeeper(place, keeper, stack) : undefined,
    refreshSeconds: hasKeeper ? Math.min(seconds, MAX_KEPT_REFRESH_SECONDS) : seconds,
    notes: [],
  };
}
