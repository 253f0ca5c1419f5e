import { GRADUAL_NAMES } from '../gradual-names.ts';
import type { Option } from '../option.ts';
import { fraction, oneOf, retentionDays, wholeNumber } from '../parse.ts';

/** The function. */
export const FUNCTION_OPTIONS = {
  memorySize: {
    // The function mostly waits for its upstream and is billed for that time by its memory; verifying takes
    // a fraction of a millisecond even on the third of a vCPU that comes with this much.
    description: 'Memory of the function in MB; its share of a vCPU grows with it',
    default: 512,
    parse: wholeNumber(128, 10_240),
  },
  timeoutSeconds: {
    // Below the 60 s after which the load balancer gives up, so that the caller gets the function's 504.
    description: 'Time limit for one request in seconds, including the wait for the upstream',
    default: 30,
    parse: wholeNumber(3, 900),
  },
  deployment: {
    description: `How a new version takes over the requests: \`allAtOnce\`, or gradually through CodeDeploy, which rolls back if an alarm goes off meanwhile: ${GRADUAL_NAMES.map((name) => `\`${name}\``).join(', ')}`,
    default: 'allAtOnce',
    parse: oneOf('allAtOnce', ...GRADUAL_NAMES),
  },
  reservedConcurrency: {
    // An account may have only 10, and Lambda keeps some of them unreserved: no default suits everybody.
    description: 'Concurrency reserved for the function, which is also its limit: requests beyond it get 502',
    default: undefined,
    parse: wholeNumber(1, 100_000),
  },
  logRetentionDays: {
    description: 'How long the log group keeps its events, in days',
    default: 30,
    parse: retentionDays,
  },
  logLevel: {
    description: 'Lowest level that the function logs',
    default: 'INFO',
    parse: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'),
  },
  allowedLogRate: {
    description:
      'Share of the allowed requests that are logged, from 0 to 1; requests with any other outcome are always logged',
    default: 1,
    parse: fraction,
  },
} as const satisfies Record<string, Option>;
