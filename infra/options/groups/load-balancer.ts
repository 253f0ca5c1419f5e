import type { Option } from '../option.ts';
import { flag, matching, wholeNumber } from '../parse.ts';

/** The load balancer and its rule. */
export const LOAD_BALANCER_OPTIONS = {
  vpcId: {
    description:
      'An existing VPC to put the load balancer in, instead of a new one; needs AWS credentials at synth',
    default: undefined,
    parse: matching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as vpc-0123456789abcdef0'),
  },
  internal: {
    description: 'A load balancer that only its own VPC can reach',
    default: false,
    parse: flag,
  },
  certificateArn: {
    description: 'Certificate of an HTTPS listener on 443; port 80 then redirects there',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:(acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+|iam::\d{12}:server-certificate\/[\w+=,.@/-]+)$/,
      'the ARN of a certificate in ACM or IAM',
    ),
  },
  rulePriority: {
    description: 'Priority of the listener rule for /api/*',
    default: 10,
    parse: wholeNumber(1, 50_000),
  },
} as const satisfies Record<string, Option>;
