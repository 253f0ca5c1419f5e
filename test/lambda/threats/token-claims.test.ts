import { describe, expect, test } from '@jest/globals';
import { canaryClaims, underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { CANARY } from '../../support/rejection.ts';
import { AUDIENCE, ISSUER, mint, NOW } from '../../support/tokens.ts';

const attack = underAttack(createKey('ES256'));
const rejectClaims = (claims: object | string, code: string) =>
  attack.expectRejectedToken(mint(attack.key, claims), code);
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(canaryClaims()).filter(([name]) => !names.includes(name)));

describe('iss (CVE-2025-30144)', () => {
  test.each([
    ['an array', [ISSUER]],
    ['an array of ours and another', [ISSUER, 'https://evil.example']],
    ['a substring', 'https://issuer'],
    ['a prefix', `${ISSUER}.evil.example`],
    ['a suffix', `https://evil.example/?${ISSUER}`],
    ['another case', 'https://ISSUER.example'],
    ['a trailing slash', `${ISSUER}/`],
    ['ours as the user of another', 'https://issuer.example@evil.example'],
    ['http', 'http://issuer.example'],
    ['a space', `${ISSUER} `],
    ['a NUL', `${ISSUER}\0`],
    ['a homoglyph', 'https://\u0456ssuer.example'],
    ['another', `https://${CANARY}.example`],
    ['empty', ''],
    ['null', null],
    ['a number', 1],
    ['an object', { toString: ISSUER }],
  ])('that is %s is rejected', async (_, iss) => rejectClaims(canaryClaims({ iss }), 'issuer_mismatch'));

  test('is rejected if it is missing', async () => rejectClaims(without('iss'), 'issuer_mismatch'));
  test('is accepted with a trailing slash if exactly that is configured', async () => {
    attack.world.parameters.issuer = `${ISSUER}/`;
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims({ iss: `${ISSUER}/` })));
  });
});

describe('aud (CVE-2025-62610)', () => {
  test('is rejected if it is missing', async () => rejectClaims(without('aud'), 'claim_missing'));
  test.each([
    ['a number', 1],
    ['an object', { [AUDIENCE]: true }],
    ['a nested array', [[AUDIENCE]]],
    ['an array with a number', [AUDIENCE, 1]],
    ['null', null],
    ['true', true],
  ])('that is %s is rejected', async (_, aud) => rejectClaims(canaryClaims({ aud }), 'claim_malformed'));
  test.each([
    ['an empty array', []],
    ['empty', ''],
    ['a substring', 'api.example'],
    ['a superstring', `${AUDIENCE}.evil.example`],
    ['another case', AUDIENCE.toUpperCase()],
    ['ours and another in one string', `${AUDIENCE},other`],
    ['others', ['other', 'another']],
  ])('that is %s is rejected', async (_, aud) => rejectClaims(canaryClaims({ aud }), 'audience_mismatch'));
  test('is accepted with ours among others', async () => {
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims({ aud: ['other', AUDIENCE] })));
  });
});

describe('times', () => {
  const withNumber = (name: string, text: string): string =>
    JSON.stringify(canaryClaims({ [name]: 'HERE' })).replace('"HERE"', text);

  test('exp that is missing is rejected', async () => rejectClaims(without('exp'), 'claim_missing'));
  test.each([
    ['exp', 'a string', JSON.stringify(String(NOW + 60))],
    ['exp', 'NaN text', '"NaN"'],
    ['exp', '1e400', '1e400'],
    ['exp', 'in ms', String((NOW + 60) * 1000)],
    ['exp', 'null', 'null'],
    ['exp', 'an array', `[${NOW + 60}]`],
    ['nbf', 'a string', `"${NOW}"`],
    ['nbf', '-1e400', '-1e400'],
    ['nbf', 'in ms', String(NOW * 1000)],
    ['iat', 'a string', `"${NOW}"`],
    ['iat', '1e400', '1e400'],
    ['iat', 'in ms', String(NOW * 1000)],
  ])('%s that is %s is rejected', async (name, _, text) =>
    rejectClaims(withNumber(name, text), 'claim_malformed'),
  );
  test('exp as bare NaN is not JSON', async () => rejectClaims(withNumber('exp', 'NaN'), 'token_malformed'));
  test.each([
    ['negative', -1],
    ['zero', 0],
    ['past by more than the tolerance', NOW - 30],
  ])('exp that is %s is rejected', async (_, exp) => rejectClaims(canaryClaims({ exp }), 'token_expired'));
  test.each(['nbf', 'iat'])('%s in the future is rejected', async (name) =>
    rejectClaims(canaryClaims({ [name]: NOW + 31 }), 'token_not_yet_valid'),
  );
  test('exp that is a float is legal (RFC 7519 §2)', async () => {
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims({ exp: NOW + 0.5, iat: NOW - 0.5 })));
  });
  test('all within the tolerance are accepted', async () => {
    await attack.expectAcceptedToken(
      mint(attack.key, canaryClaims({ exp: NOW - 29, nbf: NOW + 29, iat: NOW + 29 })),
    );
  });
  test('a token that was good expires, remembered or not', async () => {
    const token = mint(attack.key, canaryClaims({ exp: NOW + 10 }));
    await attack.expectAcceptedToken(token);
    attack.upstream.received.length = 0;
    attack.world.advance(40);
    expect((await attack.world.present(token)).body).toMatchObject({ code: 'token_expired' });
    expect(attack.upstream.received).toEqual([]);
  });
});

