import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../../../lambda/core/config/read-parameter.ts';
import {
  FAULTS,
  type InjectedFault,
  independent,
  soundConfiguration,
  textOf,
} from '../../../support/policy-faults.ts';

/** Where problems of a configuration with these faults are reported: the parameter, and the place within it. */
async function placesReported(faults: readonly InjectedFault[]): Promise<readonly string[]> {
  const target = soundConfiguration();
  for (const { inject } of faults) inject(target);
  const values = {
    ...target.parameters,
    policy: textOf(target.policy),
    revocations: textOf(target.revocations),
  } as ParameterValues;
  const parsed = await parseConfig(values, '1');
  if ('config' in parsed) return [];
  return parsed.problems.map(({ parameter, message }) =>
    message.includes(': ') && ['policy', 'revocations'].includes(parameter)
      ? `${parameter} ${message.replace(/: .*$/s, '')}`
      : parameter,
  );
}

test('the configuration is valid before any fault is put into it', async () => {
  expect(await placesReported([])).toEqual([]);
});

test.each(FAULTS.map((fault) => [fault.place, fault.kind, fault] as const))(
  'a fault at %s (%s) is reported there, and nowhere else',
  async (place, _, fault) => expect(await placesReported([fault])).toEqual([place]),
);

test('each of several faults is reported, and nothing else', async () => {
  const sizes: number[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...FAULTS], { minLength: 2, maxLength: 30 }).map(independent),
      async (faults) => {
        sizes.push(faults.length);
        expect([...(await placesReported(faults))].sort()).toEqual(faults.map(({ place }) => place).sort());
      },
    ),
    { numRuns: 1500 },
  );
  expect(Math.max(...sizes)).toBeGreaterThan(10);
});

const reportedFor = async (policy: string, parameters: Record<string, string> = {}) => {
  const sound = soundConfiguration();
  const parsed = await parseConfig({ ...sound.parameters, revocations: '{}', policy, ...parameters }, '1');
  return 'problems' in parsed
    ? parsed.problems.map(({ parameter, message }) => `${parameter} ${message}`)
    : [];
};

test('every unknown member is reported, in one object or in several', async () => {
  const policy = '{"a":1,"b":2,"routes":[{"path":"/api/*","x":1,"y":2},{"path":"/api/z","z":3}]}';
  expect(await reportedFor(policy, { 'jwks-uri': 'discover' })).toEqual([
    'policy routes.0.x: is not a known field',
    'policy routes.0.y: is not a known field',
    'policy routes.1.z: is not a known field',
    'policy a: is not a known field',
    'policy b: is not a known field',
  ]);
});

test.each(['providers', 'routes'])(
  'the content of a misspelt "%s" is not reported as missing elsewhere',
  async (member) => {
    const { policy } = soundConfiguration();
    const text = textOf(policy)
      .replace(`"${member}":{`, '"x":{')
      .replace(`"${member}":[{"path`, '"x":[{"path');
    const misspelt = text.replace('"x":', `"${member.slice(1)}":`);
    expect(misspelt).not.toBe(textOf(policy));
    expect(await reportedFor(misspelt)).toEqual([
      `policy ${member.slice(1)}: is not a known field; did you mean "${member}"?`,
    ]);
  },
);

test('a policy that is not JSON hides nothing of the other parameters, and is not blamed for them', async () => {
  expect(await reportedFor('{', { upstream: 'ftp://x' })).toEqual([
    expect.stringMatching(/^upstream is not an https URL/),
    expect.stringMatching(/^policy is not JSON/),
  ]);
});

test('issuers in a list are reported one by one, and so is that several cannot be discovered, whatever else is wrong', async () => {
  const issuer = ['https://a.invalid', 'https://b.example', 'b .example'];
  const policy = { providers: { partner: { type: 'jwks', issuer, audience: 'a' } } };
  expect(await reportedFor(JSON.stringify(policy), { 'jwks-uri': 'discover' })).toEqual([
    'policy providers.partner.issuer.0: is still a placeholder: set it to the exact "iss" of your tokens',
    'policy providers.partner.issuer.2: must not contain white space or control characters',
    'policy providers.partner.jwksUri: cannot be discovered for several issuers; give the URL',
  ]);
});

test('a provider that does not exist is reported once, however often a route names it', async () => {
  const policy = { routes: [{ path: '/api/*', providers: ['web', 'web'] }] };
  expect(await reportedFor(JSON.stringify(policy), { 'jwks-uri': 'discover' })).toEqual([
    'policy routes.0.providers: there is no provider web; choose from default',
  ]);
});
