import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '../../../lambda/core/config/policy-schema.ts';
import { sharedIssuerOf } from '../../../lambda/core/config/shared-issuers.ts';
import { ArgumentError } from '../../../tools/arguments.ts';
import { checkParameters } from '../../../tools/check-config/check.ts';
import { completeParameters } from '../../../tools/check-config/complete-parameters.ts';
import { presetsOf } from '../../../tools/init/find-preset.ts';
import { takeGiven } from '../../../tools/init/gather.ts';
import { judge } from '../../../tools/init/judge.ts';
import { decide, namedPolicy, valuesOf } from '../../../tools/init/policy-of.ts';
import { ANY_ISSUER } from '../../../tools/init/presets/any-issuer.ts';
import type { Preset } from '../../../tools/init/presets/preset.ts';
import { PRESETS } from '../../../tools/init/presets/presets.ts';
import { type Given, questionsOf } from '../../../tools/init/questions.ts';
import { PAGE, POLICIES } from '../../support/identity-providers-page.ts';

const named = PRESETS.map((preset): [string, Preset] => [preset.name, preset]);

/** The page may write a list of one as a text, or the other way round. */
function comparable(policy: PolicyDocument): unknown {
  const { unmatched: _unmatched, ...rest } = policy;
  return JSON.parse(
    JSON.stringify(rest, (name, value) =>
      ['audience', 'issuer'].includes(name) && typeof value === 'string' ? [value] : value,
    ),
  );
}

/** The command line for the answers of a preset's example. */
function givenOf({ example, jwksUri, scopes, audience }: Preset): Given {
  return {
    ...(jwksUri === null && { 'jwks-uri': example.jwksUri }),
    ...(audience.from === undefined && { audience: example.audience.join(',') }),
    claim: Object.entries(example.claims).flatMap(([name, values]) =>
      values.map((value) => `${name}=${value}`),
    ),
    ...(scopes !== undefined && example.scopes.length > 0 && { scopes: example.scopes.join(' ') }),
  };
}

const gatheringOf = (preset: Preset, given: Given) => ({
  preset,
  issuers: preset.example.issuers,
  questions: questionsOf(preset, preset.example.issuers, given),
});

test('the presets are the sections of the page, in the same order', () => {
  expect(PRESETS.map(({ section }) => section)).toEqual([...POLICIES.keys()]);
});

describe.each(named)('the preset %s', (name, preset) => {
  const { example, section = '' } = preset;
  const decided = decide(preset, example);

  test('makes the policy that the page shows', () => {
    const [page = ''] = POLICIES.get(section) ?? [];
    expect(comparable(namedPolicy(preset, example))).toEqual(comparable(JSON.parse(page)));
  });
  test('denies requests that match no route, and has a route', () => {
    expect(decided.policy.unmatched).toBe('deny');
    expect(decided.policy.routes?.length).toBeGreaterThan(0);
  });
  test('makes parameters without problems or warnings', async () => {
    const checked = await checkParameters(valuesOf(decided), { listenerPaths: ['/api/*'] });
    expect([...checked.problems, ...checked.warnings]).toEqual([]);
  });
  test('makes a file without problems or warnings, together with the parameters that init prints', async () => {
    const { policy, ...beside } = decided;
    const values = completeParameters({ policy: JSON.stringify(policy), ...beside });
    const checked = await checkParameters(values, { listenerPaths: ['/api/*'] });
    expect([...checked.problems, ...checked.warnings]).toEqual([]);
  });
  test('is found by its issuers, alone or among a few', () => {
    const found = presetsOf(example.issuers, undefined).map((one) => one.name);
    expect(found).toContain(name);
    expect(found.length).toBeLessThanOrEqual(2);
    expect(presetsOf(example.issuers, name)).toEqual([preset]);
  });
  test('is recognized despite a slash, the case of the host, or the scheme', () => {
    const [issuer = ''] = example.issuers;
    const spellings = [
      `${issuer.replace(/\/$/, '')}/`,
      issuer.replace(/\/$/, ''),
      issuer.replace(/^[^/]*\/\/[^/]*/, (origin) => origin.toUpperCase()),
      ...(issuer.startsWith('https://') ? [issuer.slice('https://'.length)] : []),
    ];
    for (const spelling of spellings) {
      let found: readonly Preset[] = [];
      try {
        found = presetsOf([spelling], undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError);
      }
      // Google also uses the name without a scheme as "iss". For that, init still asks who may call.
      const unknown = found.filter((one) => one.name === ANY_ISSUER && one.claims.length === 0);
      expect(unknown).toEqual([]);
    }
  });
  test('accepts the examples of the page as flags', async () => {
    const answers = await takeGiven(gatheringOf(preset, givenOf(preset)), false);
    expect(
      comparable(
        namedPolicy(preset, { ...example, ...answers, audience: example.audience, paths: example.paths }),
      ),
    ).toEqual(comparable(namedPolicy(preset, example)));
  });
  test('names every missing flag at once', async () => {
    const gathering = gatheringOf(preset, {});
    const needed = gathering.questions.filter(([{ need }]) => need !== undefined).map(([{ flag }]) => flag);
    const given = takeGiven(gathering, false);
    if (needed.length === 0) await expect(given).resolves.toMatchObject({ audience: [] });
    else {
      const error = await given.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ArgumentError);
      for (const flag of needed) expect((error as Error).message).toContain(flag);
    }
  });
  test('has a link that leads to its section', () => {
    expect(PAGE).toContain(`\n## ${section}\n`);
  });
});

