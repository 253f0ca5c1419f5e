import { type Offered, parameterName, PATH, PLACE, STACK_NAME, VPC_RANGE } from './offered-options.ts';

type Json = unknown;

/** What replaces a marker in a template. */
export interface Insertion {
  readonly marker: string | number;
  readonly value: Json;
  /** Whether only a whole text can match, because the marker is a common word. */
  readonly whole?: boolean;
}

/** A list that is replaced as a whole. */
interface ListInsertion {
  readonly markers: readonly string[];
  readonly value: Json;
}

export interface Insertions {
  /** Longer markers first, because a shorter one may be part of a longer one. */
  readonly texts: readonly Insertion[];
  readonly lists: readonly ListInsertion[];
}

const ref = (name: string): Json => ({ Ref: name });
const part = (index: number, separator: string, whole: Json): Json => ({
  'Fn::Select': [index, { 'Fn::Split': [separator, whole] }],
});

/** Twelve hexadecimal digits, unique to the stack. */
export const STACK_DIGITS = part(4, '-', part(2, '/', ref('AWS::StackId')));

/** The digits that identify a load balancer, in its own ARN and in its listeners' ARNs. */
export const LOAD_BALANCER_DIGITS = (arn: string): Json => part(3, '/', ref(arn));

function ofOption(offered: Offered): readonly Insertion[] {
  const { option, marker } = offered;
  const name = parameterName(offered);
  if (typeof marker === 'boolean') return [];
  if (option === 'listenerArn' || option === 'loadBalancerArn') {
    return [
      { marker, value: ref(name) },
      {
        marker: 'app/given/0a1b2c3d4e5f6071',
        value: { 'Fn::Join': ['/', ['app', part(2, '/', ref(name)), part(3, '/', ref(name))]] },
      },
    ];
  }
  if (option === 'paths') return [{ marker: PATH, value: ref(name) }];
  if (option === 'rejectionRatePercent') {
    const description = { 'Fn::Join': ['', ['At least ', ref(name), '%']] };
    return [
      { marker, value: ref(name), whole: true },
      { marker: `At least ${marker}%`, value: description },
    ];
  }
  const isWord = ['desyncMitigationMode', 'logLevel', 'httpApiResponse'].includes(option);
  return [{ marker, value: ref(name), whole: isWord }];
}

/** What replaces the markers of these options, of the stack's name, and of its account and region. */
export function insertionsOf(options: readonly Offered[]): Insertions {
  const lists = options.flatMap((offered) => {
    const { option, marker } = offered;
    if (!['subnetIds', 'functionSubnetIds', 'hosts'].includes(option)) return [];
    const name = parameterName(offered);
    const value = option === 'subnetIds' ? ref(name) : { 'Fn::Split': [',', ref(name)] };
    return [{ markers: String(marker).split(','), value }];
  });
  const texts = [
    ...options.flatMap(ofOption),
    { marker: STACK_NAME, value: ref('AWS::StackName') },
    { marker: PLACE.account, value: ref('AWS::AccountId') },
    { marker: PLACE.region, value: ref('AWS::Region') },
    { marker: VPC_RANGE, value: ref('VpcCidr') },
    // The CDK writes out the partition of a known region.
    { marker: 'arn:aws:', value: { 'Fn::Join': ['', ['arn:', ref('AWS::Partition'), ':']] } },
  ];
  return { texts: texts.sort((a, b) => String(b.marker).length - String(a.marker).length), lists };
}

/** Replaces the markers in a part of a template with parameters. Logical ids stay as they are. */
export function inserted(value: Json, insertions: Insertions): Json {
  if (typeof value === 'string') return insertedText(value, insertions.texts);
  if (typeof value === 'number')
    return insertions.texts.find(({ marker }) => marker === value)?.value ?? value;
  if (Array.isArray(value)) {
    const list = insertions.lists.find(
      ({ markers }) =>
        markers.length === value.length && markers.every((marker, index) => marker === value[index]),
    );
    return list?.value ?? value.map((entry) => inserted(entry, insertions));
  }
  if (typeof value !== 'object' || value === null) return value;
  const [[only = '', argument] = []] = Object.entries(value);
  if (Object.keys(value).length === 1) {
    if (only === 'Ref' || only === 'Fn::GetAtt') return value;
    if (only === 'Fn::Join') return joined(argument as readonly [string, Json], insertions);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      key === 'DependsOn' ? entry : inserted(entry, insertions),
    ]),
  );
}

/** A join of texts and references, with nested joins flattened. */
function joined([separator, parts]: readonly [string, Json], insertions: Insertions): Json {
  if (separator !== '' || !Array.isArray(parts)) {
    return { 'Fn::Join': [separator, inserted(parts, insertions)] };
  }
  const flat = parts.flatMap((one) => {
    const made = inserted(one, insertions);
    const inner = partsOf(made);
    return inner ?? [made];
  });
  return joinOf(flat);
}

function partsOf(value: Json): readonly Json[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const join = (value as Record<string, unknown>)['Fn::Join'];
  return Array.isArray(join) && join[0] === '' ? join[1] : undefined;
}

/** A join of the parts, with adjacent texts merged. */
export function joinOf(parts: readonly Json[]): Json {
  const made: Json[] = [];
  for (const one of parts) {
    const last = made.at(-1);
    if (one === '') continue;
    if (typeof one === 'string' && typeof last === 'string') made[made.length - 1] = last + one;
    else made.push(one);
  }
  if (made.length === 0) return '';
  return made.length === 1 ? made[0] : { 'Fn::Join': ['', made] };
}

function insertedText(text: string, insertions: readonly Insertion[]): Json {
  return joinOf(split(text, insertions));
}

function split(text: string, insertions: readonly Insertion[]): readonly Json[] {
  for (const [index, { marker, value, whole = false }] of insertions.entries()) {
    const needle = String(marker);
    if (text === needle) return [value];
    if (whole || !text.includes(needle)) continue;
    const rest = insertions.slice(index + 1);
    const made = partsOf(value) ?? [value];
    return text.split(needle).flatMap((piece, at) => [...(at === 0 ? [] : made), ...split(piece, rest)]);
  }
  return [text];
}
