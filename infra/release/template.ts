import { isEntry } from '../bundle/entries.ts';
import type { OptionName } from '../options/options.ts';
import {
  conditioned,
  conditionsIn,
  type Json,
  type Sections,
  type TemplateEntry,
  type Variant,
} from './conditions.ts';
import {
  type Insertions,
  inserted,
  insertionsOf,
  joinOf,
  LOAD_BALANCER_DIGITS,
  STACK_DIGITS,
} from './insertions.ts';
import { type Offered, offered, parameterName, STACK_NAME } from './offered-options.ts';
import { type ParameterEntry, parameterEntry } from './parameter-entry.ts';
import type { Conditions, Release } from './release.ts';
import { RELEASE_SHAPES, type ReleaseShape, type ReleaseShapeName } from './release-shapes.ts';
import { versionsDescribed } from './versions.ts';
import { wholeNumberPattern } from './whole-numbers.ts';

/** A CloudFormation template. */
export interface ReleaseTemplate extends Sections {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Metadata: Readonly<Record<string, Json>>;
  readonly Parameters: Readonly<Record<string, ParameterEntry>>;
  readonly Rules: Readonly<Record<string, Json>>;
  readonly Conditions: Readonly<Record<string, Json>>;
}

type Synthesize = (context: Readonly<Record<string, string>>) => Sections;

/**
 * The template of a shape. It is the app's stack, synthesized with markers as option values; parameters then replace the markers.
 * Whatever differs between the stack with an option and the stack without it depends on a condition.
 */
export function releaseTemplate(
  name: ReleaseShapeName,
  release: Release,
  synthesize: Synthesize,
): ReleaseTemplate {
  const shape: ReleaseShape = RELEASE_SHAPES[name];
  const switches = shape.switches.map(offered);
  const options = [...shape.values.map(offered), ...switches];
  const everything = contextOf(shape, options);
  const all = synthesize(everything);
  const insertions = withNames(insertionsOf(options), all, shape);
  const taken = (sections: Sections) => inserted(stable(sections), insertions) as unknown as Sections;
  const variants: Variant[] = switches.map(({ option, along = [] }) => ({
    condition: conditionOf(offered(option)),
    without: taken(synthesize(without(everything, option, along))),
  }));
  const merged = conditioned(taken(all), variants);
  const conditions = conditionsOf(switches);
  const Resources = versionsDescribed(released(merged.Resources, release), release, conditions);
  const used = JSON.stringify([Resources, merged.Outputs]);
  const Parameters = parametersOf(shape, options, used);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `JWT verification behind an Application Load Balancer: ${shape.title} (alb-jwt-authorizer ${release.version})`,
    Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: groupsOf(options, Parameters) } },
    Parameters,
    Rules: rulesOf(options, shape),
    Conditions: usedConditions(conditions, used),
    Resources,
    Outputs: {
      ...merged.Outputs,
      Release: { Description: 'The release that this template belongs to', Value: release.version },
    },
  };
}

/** The app's context, with a marker for each of these options. */
function contextOf({ settled }: ReleaseShape, options: readonly Offered[]): Record<string, string> {
  const markers = options.map(({ option, marker }) => [option, String(marker)]);
  return { stackName: STACK_NAME, ...(settled as Record<string, string>), ...Object.fromEntries(markers) };
}

/** The context without an option: left out, or false. */
function without(
  context: Readonly<Record<string, string>>,
  option: OptionName,
  along: readonly OptionName[],
): Record<string, string> {
  const { marker } = offered(option);
  const gone = new Set<string>([option, ...along]);
  const rest = Object.fromEntries(Object.entries(context).filter(([name]) => !gone.has(name)));
  if (option === 'authorizer') delete rest.httpApiResponse;
  return typeof marker === 'boolean' ? { ...rest, [option]: 'false' } : rest;
}

