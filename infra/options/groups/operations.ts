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
    description: 'CloudWatch alarms, each naming its entry of docs/runbook.md',
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
  rejectionRatePercent: {
    description: 'Share of the requests from which on the rejection alarm is raised, in percent',
    default: 50,
    parse: wholeNumber(1, 100),
  },
  accessLogs: {
    description: "The load balancer's access logs in an S3 bucket, kept for 90 days",
    default: false,
    parse: flag,
  },
  tracing: {
    description: 'AWS X-Ray traces of the function',
    default: false,
    parse: flag,
  },
} as const satisfies Record<string, Option>;
