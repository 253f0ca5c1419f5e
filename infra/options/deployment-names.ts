import { DEFAULT_CONFIG_PATH, DEFAULT_SERVICE } from '../../lambda/contract.ts';
import { DEPLOYMENT_OPTIONS } from './groups/deployment.ts';
import type { OptionValues } from './options.ts';

/** The description of every stack of this app, which identifies one that has no outputs yet. */
export const STACK_DESCRIPTION = 'JWT verification behind an Application Load Balancer';

/** Names that differ between stacks, so that two of them in one account and region share nothing. */
export interface DeploymentNames {
  readonly configPath: string;
  /** Dimension `service` of the metrics. */
  readonly service: string;
}

type Given = Pick<OptionValues, 'stackName' | 'configPath'>;

/** The contract's names for the default stack name; otherwise names made from the stack's. */
export function deploymentNames({ stackName, configPath }: Given): DeploymentNames {
  const isDefault = stackName === DEPLOYMENT_OPTIONS.stackName.default;
  return {
    configPath: configPath ?? (isDefault ? DEFAULT_CONFIG_PATH : `/${stackName}`),
    service: isDefault ? DEFAULT_SERVICE : stackName,
  };
}

/** Problems of names that are made from the stack's. A malformed stack name is reported elsewhere. */
export function nameProblems(given: Given): readonly string[] {
  const { stackName, configPath } = given;
  const { stackName: option, configPath: pathOption } = DEPLOYMENT_OPTIONS;
  if ('expected' in option.parse(stackName)) return [];
  const problems: string[] = [];
  if (stackName === DEFAULT_SERVICE) {
    problems.push(
      `stackName ${stackName} would share parameters and metrics with the stack ${option.default}; choose another`,
    );
  }
  if (configPath === undefined && 'expected' in pathOption.parse(deploymentNames(given).configPath)) {
    problems.push(
      `stackName ${stackName} cannot double as the configPath, because SSM reserves names that begin with "aws" or "ssm"; set configPath`,
    );
  }
  return problems;
}
