import { Token } from 'aws-cdk-lib';
import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import { OPTIONS, type OptionName, type OptionValues } from './options.ts';
import type { Parse } from './parse.ts';
import { parseValue } from './parse-value.ts';

/** An option as it is given. */
export interface GivenOption {
  readonly name: string;
  readonly given: unknown;
  /** Where it is given: the beginning of a message about it. */
  readonly place: string;
  /** Why it must not be given there, if so. */
  readonly misplaced?: string;
}

export interface TakenOptions {
  /** An option that is not given has its default. A malformed one is kept as text, because it counts as given. */
  readonly values: OptionValues;
  readonly problems: readonly string[];
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** Parses options one by one; the later of two with the same name counts. Contradictions are for others to judge. */
export function takeOptions(options: readonly GivenOption[]): TakenOptions {
  const found: Record<string, unknown> = {};
  for (const [name, { default: fallback }] of Object.entries(OPTIONS)) found[name] = fallback;
  const problems = options.flatMap(({ name, given, place, misplaced }) => {
    if (misplaced !== undefined) return place + misplaced;
    if (!isOptionName(name)) {
      const near = nearestName(name, Object.keys(OPTIONS));
      const advice = near === undefined ? 'docs/options.md lists them' : `did you mean ${near}?`;
      return `${place}${name} is not an option; ${advice}`;
    }
    if (HANDED_ON.has(name) && isLate(given)) {
      found[name] = given;
      return [];
    }
    const parse: Parse<unknown> = OPTIONS[name].parse;
    const late = isLate(given);
    const parsed = late ? { expected: KNOWN_AT_SYNTH } : parseValue(parse, given);
    if (!('expected' in parsed)) {
      found[name] = parsed.value;
      return [];
    }
    // It counts as given, so that options which need it cause no further problem. It is kept as text: no check of
    // several options takes text for a number, an object or a list.
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    found[name] = parse.schema.anyOf === undefined ? text : [text];
    return `${place}${name} must be ${parsed.expected}${late ? (INSTEAD[name] ?? '') : `; it is ${JSON.stringify(given)}`}`;
  });
  return { values: found as unknown as OptionValues, problems };
}

/** Options that are passed on unread. An app may know their values only at deploy time, such as the ARN of its own key. */
const HANDED_ON: ReadonlySet<OptionName> = new Set([
  'adminCertificateArn',
  'alarmTopicArn',
  'certificateArn',
  'customerCertificateArn',
  'customerHostedZoneId',
  'customerWebAclArn',
  'functionRouteTableIds',
  'functionSecurityGroupId',
  'functionSubnetIds',
  'functionVpcId',
  'hostedZoneId',
  'kmsKeyArn',
  'oidcClientSecretArn',
  'sniCertificateArns',
  'webAclArn',
]);

/** What an option must be if resources or their names depend on it. */
const KNOWN_AT_SYNTH =
  'known when the app is synthesized; this is a CDK token, whose value only the deploy knows';

/** What to use instead of an option that cannot be a token. */
const INSTEAD: { readonly [name in OptionName]?: string } = {
  listenerArn: '. For a listener of your app, use VerifierTarget',
  loadBalancerArn: '. For a load balancer of your app, use VerifierTarget',
};

/** Whether the value, or part of it, is a CDK token, which command lines and files never have. */
function isLate(given: unknown): boolean {
  return Token.isUnresolved(given) || (Array.isArray(given) && given.some(isLate));
}
