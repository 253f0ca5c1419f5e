import { DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_REFRESH_SECONDS } from '../../../lambda/contract.ts';
import type { Option } from '../option.ts';
import { matching, parameterPath, wholeNumber } from '../parse.ts';

/** The stack and its configuration. */
export const DEPLOYMENT_OPTIONS = {
  stackName: {
    description: 'Name of the CloudFormation stack',
    default: 'AlbJwtAuthorizer',
    parse: matching(
      /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
      'a letter, then at most 127 letters, digits and hyphens',
    ),
  },
  configPath: {
    description: 'Prefix of the SSM parameters',
    default: DEFAULT_CONFIG_PATH,
    parse: parameterPath,
  },
  configRefreshSeconds: {
    description: 'How old the function lets its configuration get, in seconds',
    default: DEFAULT_CONFIG_REFRESH_SECONDS,
    parse: wholeNumber(1, 3600),
  },
  policy: {
    description:
      'File whose JSON becomes the value of the policy parameter; a deploy after it has changed overwrites edits by hand',
    default: undefined,
    parse: matching(/\S/, 'the name of a file'),
  },
} as const satisfies Record<string, Option>;
