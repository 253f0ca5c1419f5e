import { describe, expect, test } from '@jest/globals';
import { underAttack } from '../../support/attack.ts';
import { CROWDED_POLICY } from '../../support/crowded-policy.ts';
import { createKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { AUDIENCE, claimsOf, mint, NOW } from '../../support/tokens.ts';

const REFRESH = 60;
/** The version of a configuration whose parameters were all put once. */
const ALL_FIRST = '1.1.1.1.1.1';
const attack = underAttack(createKey('ES256'));
const token = mint(attack.key, claimsOf({ exp: NOW + 86_400 }));

const codeOf = async (): Promise<unknown> => {
  await attack.world.present(token);
  expect(attack.world.bugs).toEqual([]);
  return attack.world.decisions.at(-1)?.code;
};
const eventsNamed = (name: string) => attack.world.events.filter((event) => event.name === name);
/** Parameters with one problem each; the last good configuration must outlive them all. */
const BAD: [string, string, string | undefined][] = [
  ['missing', 'issuer', undefined],
  ['missing', 'policy', undefined],
  ['malformed', 'policy', '{'],
  ['of an unknown field', 'policy', '{"rutes":[]}'],
  ['of an unknown field', 'revocations', '{"https://issuer.example":{"subject":[]}}'],
  ['over-long', 'policy', JSON.stringify({ routes: [{ path: `/api/${'x'.repeat(200)}` }] })],
  ['nine providers that a token could be from', 'policy', CROWDED_POLICY],
  ['of an empty audience', 'audience', ','],
  ['the placeholder', 'issuer', 'https://issuer.invalid'],
  ['http to a non-loopback host', 'jwks-uri', 'http://issuer.example/jwks'],
  ['a file', 'jwks-uri', 'file:///etc/passwd'],
  ['with credentials in the URL', 'jwks-uri', 'https://u:p@issuer.example/jwks'],
  ['of the instance metadata', 'jwks-uri', 'https://169.254.169.254/latest/'],
];

describe('bad config', () => {
  test.each(BAD)(
    '%s (%s) at a cold start is 503, and the log names the parameter',
    async (_, name, value) => {
      attack.world.parameters[name] = value;
      const { world, upstream } = attack;
      const response = await world.present(token);
      expectRejected(response, 'config_unavailable', { world, upstream, secrets: [token] });
      expect(world.fetched).toEqual([]);
      expect(eventsNamed('configRejected')).toEqual([
        {
          name: 'configRejected',
          detail: [
            // A missing parameter has no version.
            expect.stringMatching(value === undefined ? /^[-1.]*-[-1.]*$/ : /^1(\.1){5}$/),
            expect.arrayContaining([expect.objectContaining({ parameter: name })]),
            undefined,
          ],
        },
      ]);
    },
  );
  test.each(BAD)('%s (%s) never replaces good config', async (_, name, value) => {
    expect(await codeOf()).toBe('allowed');
    attack.world.parameters[name] = value;
    for (let minute = 0; minute < 10; minute += 1) {
      attack.world.advance(REFRESH);
      expect(await codeOf()).toBe('allowed');
      expect(attack.world.decisions.at(-1)).toMatchObject({ configVersion: ALL_FIRST });
    }
    expect(eventsNamed('configRejected').at(0)?.detail[2]).toBe(ALL_FIRST);
  });
  test('that stays the same is not reported again', async () => {
    await codeOf();
    attack.world.parameters.issuer = '';
    attack.world.advance(REFRESH);
    await codeOf();
    const once = eventsNamed('configRejected').length;
    attack.world.advance(REFRESH);
    await codeOf();
    expect([once, eventsNamed('configRejected').length]).toEqual([1, 1]);
  });
  test('is reported with all problems at once', async () => {
    Object.assign(attack.world.parameters, {
      issuer: '',
      audience: ',',
      'jwks-uri': 'x',
      upstream: 'x',
      policy: '{',
      revocations: '{',
    });
    await codeOf();
    const problems = eventsNamed('configRejected')[0]?.detail[1] as { parameter: string }[];
    expect(new Set(problems.map(({ parameter }) => parameter)).size).toBe(6);
  });
  test('that is fixed takes effect again', async () => {
    attack.world.parameters.issuer = '';
    expect(await codeOf()).toBe('config_unavailable');
    attack.world.parameters.issuer = 'https://issuer.example';
    attack.world.advance(5);
    expect(await codeOf()).toBe('allowed');
  });
  test('that is rolled back is good again', async () => {
    await codeOf();
    attack.world.parameters.audience = ',';
    attack.world.advance(REFRESH);
    await codeOf();
    attack.world.parameters.audience = AUDIENCE;
    attack.world.advance(REFRESH);
    expect(await codeOf()).toBe('allowed');
  });
});

describe('a store that throttles or is down', () => {
  test('at start is a 503 with a time to retry, and a cooldown', async () => {
    attack.world.setStore(new Error('ThrottlingException: Rate exceeded'));
    const { world, upstream } = attack;
    const response = await world.present(token);
    expectRejected(response, 'config_unavailable', { world, upstream, secrets: [token] });
    expect(response.headers['retry-after']).toEqual(['5']);
    const { reads } = world;
    expect(await codeOf()).toBe('config_unavailable');
    expect(reads()).toBe(1);
    world.setStore('up');
    world.advance(5);
    expect(await codeOf()).toBe('allowed');
  });
  test('at refresh leaves the last good config, however long', async () => {
    await codeOf();
    attack.world.setStore(new Error('down'));
    for (const seconds of [REFRESH, 3600, 7200]) {
      attack.world.advance(seconds);
      expect(await codeOf()).toBe('allowed');
    }
    expect(eventsNamed('configFailed').length).toBeGreaterThanOrEqual(3);
  });
  test('is called at most once per cooldown', async () => {
    await codeOf();
    attack.world.setStore(new Error('down'));
    attack.world.advance(REFRESH);
    const before = attack.world.reads();
    for (let second = 0; second < 60; second += 1) {
      await codeOf();
      attack.world.advance(1);
    }
    expect(attack.world.reads() - before).toBe(60 / 5);
  });
});

describe('config is refreshed', () => {
  test('ahead of time without making a request wait, with one read', async () => {
    await codeOf();
    attack.world.advance(REFRESH * 0.8 - 1);
    await codeOf();
    expect(attack.world.reads()).toBe(1);
    attack.world.advance(1);
    await Promise.all([codeOf(), codeOf(), codeOf()]);
    expect(attack.world.reads()).toBe(2);
    attack.world.advance(REFRESH * 0.8 - 1);
    await codeOf();
    expect(attack.world.reads()).toBe(2);
  });
  test('before use if it is past its age, as after hours of idleness', async () => {
    await codeOf();
    attack.world.parameters.audience = 'other';
    attack.world.advance(36_000);
    expect(await codeOf()).toBe('audience_mismatch');
  });
});

describe('policy narrowed takes effect on remembered tokens within the refresh age', () => {
  test.each([
    ['audience', 'audience', 'other', 'audience_mismatch'],
    ['issuer', 'issuer', 'https://other.example', 'issuer_mismatch'],
    [
      'algorithm',
      'policy',
      '{"providers":{"default":{"type":"jwks","algorithms":["RS256"]}}}',
      'algorithm_not_allowed',
    ],
  ])('%s', async (_, name, value, code) => {
    expect(await codeOf()).toBe('allowed');
    expect(await codeOf()).toBe('allowed');
    attack.world.parameters[name] = value;
    attack.world.advance(REFRESH);
    expect(await codeOf()).toBe(code);
  });
});

test('the upstream can be changed, and then the old one gets nothing more', async () => {
  await codeOf();
  expect(attack.upstream.received).toHaveLength(1);
  attack.world.parameters.upstream = 'whoami';
  attack.world.advance(REFRESH);
  const response = await attack.world.present(token);
  expect(response.body).toMatchObject({ subject: 'client-1' });
  expect(attack.upstream.received).toHaveLength(1);
});
