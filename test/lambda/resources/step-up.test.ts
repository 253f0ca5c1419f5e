import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appSyncEvent, httpApiV2Event, restRequestEvent } from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { under } from '../../support/resources.ts';
import { claimsOf, mint, NOW } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const onRoute = (route: object, policy: object = {}) =>
  under(world, { ...policy, routes: [{ path: '/*', ...route }] });
/** The code for a token with these claims, whose times are relative to the world's clock. */
async function codeFor(claims: object) {
  await world.present(mint(KEY, claimsOf({ exp: NOW + 100_000, ...claims })));
  return world.decisions.at(-1)?.code;
}
/** The world's time after the policy was put. */
const THEN = NOW + 61;

describe('a route with "acr"', () => {
  test('accepts tokens whose acr is one of them, character for character', async () => {
    onRoute({ acr: ['urn:example:mfa', 'hwk'] });
    expect(await codeFor({ acr: 'urn:example:mfa' })).toBe('allowed');
    expect(await codeFor({ acr: 'hwk' })).toBe('allowed');
    for (const acr of [
      undefined,
      null,
      '',
      'HWK',
      'hwk ',
      'urn:example:mfa hwk',
      ['hwk'],
      1,
      true,
      { hwk: 1 },
    ]) {
      expect([acr, await codeFor({ acr })]).toEqual([acr, 'authentication_insufficient']);
    }
  });

  test('may name one as a text, and logs what it accepts, and nothing from the token', async () => {
    onRoute({ acr: 'hwk' });
    await codeFor({ acr: 'canary' });
    expect(world.decisions.at(-1)).toMatchObject({
      status: 401,
      provider: 'default',
      reason: '"acr" is not accepted (accepted: hwk)',
    });
    await codeFor({});
    expect(world.decisions.at(-1)?.reason).toBe('"acr" is missing (accepted: hwk)');
  });
});

describe('a route with "maxAuthAgeSeconds"', () => {
  test('accepts logins within it, within the clock tolerance, and no others', async () => {
    onRoute({ maxAuthAgeSeconds: 900 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -2000, max: 2000 }), async (age) => {
        const expected = age >= -30 && age <= 930 ? 'allowed' : 'authentication_insufficient';
        expect([age, await codeFor({ auth_time: THEN - age })]).toEqual([age, expected]);
      }),
    );
    for (const age of [-31, -30, 930, 931]) {
      const expected = age === -30 || age === 930 ? 'allowed' : 'authentication_insufficient';
      expect([age, await codeFor({ auth_time: THEN - age })]).toEqual([age, expected]);
    }
  });

  test.each([undefined, null, '', String(THEN), [THEN], THEN * 1000, -1e300, true, {}])(
    'counts an auth_time of %j as too long ago',
    async (auth_time) => {
      onRoute({ maxAuthAgeSeconds: 900 });
      expect(await codeFor({ auth_time })).toBe('authentication_insufficient');
    },
  );

  test('uses the tolerance of the provider', async () => {
    onRoute(
      { maxAuthAgeSeconds: 900 },
      { providers: { default: { type: 'jwks', clockToleranceSeconds: 0 } } },
    );
    expect(await codeFor({ auth_time: THEN - 900 })).toBe('allowed');
    expect(await codeFor({ auth_time: THEN - 901 })).toBe('authentication_insufficient');
    expect(await codeFor({ auth_time: THEN + 1 })).toBe('authentication_insufficient');
  });

  test('checks the time again on each use of a remembered token', async () => {
    onRoute({ maxAuthAgeSeconds: 900 });
    const token = mint(KEY, claimsOf({ exp: NOW + 100_000, auth_time: THEN }));
    await world.present(token);
    world.advance(931);
    await world.present(token);
    expect(world.decisions.map(({ code, remembered }) => [code, remembered])).toEqual([
      ['allowed', undefined],
      ['authentication_insufficient', true],
    ]);
  });
});

test('the level is checked after the token itself and before scopes and claims', async () => {
  onRoute({ acr: 'hwk', scopes: ['unheard-of'], claims: { tenant: { equals: 'a' } } });
  expect(await codeFor({ exp: NOW - 100 })).toBe('token_expired');
  expect(await codeFor({})).toBe('authentication_insufficient');
  expect(await codeFor({ acr: 'hwk' })).toBe('scope_missing');
});

test('a change of the level takes effect for remembered tokens', async () => {
  const token = mint(KEY, claimsOf({ exp: NOW + 100_000, acr: 'pwd' }));
  onRoute({ acr: 'pwd' });
  expect((await world.present(token)).status).toBe(200);
  onRoute({ acr: 'hwk' });
  expect((await world.present(token)).status).toBe(401);
});

describe('as an authorizer', () => {
  const weak = `Bearer ${mint(KEY, claimsOf({ acr: 'pwd' }))}`;

  test('says Unauthorized in the form of each API', async () => {
    onRoute({ acr: 'hwk' });
    await expect(world.ask(restRequestEvent(weak))).rejects.toThrow(/^Unauthorized$/);
    await expect(world.ask(httpApiV2Event(weak))).rejects.toThrow(/^Unauthorized$/);
    expect(world.decisions.map(({ code }) => code)).toEqual(Array(2).fill('authentication_insufficient'));
  });

  test('has AppSync cache a response no longer than the login is recent enough', async () => {
    onRoute({ maxAuthAgeSeconds: 900 });
    const claims = claimsOf({ exp: NOW + 100_000, auth_time: THEN - 880 });
    expect(await world.ask(appSyncEvent(`Bearer ${mint(KEY, claims)}`))).toMatchObject({
      isAuthorized: true,
      ttlOverride: 20,
    });
  });
});
