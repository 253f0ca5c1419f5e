export const VPC_ID = 'vpc-0123456789abcdef0';

export const SIGNED_IN = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };

type Kind = 'Public' | 'Private' | 'Isolated';

/** A tier of a VPC: `[name, kind, ...[zone, third byte of its range]]`. */
export type Tier = readonly [
  name: string,
  kind: Kind,
  ...subnets: (readonly [zone: string, third: number])[],
];

/** Context with which the app finds a VPC of these tiers, as the CDK CLI leaves it after a lookup. */
export function lookedUp(...tiers: readonly Tier[]): Record<string, unknown> {
  const key = `vpc-provider:account=${SIGNED_IN.CDK_DEFAULT_ACCOUNT}:filter.vpc-id=${VPC_ID}:region=${SIGNED_IN.CDK_DEFAULT_REGION}:returnAsymmetricSubnets=true`;
  return {
    vpcId: VPC_ID,
    [key]: {
      vpcId: VPC_ID,
      vpcCidrBlock: '10.9.0.0/16',
      availabilityZones: [],
      subnetGroups: tiers.map(([name, type, ...subnets]) => ({
        name,
        type,
        subnets: subnets.map(([zone, third]) => ({
          subnetId: subnetIdOf(third),
          cidr: `10.9.${third}.0/24`,
          availabilityZone: `eu-west-1${zone}`,
          routeTableId: 'rtb-0123456789abcdef0',
        })),
      })),
    },
  };
}

/** The id of the subnet with this third byte in its range. */
export const subnetIdOf = (third: number): string => `subnet-${third.toString(16).padStart(8, '0')}`;