const VERSION_ID = /(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g;

/** The template with logical ids of versions that do not depend on the function's contents, and without the CDK's metadata. */
function stable({ Resources, Outputs }: Sections): Sections {
  const kept = JSON.parse(JSON.stringify({ Resources, Outputs }).replace(VERSION_ID, '$1'));
  for (const resource of Object.values<Record<string, unknown>>(kept.Resources)) {
    // An inline policy's name only has to be unique within its role, and the stack's name could make it too long.
    const { PolicyName, ...properties } = resource.Properties as { readonly PolicyName?: string };
    if (PolicyName !== undefined) {
      resource.Properties = { ...properties, PolicyName: PolicyName.replaceAll(STACK_NAME, '') };
    }
    const metadata = Object.entries(resource.Metadata ?? {}).filter(([name]) => !name.startsWith('aws:cdk:'));
    delete resource.Metadata;
    if (metadata.length > 0) resource.Metadata = Object.fromEntries(metadata);
  }
  return kept;
}

/** Adds replacements for the names that the CDK derives from the stack's name: they must follow the name of the stack that is created. */
function withNames(insertions: Insertions, { Resources }: Sections, { values }: ReleaseShape): Insertions {
  const given = (['listenerArn', 'loadBalancerArn'] as const).find((option) => values.includes(option));
  const names = Object.values(Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::ElasticLoadBalancingV2::TargetGroup') return [];
    const { Name } = Properties as { readonly Name: string };
    // A target group cannot move to another load balancer, so another load balancer gets another target group.
    const suffix = given === undefined ? Name.slice(-8) : LOAD_BALANCER_DIGITS(parameterName(offered(given)));
    return [{ marker: Name, value: { 'Fn::Join': ['-', [STACK_DIGITS, suffix]] } }];
  });
  return { ...insertions, texts: [...names, ...insertions.texts] };
}

/** Points the functions to their code in the bucket, and adds the release to their descriptions, so that each release publishes a new version. */
function released(
  resources: Sections['Resources'],
  { version, code }: Release,
): Record<string, TemplateEntry> {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      if (resource.Type !== 'AWS::Lambda::Function') return [id, resource];
      const { Code, Description, ...properties } = resource.Properties as {
        readonly Code: { readonly ZipFile: string };
        readonly Description: string;
      };
      const entry = Code.ZipFile;
      if (!isEntry(entry)) throw new Error(`The code of ${id} is not a bundle: ${entry}`);
      const Properties = {
        ...properties,
        Code: { S3Bucket: { Ref: 'CodeBucket' }, S3Key: joinOf([{ Ref: 'CodePrefix' }, code[entry].name]) },
        Description: `${Description} (release ${version})`,
      };
      return [id, { ...resource, Properties }];
    }),
  );
}

const conditionOf = (of: Offered): string =>
  `${typeof of.marker === 'boolean' ? 'Is' : 'Has'}${parameterName(of)}`;

function conditionsOf(switches: readonly Offered[]): Conditions {
  return Object.fromEntries(
    switches.map((one) => {
      const parameter = parameterName(one);
      const isFlag = typeof one.marker === 'boolean';
      const says = isFlag ? { 'Fn::Equals': [{ Ref: parameter }, 'true'] } : isGiven(parameter);
      return [conditionOf(one), { parameter, says }];
    }),
  );
}

const isGiven = (parameter: string): Json => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }] });

/** The basic conditions, and the combined and negated ones that are used. */
function usedConditions(conditions: Conditions, used: string): Record<string, Json> {
  const made = [...used.matchAll(/"((?:No)?(?:Has|Is)\w+)"/g)]
    .map(([, name = '']) => name)
    .filter((name) => !(name in conditions) && conditionsIn(name).every((part) => part in conditions))
    .map((name) => {
      const parts = conditionsIn(name).map((part) => ({ Condition: part }));
      return [name, name.startsWith('No') ? { 'Fn::Not': parts } : { 'Fn::And': parts }];
    });
  const own = Object.entries(conditions).map(([name, { says }]) => [name, says]);
  return Object.fromEntries([...own, ...made]);
}

