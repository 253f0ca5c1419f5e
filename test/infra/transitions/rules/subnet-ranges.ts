import type { Rule } from '../finding.ts';
import { propertyOf, type Resource } from '../template.ts';

const SUBNET = 'AWS::EC2::Subnet';

/** The ranges of a VPC's subnets must not overlap, and subnets that will be removed still exist when others are created. */
export const subnetRangesAreDisjoint: Rule = ({ changes, identityOf }) => {
  const old = changes.flatMap((change) =>
    change.kind === 'created' || change.before.Type !== SUBNET
      ? []
      : [
          {
            id: change.id,
            vpc: identityOf('before', propertyOf(change.before, 'VpcId')),
            range: rangeOf(change.before),
          },
        ],
  );
  return changes.flatMap((change) => {
    if ((change.kind !== 'created' && change.kind !== 'replaced') || change.after.Type !== SUBNET) return [];
    const vpc = identityOf('after', propertyOf(change.after, 'VpcId'));
    const range = rangeOf(change.after);
    return old
      .filter((subnet) => subnet.vpc === vpc && overlap(subnet.range, range))
      .map((subnet) => ({
        kind: 'fails' as const,
        id: change.id,
        type: SUBNET,
        text: `is created with a range that ${subnet.id} still has`,
      }));
  });
};

type Range = readonly [first: number, last: number];

function rangeOf(subnet: Resource): Range {
  const block = String(propertyOf(subnet, 'CidrBlock'));
  const [, address, length] = /^((?:\d+\.){3}\d+)\/(\d+)$/.exec(block) ?? [];
  if (address === undefined) throw new Error(`${block} is not the CIDR block of a subnet`);
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(length)) - 1];
}

function overlap([first, last]: Range, [otherFirst, otherLast]: Range): boolean {
  return first <= otherLast && otherFirst <= last;
}
