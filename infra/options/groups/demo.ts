import type { Option } from '../option.ts';
import { flag, matching, oneOf } from '../parse.ts';

/** What a fresh account needs to try everything out. */
export const DEMO_OPTIONS = {
  demoApi: {
    description:
      'A demo API in API Gateway to try the authorizer with: `http` or `rest`; needs `authorizer=true`',
    default: undefined,
    parse: oneOf('http', 'rest'),
  },
  cognito: {
    description:
      'A Cognito user pool with a machine client as the initial issuer, so that a fresh account can issue tokens',
    default: false,
    parse: flag,
  },
  cognitoDomainPrefix: {
    description:
      "First label of the host name that issues those tokens; by default made from the stack's name and the account",
    default: undefined,
    parse: matching(
      /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'at most 63 lower-case letters, digits and inner hyphens, without "aws", "amazon" and "cognito"',
    ),
  },
} as const satisfies Record<string, Option>;
