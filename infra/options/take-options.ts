import { Token } from 'aws-cdk-lib';
import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import { OPTIONS, type OptionName, type OptionValues } from './options.ts';
import type { Parse } from './parse.ts';
import { parseValue } from './parse-value.ts';

/** An option as it is given. */
export interface GivenOption {
  readonly name: string;
  readonly given: unknown;
  /** Where it is given, as the beginning of a message about it. */
  readonly place: string;
  /** Why it must not be given there at all, if that is so. */
  readonly misplaced?: string;
}

export interface TakenOptions {
  /** The default of what is not given. What is malformed is in there as text: it was meant to be given. */
  readonly values: OptionValues;
  readonly problems: readonly string[];
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** Parses options one by one; of two of a name the later counts. What they say together is for others to judge. */
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
    // It was meant to be given, so whatever needs it is no problem of its own. As text, whatever it is: no check of
    // options together takes text for a number, an object or a list.
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    found[name] = parse.schema.anyOf === undefined ? text : [text];
    return `${place}${name} must be ${parsed.expected}${late ? (INSTEAD[name] ?? '') : `; it is ${JSON.stringify(given)}`}`;
  });
  return { values: found as unknown as OptionValues, problems };
}

/** Options that are handed on as they are. An app may know them only once it is deployed, such as the ARN of its own key. */
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

/** What an option must be that says which resources there are, or what they are called. */
const KNOWN_AT_SYNTH =
  'known when the app is synthesized; this is a CDK token, whose value only the deploy knows';

/** What takes the token of an option that cannot be one. */
const INSTEAD: { readonly [name in OptionName]?: string } = {
  listenerArn: '. For a listener of your app, take VerifierTarget',
  loadBalancerArn: '. For a load balancer of your app, take VerifierTarget',
};

/** Whether CDK has a token in place of a value or a part of it, which command lines and files never have. */
function isLate(given: unknown): boolean {
  return Token.isUnresolved(given) || (Array.isArray(given) && given.some(isLate));
}
