import { DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_REFRESH_SECONDS } from '../../../lambda/contract.ts';
import type { Option } from '../option.ts';
import { flag, matching, parameterPath, wholeNumber } from '../parse.ts';

/** The stack and its configuration. */
export const DEPLOYMENT_OPTIONS = {
  stage: {
    description:
      'Reads the options from `stages/NAME.json`, whose JSON Schema is in [`schema/`](../schema/stage.schema.json)',
    default: undefined,
    parse: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'the name of a file in stages/, without .json'),
  },
  stackName: {
    description:
      'Name of the CloudFormation stack; its parameters and metrics use this name, too, unless it is the default',
    default: 'AlbJwtAuthorizer',
    parse: matching(
      /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
      'a letter, then at most 127 letters, digits and hyphens',
    ),
  },
  configPath: {
    description: `Prefix of the SSM parameters; by default \`${DEFAULT_CONFIG_PATH}\`, or \`/STACKNAME\` if the stack has another name`,
    default: undefined,
    parse: parameterPath,
  },
  configRefreshSeconds: {
    description: 'How old the configuration may get before the function refreshes it, in seconds',
    default: DEFAULT_CONFIG_REFRESH_SECONDS,
    parse: wholeNumber(1, 3600),
  },
  keeper: {
    description:
      'One function that reads the parameters and key sets for all verifiers, whenever a parameter changes and every minute; without it each execution environment reads them itself',
    default: true,
    parse: flag,
  },
  sharedSecrets: {
    description:
      'Keys and secrets that all verifiers share; the keeper makes and rotates them, in a bucket that has its own KMS key',
    default: false,
    parse: flag,
  },
  policy: {
    description:
      'File with the initial value of the policy parameter; a deploy never changes an existing one',
    default: undefined,
    parse: matching(/\S/, 'the name of a file'),
  },
} as const satisfies Record<string, Option>;