const CODE: Readonly<Record<string, ParameterEntry>> = {
  CodeBucket: {
    Type: 'String',
    Description: "S3 bucket with the release's zips, in the region of the stack",
    AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    ConstraintDescription: 'must be the name of a bucket',
  },
  CodePrefix: {
    Type: 'String',
    Default: '',
    Description: 'Prefix of the keys of the zips in that bucket, such as alb-jwt-authorizer/',
    AllowedPattern: "^$|^[A-Za-z0-9!_.*'()-][A-Za-z0-9/!_.*'()-]{0,800}$",
    ConstraintDescription: 'must be empty, or a key prefix that does not begin with a slash',
  },
};

const OCTET = wholeNumberPattern(0, 255).slice(1, -1);

const VPC_CIDR: ParameterEntry = {
  Type: 'String',
  Description: 'IPv4 range of that VPC. The load balancer accepts calls from this range',
  AllowedPattern: `^(${OCTET}\\.){3}${OCTET}/(1[6-9]|2[0-8])$`,
  ConstraintDescription: 'must be an IPv4 range such as 10.20.0.0/16',
};

function parametersOf(
  { defaults = {}, switches }: ReleaseShape,
  options: readonly Offered[],
  used: string,
): Record<string, ParameterEntry> {
  const entries = options.flatMap((one): [string, ParameterEntry][] => {
    const isSwitch =
      switches.includes(one.option) || options.some(({ along = [] }) => along.includes(one.option));
    const entry = parameterEntry(one, { isSwitch, fallback: defaults[one.option] });
    const name = parameterName(one);
    return one.option === 'subnetIds' && used.includes('{"Ref":"VpcCidr"}')
      ? [
          [name, entry],
          ['VpcCidr', VPC_CIDR],
        ]
      : [[name, entry]];
  });
  return { ...(used.includes('"CodeBucket"') ? CODE : {}), ...Object.fromEntries(entries) };
}

function groupsOf(options: readonly Offered[], parameters: Readonly<Record<string, ParameterEntry>>): Json {
  const groups = new Map<string, string[]>();
  const groupOf = (name: string) => options.find((one) => parameterName(one) === name)?.group;
  for (const name of Object.keys(parameters)) {
    const label = name in CODE ? 'Code' : (groupOf(name) ?? groupOf('VpcId') ?? '');
    groups.set(label, [...(groups.get(label) ?? []), name]);
  }
  return [...groups].map(([label, Parameters]) => ({ Label: { default: label }, Parameters }));
}

/** Rules about several parameters, which CloudFormation checks before it creates anything. */
function rulesOf(options: readonly Offered[], { values }: ReleaseShape): Record<string, Json> {
  const together = options.flatMap((one) =>
    (one.along ?? []).flatMap((other) => {
      const [a, b] = [parameterName(one), parameterName(offered(other))];
      return [needs(a, b), needs(b, a)];
    }),
  );
  return {
    ...Object.fromEntries(together),
    ...(values.includes('subnetIds') ? { SubnetIdsAreOfVpcId: OF_THE_VPC } : {}),
  };
}

const needs = (given: string, needed: string): [string, Json] => [
  `${given}Needs${needed}`,
  {
    RuleCondition: isGiven(given),
    Assertions: [{ Assert: isGiven(needed), AssertDescription: `${given} needs ${needed}` }],
  },
];

const OF_THE_VPC = {
  Assertions: [
    {
      Assert: {
        'Fn::EachMemberIn': [
          { 'Fn::ValueOfAll': ['AWS::EC2::Subnet::Id', 'VpcId'] },
          { 'Fn::RefAll': 'AWS::EC2::VPC::Id' },
        ],
      },
      AssertDescription: 'SubnetIds must be subnets of the VPC that VpcId names',
    },
  ],
};
