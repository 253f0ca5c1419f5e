import type { Option } from '../option.ts';
import { flag, matching, wholeNumber } from '../parse.ts';

/** What an operator watches. */
export const OPERATIONS_OPTIONS = {
  dashboard: {
    description: 'A CloudWatch dashboard of the metrics',
    default: true,
    parse: flag,
  },
  alarms: {
    description: 'CloudWatch alarms, each with a link to its entry in the runbook',
    default: true,
    parse: flag,
  },
  alarmTopicArn: {
    description: 'SNS topic that the alarms notify, in the region of the stack',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'the ARN of an SNS topic that is not FIFO',
    ),
  },
  runbookUrl: {
    description:
      'Page with the runbook that the alarms link to, such as your copy of docs/runbook.md; by default they name that file',
    default: undefined,
    // An alarm's description has at most 1024 characters, and the text and the heading need half of them.
    parse: matching(/^https?:\/\/[^\s#]{1,500}$/, 'a URL of at most 500 characters, without a fragment'),
  },
  rejectionRatePercent: {
    description: 'Share of rejected requests that triggers the rejection alarm, in percent',
    default: 50,
    parse: wholeNumber(1, 100),
  },
  accessLogs: {
    description: "The load balancer's access logs in an S3 bucket, kept for 90 days",
    default: false,
    parse: flag,
  },
  kmsKeyArn: {
    description:
      'KMS key that encrypts the log groups and the snapshot bucket; its policy must let CloudWatch Logs use it. The shared secrets have their own key, and access logs cannot use one',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
      'the ARN of a KMS key with its id, not of an alias',
    ),
  },
  tracing: {
    description: 'AWS X-Ray traces of the function',
    default: false,
    parse: flag,
  },
} as const satisfies Record<string, Option>;
