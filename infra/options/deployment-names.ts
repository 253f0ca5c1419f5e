import { DEFAULT_CONFIG_PATH, DEFAULT_SERVICE } from '../../lambda/contract.ts';
import { DEPLOYMENT_OPTIONS } from './groups/deployment.ts';
import type { OptionValues } from './options.ts';

/** What is a deployment's own, so that two stacks in one account and region share nothing. */
export interface DeploymentNames {
  readonly configPath: string;
  /** Dimension `service` of the metrics. */
  readonly service: string;
}

type Given = Pick<OptionValues, 'stackName' | 'configPath'>;

/** The names of a deployment: the contract's under the default stack name, else the stack's. */
export function deploymentNames({ stackName, configPath }: Given): DeploymentNames {
  const isDefault = stackName === DEPLOYMENT_OPTIONS.stackName.default;
  return {
    configPath: configPath ?? (isDefault ? DEFAULT_CONFIG_PATH : `/${stackName}`),
    service: isDefault ? DEFAULT_SERVICE : stackName,
  };
}

/** What is wrong with a stack's name as the source of others. A malformed one is a problem of its own already. */
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
      `stackName ${stackName} cannot be the configPath as well, for SSM keeps names that begin with "aws" or "ssm"; give configPath`,
    );
  }
  return problems;
}
