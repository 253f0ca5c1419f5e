import type { Option } from '../option.ts';
import { flag, matching, oneOf } from '../parse.ts';

/** What a fresh account lacks to try everything. */
export const DEMO_OPTIONS = {
  demoApi: {
    description: 'An API of API Gateway to try the authorizer with: http or rest; needs authorizer=true',
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
    description: 'First label of the host that issues those tokens; made of stack and account by default',
    default: undefined,
    parse: matching(
      /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'at most 63 lower-case letters, digits and inner hyphens, without "aws", "amazon" and "cognito"',
    ),
  },
} as const satisfies Record<string, Option>;
