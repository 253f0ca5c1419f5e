import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENTRIES, type Entry } from '../../../infra/bundle/entries.ts';
import type { CodeFile } from '../../../infra/release/release.ts';
import { RELEASE_SHAPE_NAMES, type ReleaseShapeName } from '../../../infra/release/release-shapes.ts';
import { synthesized } from '../../../infra/release/synthesized.ts';
import { type ReleaseTemplate, releaseTemplate } from '../../../infra/release/template.ts';
import unversioned from '../transitions/unversioned.json' with { type: 'json' };
import { STACK } from './comparable.ts';
import { filled, type Template, type Values } from './filled.ts';
import { required, valuesOf } from './values.ts';

const codeOf = (hash: string) =>
  Object.fromEntries(
    ENTRIES.map((entry) => [entry, { name: `${entry}-${hash}.zip`, sha256: hash }]),
  ) as Record<Entry, CodeFile>;

const templates = new Map<string, ReleaseTemplate>();

function released(name: ReleaseShapeName, version = '1.2.3'): ReleaseTemplate {
  const key = `${name} ${version}`;
  const made = templates.get(key) ?? releaseTemplate(name, { version, code: codeOf(version) }, synthesized);
  templates.set(key, made);
  return made;
}

type Properties = Readonly<Record<string, unknown>>;

/** Each version in a filled template, with the function that it would be published from. */
function versionsOf(template: ReleaseTemplate, values: Values) {
  const { Resources } = filled(template as Template, values, STACK);
  return Object.entries(Resources).flatMap(([id, { Type, Properties: own }]) => {
    if (Type !== 'AWS::Lambda::Version') return [];
    const { FunctionName, ...version } = own as Properties & {
      readonly FunctionName: { readonly Ref: string };
    };
    const { Code: _, ...all } = (Resources[FunctionName.Ref]?.Properties ?? {}) as Properties;
    const ofFunction = Object.fromEntries(
      Object.entries(all).filter(([name]) => !unversioned.includes(name)),
    );
    return [
      {
        id,
        version: JSON.stringify(version),
        ofFunction: JSON.stringify(ofFunction),
        description: String(version.Description),
      },
    ];
  });
}

/** This template has every parameter that a function depends on. */
const LISTENER = 'existing-listener';

describe('a release that is updated', () => {
  it('publishes a new version exactly when the function changes, whichever parameters change', () => {
    const template = released(LISTENER);
    fc.assert(
      fc.property(valuesOf(template), valuesOf(template), (before, after) => {
        const old = versionsOf(template, before);
        for (const { id, version, ofFunction } of versionsOf(template, after)) {
          const was = old.find((one) => one.id === id);
          if (was !== undefined) expect(version === was.version).toBe(ofFunction === was.ofFunction);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the description of a version within the 256 characters that Lambda takes, whatever the parameters are', () => {
    const template = released(LISTENER, '10.10.10-rc.10');
    const longest = {
      ...required(template),
      AllowedLogRate: '0.123456',
      ConfigRefreshSeconds: '3600',
      MemorySize: '10240',
      LogLevel: 'CRITICAL',
      Authorizer: 'false',
      Tracing: 'false',
      HttpApiResponse: 'simple',
      KmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000',
      FunctionSubnetIds: Array(4).fill('subnet-0123456789abcdef0').join(),
      FunctionSecurityGroupId: 'sg-0123456789abcdef0',
    };
    for (const { description } of versionsOf(template, { ...longest, Authorizer: 'true' })) {
      expect(description.length).toBeLessThanOrEqual(256);
    }
    const named = new Set(Object.keys(longest));
    const seen =
      JSON.stringify(template.Resources).match(/"Description":\{"Fn::Join":\["",\["10[^\]]*/g) ?? [];
    const names = seen.flatMap((text) => [...text.matchAll(/"Ref":"(\w+)"/g)].map(([, name = '']) => name));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });

  it('publishes a new version with the new code for another release, under the same logical ids', () => {
    const [first, second] = [released(LISTENER), released(LISTENER, '1.2.4')];
    expect(Object.keys(second.Resources)).toEqual(Object.keys(first.Resources));
    const values = required(first);
    const [before, after] = [versionsOf(first, values), versionsOf(second, values)];
    expect(before.map(({ id }) => id)).toEqual(after.map(({ id }) => id));
    for (const [index, { version, ofFunction }] of after.entries()) {
      expect(version).not.toBe(before[index]?.version);
      expect(ofFunction).not.toBe(before[index]?.ofFunction);
      expect(JSON.parse(version).CodeSha256).toBe('1.2.4');
    }
  });

  it('gives a listener of another load balancer another target group, which can exist beside the first', () => {
    const template = released(LISTENER);
    const nameWith = (digits: string) => {
      const ListenerArn = `arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/${digits}/fedcba9876543210`;
      const { Resources } = filled(template as Template, { ...required(template), ListenerArn }, STACK);
      const [group] = Object.values(Resources).filter(
        ({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup',
      );
      return String((group?.Properties as Properties | undefined)?.Name);
    };
    expect(nameWith('0123456789abcdef')).toBe('555555555555-0123456789abcdef');
    expect(nameWith('1123456789abcdef')).not.toBe(nameWith('0123456789abcdef'));
    expect(nameWith('0123456789abcdef').length).toBeLessThanOrEqual(32);
  });

  it('names target groups differently in two stacks of one template', () => {
    const template = released('native-pre-filter');
    const namesIn = (uuid: string) => {
      const pseudo = { ...STACK, 'AWS::StackId': STACK['AWS::StackId'].replace(/[^/]+$/, uuid) };
      const { Resources } = filled(template as Template, required(template), pseudo);
      return Object.values(Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::ElasticLoadBalancingV2::TargetGroup' ? [(Properties as { Name: string }).Name] : [],
      );
    };
    expect(namesIn('aaaaaaaa-0000-0000-0000-000000000001')).not.toEqual(
      namesIn('aaaaaaaa-0000-0000-0000-000000000002'),
    );
  });

  it.each(RELEASE_SHAPE_NAMES)('keeps the logical ids of deployed stacks of %s', (name) => {
    const { Resources } = released(name);
    const ids = Object.entries(Resources).map(([id, { Type }]) => `${id}: ${Type}`);
    expect(ids.sort()).toMatchSnapshot();
  });

  it.each(RELEASE_SHAPE_NAMES)(
    'describes each parameter of %s, what it accepts and its group in the console',
    (name) => {
      const { Parameters, Metadata } = released(name);
      const { ParameterGroups } = Metadata['AWS::CloudFormation::Interface'] as {
        readonly ParameterGroups: readonly { readonly Parameters: readonly string[] }[];
      };
      expect(ParameterGroups.flatMap((group) => group.Parameters).sort()).toEqual(
        Object.keys(Parameters).sort(),
      );
      for (const [parameter, { Type, Description, Default, ...further }] of Object.entries(Parameters)) {
        expect([parameter, typeof Description, String(Description).includes('`')]).toEqual([
          parameter,
          'string',
          false,
        ]);
        const limits = ['AllowedPattern', 'AllowedValues'].some((limit) => limit in further);
        expect([parameter, further.ConstraintDescription]).toEqual([
          parameter,
          expect.stringMatching(/^must be /),
        ]);
        expect([parameter, limits || Type.includes('AWS::')]).toEqual([parameter, true]);
        const { AllowedPattern } = further;
        if (Default !== undefined && typeof AllowedPattern === 'string') {
          expect([parameter, String(Default)]).toEqual([
            parameter,
            expect.stringMatching(new RegExp(AllowedPattern)),
          ]);
        }
      }
    },
  );
});