const shared = named.filter(
  ([
    ,
    {
      example: { issuers },
    },
  ]) => issuers.some((issuer) => sharedIssuerOf(issuer)),
);

test('there are presets of issuers that sign for everybody', () => expect(shared.length).toBeGreaterThan(3));

describe.each(shared)('%s signs for everybody, and', (_name, preset) => {
  const first = preset.claims.find(({ need }) => need !== undefined)?.need;
  const who = preset.claims.filter(({ need }) => need === first);

  test.each(who.map(({ name }) => name.replace('*', 'team')))(
    'a rule for %s is enough to say who may call',
    async (claim) => {
      const { findings } = await judge(preset, { ...preset.example, claims: { [claim]: ['ours'] } });
      expect(findings).toEqual([]);
    },
  );
  test('without one of them, a policy causes a warning', async () => {
    const { findings } = await judge(preset, { ...preset.example, claims: {} });
    expect(findings).toEqual([expect.objectContaining({ kind: 'shared-issuer' })]);
  });
});

test('an issuer that signs for everybody needs a claim that says who may call, even without a preset', async () => {
  const issuers = ['https://agent.buildkite.com'];
  const [preset] = presetsOf(issuers, undefined);
  if (preset === undefined) throw new Error('no preset');
  const questions = questionsOf(preset, issuers, { audience: 'https://api.example.com' });
  await expect(takeGiven({ preset, issuers, questions }, false)).rejects.toThrow(
    /every organization of Buildkite[\s\S]*--claim pipeline_id=VALUE[\s\S]*or --claim organization_id=VALUE/,
  );
});

test.each([
  ['the issuer of an application', ['https://login.example.com'], 'other'],
  ['Entra without a tenant', ['https://login.microsoftonline.com/common/v2.0'], 'other'],
  ['GitHub with more behind it', ['https://token.actions.githubusercontent.com.evil.example'], 'other'],
  ['Keycloak', ['https://login.example.com:8443/auth/realms/acme'], 'keycloak'],
])('recognizes %s', (_what, issuers, name) => {
  expect(presetsOf(issuers, undefined).map((preset) => preset.name)).toEqual([name]);
});

test.each([
  [
    ['https://a.example', 'https://b.example'],
    undefined,
    'Several issuers go together only where one key set',
  ],
  [['https://a.example', 'https://b.example'], 'okta', 'Several issuers go together only where one key set'],
  [['https://a.example'], 'octa', 'did you mean okta?'],
  [['https://a.example'], 'nothing-like-it', '--provider takes one of cognito, cognito-bound'],
])('rejects the issuers %j as %s', (issuers, name, message) => {
  expect(() => presetsOf(issuers, name)).toThrow(message);
});
