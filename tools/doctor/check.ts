import type { Config } from '../../lambda/core/config/config.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import type { DeployedStack } from '../deployment/find-stack.ts';
import type { LoadBalancerDoor, StackResource } from './aws-reads.ts';
import type { World } from './world.ts';

/**
 * What a check has found. A finding that is not ok says what to do. `skipped` is for what could not be checked
 * or does not exist in this deployment, and says why.
 */
export type Finding =
  | { readonly status: 'ok'; readonly detail: string }
  | { readonly status: 'skipped'; readonly detail: string; readonly remedy?: string }
  | { readonly status: 'warning' | 'problem'; readonly detail: string; readonly remedy: string };

export type Status = Finding['status'];

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const warning = (detail: string, remedy: string): Finding => ({ status: 'warning', detail, remedy });
export const problem = (detail: string, remedy: string): Finding => ({ status: 'problem', detail, remedy });
export const skipped = (detail: string, remedy?: string): Finding => ({
  status: 'skipped',
  detail,
  ...(remedy !== undefined && { remedy }),
});

/** Facts that checks establish for later checks. */
export interface Facts {
  /** How far the clock of this machine is ahead of AWS's, in seconds. */
  readonly clockAhead: number;
  /** The identity of the credentials, which AWS has accepted. */
  readonly principal: string;
  readonly region: string;
  readonly stack: DeployedStack;
  readonly resources: readonly StackResource[];
  /** The listener that requests arrive at, and its load balancer. */
  readonly door: LoadBalancerDoor;
  /** Prefix of the parameters. */
  readonly path: string;
  readonly reading: Reading;
  readonly config: Config;
}

export type FactName = keyof Facts;

/** A fact as part of a sentence: "needs the stack". */
export const FACTS: Readonly<Record<FactName, string>> = {
  clockAhead: 'a response from AWS, which has the time',
  principal: 'credentials that AWS accepts',
  region: 'a region',
  stack: 'a deployed stack',
  resources: "the list of the stack's resources",
  door: 'the listener',
  path: 'the prefix of the parameters',
  reading: 'the parameters',
  config: 'parameters that are valid',
};

/** The result of a check. Facts may be known even if something is wrong. */
export interface Outcome {
  readonly findings: readonly [Finding, ...Finding[]];
  readonly facts?: Partial<Facts>;
  /** Why facts are missing, if that is not a fault. */
  readonly without?: Absences;
}

type Absences = { readonly [name in FactName]?: string };

/** One finding or several, and the facts for later checks. */
export function found(
  findings: Finding | readonly Finding[],
  facts: Partial<Facts> = {},
  without: Absences = {},
): Outcome {
  const [first = ok('nothing to say'), ...others] = [findings].flat();
  return { findings: [first, ...others], facts, without };
}

/** Where a check applies: a deployment in AWS, the stack of `npm start`, or both. */
type Scope = 'aws' | 'local' | 'everywhere';

export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  /** The title before its findings. */
  readonly title: string;
  /** What it looks at, for the documentation. */
  readonly about: string;
  /** The IAM actions of its calls. */
  readonly actions: readonly string[];
  readonly scope: Scope;
  /** Without these it cannot run, and is skipped. */
  readonly needs: readonly FactName[];
  /** It waits for these, but also runs without those that remain unknown. */
  readonly wants: readonly FactName[];
  readonly gives: readonly FactName[];
  readonly run: (facts: Partial<Facts>, world: World) => Promise<Outcome>;
}

interface Definition<N extends FactName, W extends FactName>
  extends Omit<Check, 'needs' | 'wants' | 'gives' | 'actions' | 'run'> {
  readonly needs?: readonly N[];
  readonly wants?: readonly W[];
  readonly gives?: readonly FactName[];
  readonly actions?: readonly string[];
  readonly run: (facts: Pick<Facts, N> & Partial<Pick<Facts, W>>, world: World) => Promise<Outcome> | Outcome;
}

/** Defines a check, which sees only the facts that it names. */
export function defineCheck<N extends FactName = never, W extends FactName = never>(
  definition: Definition<N, W>,
): Check {
  const { needs = [], wants = [], gives = [], actions = [], run, ...about } = definition;
  return {
    ...about,
    needs,
    wants,
    gives,
    actions,
    run: async (facts, world) => run(facts as Pick<Facts, N> & Partial<Pick<Facts, W>>, world),
  };
}