describe('duplicate JSON members', () => {
  const twice = (name: string, first: unknown, second: unknown): string =>
    JSON.stringify(canaryClaims({ [name]: first })).replace(/}$/, `,"${name}":${JSON.stringify(second)}}`);

  test('exp twice: the last one counts', async () => {
    await rejectClaims(twice('exp', NOW + 3600, NOW - 3600), 'token_expired');
    await attack.expectAcceptedToken(mint(attack.key, twice('exp', NOW - 3600, NOW + 3600)));
  });
  test('aud and iss twice: the last one counts', async () => {
    await rejectClaims(twice('aud', AUDIENCE, 'other'), 'audience_mismatch');
    await rejectClaims(twice('iss', ISSUER, 'https://evil.example'), 'issuer_mismatch');
  });
  test('alg twice: the last one counts', async () => {
    const header = (first: string, last: string) =>
      `{"alg":"${first}","kid":"${attack.key.kid}","alg":"${last}"}`;
    const good = mint(attack.key, canaryClaims(), header('none', 'ES256'));
    await attack.expectRejectedToken(
      mint(attack.key, canaryClaims(), header('ES256', 'none')),
      'algorithm_not_allowed',
    );
    await attack.expectAcceptedToken(good);
  });
  test('the one that counts for us is the one that the upstream gets', async () => {
    await attack.expectAcceptedToken(mint(attack.key, twice('sub', 'first', 'last')));
    expect(attack.upstream.received[0]?.headers).toContainEqual(['x-jwt-subject', 'last']);
  });
});

describe('claims with a bad name or shape', () => {
  test('__proto__ and constructor pollute nothing and mean nothing', async () => {
    const text = JSON.stringify(without('aud', 'exp')).replace(
      /}$/,
      `,"__proto__":{"aud":"${AUDIENCE}","exp":${NOW + 60}},"constructor":{"prototype":{"exp":1}}}`,
    );
    await rejectClaims(text, 'claim_missing');
    expect(({} as Record<string, unknown>).aud).toBeUndefined();
    await attack.expectAcceptedToken(
      mint(attack.key, JSON.stringify(canaryClaims()).replace(/}$/, ',"__proto__":{"sub":"root"}}')),
    );
    expect(attack.upstream.received[0]?.headers).toContainEqual(['x-jwt-subject', `${CANARY}-sub`]);
  });
  const nested = (depth: number): string =>
    JSON.stringify(canaryClaims()).replace(/}$/, `,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`);

  test('10,000 levels of nesting make a token too long', async () =>
    rejectClaims(nested(10_000), 'token_malformed'));
  test.each([990, 1_000, 5_500])(
    '%d levels, which would fit, cause no crash, whether forwarded or returned',
    async (depth) => {
      const token = mint(attack.key, nested(depth));
      for (const upstream of [attack.upstream.origin, 'whoami']) {
        attack.world.parameters.upstream = upstream;
        attack.world.advance(60);
        const response = await attack.world.present(token);
        expect(response.status).toBe(depth < 1_000 ? 200 : 401);
        expect(attack.world.bugs).toEqual([]);
      }
    },
  );
  test('1 MB of claims is rejected for its length', async () => {
    await rejectClaims(canaryClaims({ x: 'x'.repeat(1_000_000) }), 'token_malformed');
  });
  test.each([
    ['sub', 1],
    ['sub', ['a']],
    ['client_id', {}],
    ['scope', 1],
    ['scp', [1]],
  ])('%s that is %j is rejected rather than forwarded', async (name, value) => {
    const { scope: _, ...claims } = canaryClaims();
    await rejectClaims({ ...claims, [name]: value }, 'claim_malformed');
  });
});

describe('a claim that identifies nobody', () => {
  test.each([
    ['cid', 42],
    ['azp', true],
    ['appid', ['x']],
  ])('%s as %j is no reason to reject a token, and is not forwarded', async (name, value) => {
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims({ [name]: value })));
  });
});

describe('a token for another use', () => {
  test.each(['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'application/logout+jwt', 'JOSE', CANARY])(
    'of typ %s is rejected',
    async (typ) => attack.expectRejectedToken(mint(attack.key, canaryClaims(), { typ }), 'type_not_allowed'),
  );
  test.each(['JWT', 'at+jwt', 'application/at+jwt', undefined])('of typ %s is accepted', async (typ) => {
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims(), { typ }));
  });
  test.each([{ jkt: CANARY }, { 'x5t#S256': CANARY }])(
    'with cnf presented as plain Bearer is rejected',
    async (cnf) => {
      await rejectClaims(canaryClaims({ cnf }), 'token_sender_constrained');
    },
  );
});
