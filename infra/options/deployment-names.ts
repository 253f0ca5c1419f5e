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

/** What is wrong with a stack's name as the source of others. */
export function nameProblems(given: Given): readonly string[] {
  const { stackName } = given;
  const parsed = DEPLOYMENT_OPTIONS.configPath.parse(deploymentNames(given).configPath);
  return [
    ...(stackName === DEFAULT_SERVICE
      ? [
          `stackName ${stackName} would share metrics and parameters with the stack ${DEPLOYMENT_OPTIONS.stackName.default}; choose another`,
        ]
      : []),
    // A malformed one that was given is a problem of its own already.
    ...(given.configPath === undefined && 'expected' in parsed
      ? [
          `stackName ${stackName} gives no configPath, for SSM keeps names that begin with "aws" or "ssm"; give configPath`,
        ]
      : []),
  ];
}
