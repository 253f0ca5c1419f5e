import { parseNativeClaims } from '../native-claims.ts';
import type { Option } from '../option.ts';
import { flag, matching } from '../parse.ts';

/** The load balancer takes at most 256 characters. */
const httpsUrl = matching(
  /^(?=.{1,256}$)https:\/\/[^\s/?#]+[^\s#]*$/,
  'an https URL of at most 256 characters',
);

/** Verification by the load balancer itself. */
export const NATIVE_OPTIONS = {
  nativePreFilter: {
    description:
      "The load balancer's own JWT verification in front of the function, so that a flood of bad tokens causes no invocations; HTTPS only",
    default: false,
    parse: flag,
  },
  nativeOnly: {
    description:
      "The load balancer's own JWT verification instead of the function; requests go straight to `upstreamTargetGroupArn`; HTTPS only",
    default: false,
    parse: flag,
  },
  upstreamTargetGroupArn: {
    description: 'Target group that nativeOnly forwards to',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}$/,
      'the ARN of a target group',
    ),
  },
  nativeIssuer: {
    description: 'Exact "iss" for native verification',
    default: undefined,
    parse: httpsUrl,
  },
  nativeJwksUri: {
    description: 'Key set URL for native verification: public, at most 150 KB and 10 keys',
    default: undefined,
    parse: httpsUrl,
  },
  nativeAudience: {
    description: 'The only "aud" that native verification accepts',
    default: undefined,
    parse: matching(/^\S{1,256}$/, 'at most 256 characters without spaces'),
  },
  nativeScope: {
    description: 'A scope that native verification requires of every token',
    default: undefined,
    parse: matching(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'a single scope'),
  },
  nativeClaims: {
    description:
      'Further claims that native verification requires, a JSON list of {"name", "format", "values"}; at most 10, including audience and scope',
    default: undefined,
    parse: parseNativeClaims,
  },
} as const satisfies Record<string, Option>;
