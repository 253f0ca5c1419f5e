import { parseRange } from '../address-range.ts';
import type { Option } from '../option.ts';
import { commaSeparated, flag, matching, parser } from '../parse.ts';

const VPC_RANGE = /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-3])$/;

/** A subnet gets a sixteenth of the VPC, and a load balancer needs at least a /27. */
const vpcRange = parser<string>({ type: 'string', pattern: VPC_RANGE.source }, (text) =>
  VPC_RANGE.test(text) && parseRange(text) !== undefined
    ? { value: text }
    : { expected: 'an IPv4 range from /16 to /23, written with its first address, such as 10.20.0.0/16' },
);

/** The VPC of the load balancer, its subnets there, and who may call from where. */
export const NETWORK_OPTIONS = {
  vpcId: {
    description:
      'An existing VPC to put the load balancer in, instead of a new one; needs AWS credentials at synth. The synth prints which of its subnets it chooses, one per zone',
    default: undefined,
    parse: matching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as vpc-0123456789abcdef0'),
  },
  subnetIds: {
    description:
      'Subnets of that VPC for the load balancer, one per zone and at least two, separated by commas, if the synth should not choose them',
    default: undefined,
    parse: commaSeparated(
      /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
      'two or more subnet ids such as subnet-0123456789abcdef0, separated by commas',
      { atLeast: 2 },
    ),
  },
  zones: {
    description:
      'Availability zones of the load balancer, at least two, separated by commas; by default the first two of the region, or all in which an existing VPC has subnets',
    default: undefined,
    parse: commaSeparated(
      /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
      'two or more availability zones such as eu-west-1a, separated by commas',
      { atLeast: 2 },
    ),
  },
  vpcCidr: {
    description: 'IPv4 range of a new VPC',
    default: '10.0.0.0/16',
    parse: vpcRange,
  },
  internal: {
    description: 'A load balancer without a public address; by default only its own VPC can call it',
    default: false,
    parse: flag,
  },
  allowedCidrs: {
    description:
      'Who may call an internal load balancer instead of its VPC: IPv4 and IPv6 ranges and prefix lists, separated by commas, such as those of a peered VPC or a VPN',
    default: undefined,
    parse: commaSeparated(
      /^(pl-([0-9a-f]{8}|[0-9a-f]{17})|[0-9a-f.:]+\/\d{1,3})$/,
      'ranges written with their first address, such as 10.20.0.0/16 or 2001:db8::/56, and ids of prefix lists, separated by commas',
      {
        accepts: (entry) => entry.startsWith('pl-') || parseRange(entry) !== undefined,
        // EC2 rejects a second rule for the same range, however it is written.
        meaning: (entry) => {
          const range = parseRange(entry);
          return range === undefined ? entry : `${range.version} ${range.first}/${range.prefix}`;
        },
      },
    ),
  },
} as const satisfies Record<string, Option>;
