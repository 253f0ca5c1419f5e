import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CERTIFICATE, contextOf, KEY, SHAPE_NAMES } from '../shapes.ts';
import { templateOf } from '../synth.ts';
import { findingsBetween } from './check.ts';
import { documentationOf, replacedBy } from './replaced-by.ts';
import type { Template } from './template.ts';
import { type Change, transitionBetween } from './transition.ts';
import { contextOfEnd, type End, TRANSITIONS } from './transitions.ts';

const templateOfContext = (context: Readonly<Record<string, string>>) =>
  templateOf(context).toJSON() as Template;
const templateOfEnd = (end: End) => templateOfContext(contextOfEnd(end));

const distinct = (values: readonly string[]) => [...new Set(values)].sort();

describe('an update of a deployed stack', () => {
  it.each(TRANSITIONS)(
    'from $from to $to works in place and loses what the docs say',
    ({ from, to, loses }) => {
      const findings = findingsBetween(templateOfEnd(from), templateOfEnd(to));
      expect(findings.filter(({ kind }) => kind === 'fails')).toEqual([]);
      expect(distinct(findings.map(({ type }) => type))).toEqual(distinct(loses));
    },
  );

  it('to itself does nothing', () => {
    const template = templateOfEnd('Verified Access');
    expect(findingsBetween(template, template)).toEqual([]);
  });

  it.each([
    ['default', {}],
    ['authorizer and demo API', {}],
    ['default', { configPath: '/alb' }],
  ] as const)('of %s from %j to another configPath works in place and loses nothing', (end, given) => {
    const before = templateOfContext({ ...contextOfEnd(end), ...given });
    const after = templateOfContext({ ...contextOfEnd(end), configPath: '/alb-jwt-authorizer/new' });
    expect(findingsBetween(before, after)).toEqual([]);
    expect(findingsBetween(after, before)).toEqual([]);
  });

  it('to another number of provisioned environments publishes a changed version', () => {
    const [five, six] = ['5', '6'].map((provisionedConcurrency) =>
      templateOfContext({ provisionedConcurrency }),
    );
    if (five === undefined || six === undefined) throw new Error('There are two templates.');
    expect(five).not.toEqual(six);
    expect(findingsBetween(five, six)).toEqual([]);
    const published = ({ Resources }: Template) =>
      Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Version');
    expect(published(six).map(([id]) => id)).not.toEqual(published(five).map(([id]) => id));
  });

  it('to another KMS key works in place, and removes no permission from a role', () => {
    const other = KEY.replace('0b1c2d3e', '1b1c2d3e');
    const [one, two] = [KEY, other].map((kmsKeyArn) => templateOfContext({ kmsKeyArn, authorizer: 'true' }));
    if (one === undefined || two === undefined) throw new Error('There are two templates.');
    expect(findingsBetween(one, two)).toEqual([]);
    const changed = transitionBetween(one, two).changes.filter(({ kind }) => kind !== 'kept');
    expect(distinct(changed.map(typeOf))).toEqual([
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'Custom::AlbJwtAuthorizerConfiguration',
    ]);
  });

  it.each([
    ['certificate', 'Verified Access'],
    ['Verified Access', 'certificate'],
    ['dual stack', 'existing listener'],
  ] as const)('from %s to %s leaves a protected load balancer behind, as the docs say', (from, to) => {
    expect(findingsBetween(templateOfEnd(from), templateOfEnd(to))).toContainEqual(
      expect.objectContaining({ kind: 'fails', type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' }),
    );
    expect(DOCS).toContain(
      '| any change that replaces or removes a load balancer with [deletion protection]',
    );
  });

  it('to any other paths and hosts works in place, loses nothing and moves no listener or group', () => {
    const list = (values: readonly string[], maxLength: number) =>
      fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength }).map((some) => some.join());
    const context = fc.record({
      paths: list(['/api/*', '/v2/*', '/orders/*', '/health', '/a/*', '/b/*', '/c?', '/*'], 7),
      hosts: list(['a.example.com', 'b.example.com', '*.example.org', 'c.example.net', 'd.example.net'], 5),
    });
    const [first, ...others] = fc.sample(context, { numRuns: 14, seed: 7 });
    let before = templateOfContext(first ?? {});
    for (const next of others) {
      const after = templateOfContext(next);
      expect([next, findingsBetween(before, after)]).toEqual([next, []]);
      const changed = transitionBetween(before, after).changes.filter(({ kind }) => kind !== 'kept');
      expect(distinct(changed.map(typeOf))).toEqual(['AWS::ElasticLoadBalancingV2::ListenerRule']);
      before = after;
    }
  });

  it('to another range of priorities works in place if the ranges are disjoint, and fails if they overlap, as the docs say', () => {
    const paths = '/api/*,/v2/*,/orders/*,/carts/*,/items/*';
    const [before, apart] = ['10', '2000'].map((rulePriority) => templateOfContext({ paths, rulePriority }));
    if (before === undefined || apart === undefined) throw new Error('There are two templates.');
    expect(findingsBetween(before, apart)).toEqual([]);
    const [first = 0, second = 0] = prioritiesOf(before);
    const overlapping = templateOfContext({ paths, rulePriority: String(10 + second - first) });
    expect(findingsBetween(before, overlapping)).toContainEqual(
      expect.objectContaining({ kind: 'fails', type: 'AWS::ElasticLoadBalancingV2::ListenerRule' }),
    );
    expect(DOCS).toContain('| another `rulePriority` whose range overlaps the old one,');
  });

  it.each([
    ['another `vpcCidr`', { vpcCidr: '10.20.0.0/16' }, 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
    ['other `zones` in a VPC of the stack', { zones: 'eu-west-1b,eu-west-1c' }, 'AWS::EC2::Subnet'],
  ] as const)('to %s fails, as the docs say', (change, context, type) => {
    for (const [before, after] of [
      [{}, context],
      [context, {}],
    ]) {
      expect(findingsBetween(templateOfContext(before ?? {}), templateOfContext(after ?? {}))).toContainEqual(
        expect.objectContaining({ kind: 'fails', type }),
      );
    }
    expect(DOCS).toContain(`| ${change} |`);
  });

  it('to another prefix of the user pool fails, as the docs say', () => {
    const before = templateOfEnd('Cognito');
    const after = templateOfContext({ ...contextOfEnd('Cognito'), cognitoDomainPrefix: 'another' });
    expect(findingsBetween(before, after)).toContainEqual(
      expect.objectContaining({ kind: 'fails', type: 'AWS::Cognito::UserPoolDomain' }),
    );
    expect(DOCS).toContain('| another `cognitoDomainPrefix` | a pool can have only one such domain |');
  });

  it("to another certificate of the administrators' domain fails, as the docs say", () => {
    const before = templateOfEnd('Verified Access');
    const adminCertificateArn = CERTIFICATE.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const after = templateOfContext({ ...contextOfEnd('Verified Access'), adminCertificateArn });
    expect(findingsBetween(before, after)).toContainEqual(
      expect.objectContaining({ kind: 'fails', type: 'AWS::EC2::VerifiedAccessEndpoint' }),
    );
    expect(DOCS).toContain(
      '| another `adminCertificateArn` | CloudFormation would replace the Verified Access endpoint',
    );
  });

  it("to another domain of the administrators works in place and loses the CNAME's target, as the docs say", () => {
    const before = templateOfEnd('Verified Access');
    const after = templateOfContext({ ...contextOfEnd('Verified Access'), adminDomain: 'other.example.com' });
    expect(findingsBetween(before, after).map(({ kind, type }) => `${kind} ${type}`)).toEqual([
      'loses AWS::EC2::VerifiedAccessEndpoint',
    ]);
    expect(DOCS).toContain(
      'You can change `adminDomain` in place, but the deploy replaces the Verified Access endpoint',
    );
  });
});

const typeOf = (change: Change) => ('after' in change ? change.after.Type : change.before.Type);

const prioritiesOf = ({ Resources }: Template) =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .map(({ Properties }) => Number(Properties?.Priority))
    .sort((a, b) => a - b);

const DOCS = readFileSync('docs/shapes/README.md', 'utf8');

/** How the docs must mention the loss of a type. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'AWS::CloudFront::Distribution': /CloudFront/,
  'AWS::Cognito::UserPoolDomain': /\bdomain\b/,
  'AWS::EC2::VPC': /\bVPC\b/,
  'AWS::EC2::VerifiedAccessEndpoint': /Verified Access/,
  'AWS::EC2::VerifiedAccessInstance': /still require the signature of Verified Access/,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': /\bload balancer\b/,
  'AWS::Logs::LogGroup': /\blog\b/,
  'AWS::S3::Bucket': /\bsnapshot\b/,
};

describe('the table in docs/shapes/README.md', () => {
  const rows = [...DOCS.matchAll(/^\| ([^|]+) \| ([^|]+) \| (yes|no) \| ([^|]+) \|$/gm)].map(
    ([, from = '', to = '', inPlace = '', lost = '']) => ({ from, to, inPlace, lost }),
  );

  it('lists the checked transitions, and says that each works in place', () => {
    expect(rows.map(({ from, to, inPlace }) => ({ from, to, inPlace }))).toEqual(
      TRANSITIONS.map(({ from, to }) => ({ from, to, inPlace: 'yes' })),
    );
  });

  it.each(TRANSITIONS)(
    'names what goes from $from to $to, and "nothing" only where nothing does',
    (expected) => {
      const row = rows.find(({ from, to }) => from === expected.from && to === expected.to);
      for (const type of expected.loses) expect(row?.lost).toMatch(WORDS[type] ?? 'a word for it');
      if (row?.lost.startsWith('nothing')) expect(expected.loses).toEqual([]);
    },
  );
});

it('every type that a shape deploys has an entry in the table of replacements', () => {
  const types = distinct(
    SHAPE_NAMES.flatMap((name) =>
      Object.values(templateOfContext(contextOf(name)).Resources).map(({ Type }) => Type),
    ),
  );
  expect(types.length).toBeGreaterThan(30);
  for (const type of types) expect(() => replacedBy(type)).not.toThrow();
});

it('links to the documentation of a type', () => {
  expect(documentationOf('AWS::EC2::Subnet')).toBe(
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html',
  );
});
