import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKey, jwksOf } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { createSignedHeaderWorld, signedHeader, VERIFIED_ACCESS } from '../../support/signed-headers.ts';
import { claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const CONFIG_DUE = 60;
const key = createKey('ES256', 'first');
const PARTNER = 'https://partner.example';

let world: World;
beforeEach(() => {
  world = createWorld(key);
});
const revoke = (what: Record<string, unknown>, issuer = ISSUER) => {
  world.parameters.revocations = JSON.stringify({ [issuer]: what });
};
const present = (claims: Record<string, unknown> = {}) => world.present(mint(key, claimsOf(claims)));

describe('a token is revoked', () => {
  test.each([
    ['its jti', { jti: ['a', 'b'] }, { jti: 'b' }],
    ['its subject', { sub: ['client-1'] }, {}],
    ['its client', { client_id: ['client-1'] }, { sub: 'somebody' }],
    ['its client, named by azp', { client_id: ['app'] }, { client_id: undefined, azp: 'app' }],
    ["its client, as Okta's cid names it", { client_id: ['app'] }, { client_id: undefined, cid: 'app' }],
    ["its client, as Entra's appid names it", { client_id: ['app'] }, { client_id: undefined, appid: 'app' }],
    ['its time of issue', { issuedBefore: NOW }, { iat: NOW - 1 }],
    ['having no time of issue', { issuedBefore: NOW }, { iat: undefined }],
    ['the time of issue of its subject', { subIssuedBefore: { 'client-1': NOW } }, { iat: NOW - 1 }],
    ['having no time of issue, by its subject', { subIssuedBefore: { 'client-1': 1 } }, { iat: undefined }],
    [
      'the later of two times of issue',
      { issuedBefore: NOW - 100, subIssuedBefore: { 'client-1': NOW } },
      { iat: NOW - 50 },
    ],
    [
      'the other of two times of issue',
      { issuedBefore: NOW, subIssuedBefore: { 'client-1': NOW - 100 } },
      { iat: NOW - 50 },
    ],
    [
      'the time of issue of a subject with the name of a method',
      { subIssuedBefore: { toString: NOW } },
      { sub: 'toString', iat: NOW - 1 },
    ],
    ['one of several reasons', { jti: ['x'], sub: ['y'], issuedBefore: NOW }, { iat: NOW - 1 }],
  ])('by %s', async (_what, revoked, claims) => {
    revoke(revoked);
    expectRejected(await present(claims), 'token_revoked', { world });
  });
});

describe('a token is not revoked', () => {
  test.each([
    ['another jti', { jti: ['a'] }, { jti: 'A' }],
    ['no jti', { jti: ['undefined', 'null'] }, {}],
    ['the subject as a jti', { jti: ['client-1'] }, {}],
    ['a longer subject', { sub: ['client-10', 'client'] }, {}],
    ['a time of issue that is exactly the limit', { issuedBefore: NOW }, { iat: NOW }],
    [
      "a time of issue that is exactly its subject's limit",
      { subIssuedBefore: { 'client-1': NOW } },
      { iat: NOW },
    ],
    ['the time of issue of another subject', { subIssuedBefore: { 'client-2': NOW } }, { iat: NOW - 1 }],
    [
      'the time of issue of a subject in other case',
      { subIssuedBefore: { 'Client-1': NOW } },
      { iat: NOW - 1 },
    ],
    ['the time of issue of a client', { subIssuedBefore: { 'client-1': NOW } }, { sub: 'x', iat: NOW - 1 }],
    [
      'the time of issue of nobody',
      { subIssuedBefore: { undefined: NOW } },
      { sub: undefined, iat: NOW - 1 },
    ],
    ...['constructor', '__proto__', 'hasOwnProperty', 'valueOf'].map((sub): [string, object, object] => [
      `the subject ${sub}, which objects inherit`,
      { subIssuedBefore: { other: NOW } },
      { sub, iat: NOW - 1 },
    ]),
    ['a name that objects inherit', { sub: ['constructor', '__proto__'] }, {}],
    ['nothing', {}, {}],
  ])('by %s', async (_what, revoked, claims) => {
    revoke(revoked);
    expect((await present(claims)).status).toBe(200);
  });
});

describe('each issuer', () => {
  beforeEach(() => {
    world.parameters.policy = JSON.stringify({
      providers: { partner: { type: 'jwks', issuer: PARTNER, audience: 'api', jwks: jwksOf(key) } },
      routes: [{ path: '/api/*', providers: ['default', 'partner'] }],
    });
  });
  test('has its own revocations: the same subject of another issuer is somebody else', async () => {
    revoke({ sub: ['client-1'], issuedBefore: NOW + 1 }, PARTNER);
    expect((await present()).status).toBe(200);
    expectRejected(await present({ iss: PARTNER, aud: 'api' }), 'token_revoked', { world });
  });
  test('has its own times of issue: a logout there is not a logout here', async () => {
    revoke({ subIssuedBefore: { 'client-1': NOW + 1 } }, PARTNER);
    expect((await present()).status).toBe(200);
    expectRejected(await present({ iss: PARTNER, aud: 'api' }), 'token_revoked', { world });
  });
  test('is identified by its exact text', async () => {
    revoke({ sub: ['client-1'] }, PARTNER);
    expect((await present()).status).toBe(200);
  });
});

test('a header signed by Verified Access is revoked under its instance', async () => {
  const made = createSignedHeaderWorld(VERIFIED_ACCESS);
  made.world.parameters.revocations = JSON.stringify({ [VERIFIED_ACCESS.signer]: { sub: ['jane'] } });
  const headers = { [VERIFIED_ACCESS.field]: signedHeader(VERIFIED_ACCESS, made.key) };
  const response = await made.world.call({ target: '/api/staff/x', headers });
  expectRejected(response, 'token_revoked', made);
});

test('a revocation takes effect on a remembered token within the refresh age, and so does its end', async () => {
  const token = mint(key);
  for (let i = 0; i < 2; i++) expect((await world.present(token)).status).toBe(200);
  revoke({ client_id: ['client-1'] });
  world.advance(CONFIG_DUE);
  expectRejected(await world.present(token), 'token_revoked', { world });
  world.parameters.revocations = '{}';
  world.advance(CONFIG_DUE);
  expect((await world.present(token)).status).toBe(200);
});

test('a logout takes effect on remembered tokens within the refresh age, and not on those issued after it', async () => {
  const before = mint(key);
  const someoneElse = mint(key, claimsOf({ sub: 'client-2' }));
  for (const token of [before, someoneElse]) expect((await world.present(token)).status).toBe(200);
  revoke({ subIssuedBefore: { 'client-1': NOW + 10 } });
  world.advance(CONFIG_DUE);
  expectRejected(await world.present(before), 'token_revoked', { world });
  expect((await world.present(someoneElse)).status).toBe(200);
  const after = mint(key, claimsOf({ iat: NOW + 10 }));
  for (let i = 0; i < 2; i++) expect((await world.present(after)).status).toBe(200);
  expectRejected(await world.present(before), 'token_revoked', { world });
});

test("a revoked token's other encoding is revoked too: claims identify it, not its text", async () => {
  revoke({ jti: ['stolen'] });
  const claims = claimsOf({ jti: 'stolen' });
  const spaced = JSON.stringify(claims, undefined, 2);
  for (const text of [claims, spaced, spaced.replace('"jti"', '"\\u006ati"')]) {
    expectRejected(await world.present(mint(key, text)), 'token_revoked', { world });
  }
});

test.each([
  ['{"https://issuer.example":{"jtis":[]}}'],
  ['{"https://issuer.example":{"jti":"a"}}'],
  ['{"https://issuer.example":{"issuedBefore":"now"}}'],
  ['{"https://issuer.example":{"issuedBefore":1790000000000}}'],
  ['{"https://issuer.example":{"sub":[5]}}'],
  ['{"https://issuer.example":{"subIssuedBefore":{"client-1":1790000000000}}}'],
  ['{"https://issuer.example":{"subIssuedBefore":{"client-1":"now"}}}'],
  ['{"https://issuer.example":{"subIssuedBefore":{"":1790000000}}}'],
  ['{"https://issuer.example":{"subIssuedBefore":["client-1"]}}'],
  ['{"https://issuer.example":{"subIssuedBefore":{"client-1":1,"client-1":2}}}'],
  ['null'],
  ['not JSON'],
])('%s is not a list of revocations, and the previous one stays in force', async (text) => {
  revoke({ sub: ['client-1'] });
  expectRejected(await present(), 'token_revoked', { world });
  world.parameters.revocations = text;
  world.advance(CONFIG_DUE);
  expectRejected(await present(), 'token_revoked', { world });
  expect(world.events.map(({ name }) => name)).toContain('configRejected');
});

test.each([['[]'], ['[{}]'], ['[{"sub":["client-1"]}]']])(
  'the list %s is not a list of revocations by issuer, and the previous one stays in force',
  async (text) => {
    revoke({ sub: ['client-1'] });
    expectRejected(await present(), 'token_revoked', { world });
    world.parameters.revocations = text;
    world.advance(CONFIG_DUE);
    expectRejected(await present(), 'token_revoked', { world });
  },
);

test("an issuer that no provider has causes a warning, and the others' revocations are in force", async () => {
  world.parameters.revocations = JSON.stringify({
    'https://gone.example': { sub: ['x'] },
    [ISSUER]: { sub: ['client-1'] },
  });
  expectRejected(await present(), 'token_revoked', { world });
  const loaded = world.events.find(({ name }) => name === 'configLoaded');
  expect(loaded?.detail[0]).toMatchObject({
    warnings: [
      {
        parameter: 'revocations',
        message: `https://gone.example: no provider has this issuer, so its entry revokes nothing; the issuers are ${ISSUER}`,
      },
    ],
  });
});

test('revocations take effect once their issuer has a provider, and the warning stops', async () => {
  world.parameters.revocations = JSON.stringify({ [PARTNER]: { sub: ['client-1'] } });
  expect((await present()).status).toBe(200);
  world.parameters.policy = JSON.stringify({
    providers: { partner: { type: 'jwks', issuer: PARTNER, audience: 'api', jwks: jwksOf(key) } },
    routes: [{ path: '/api/*', providers: ['default', 'partner'] }],
  });
  world.advance(CONFIG_DUE);
  expectRejected(await present({ iss: PARTNER, aud: 'api' }), 'token_revoked', { world });
  const loaded = world.events.filter(({ name }) => name === 'configLoaded');
  expect(loaded.map(({ detail }) => (detail[0] as { warnings: object[] }).warnings.length)).toEqual([1, 0]);
});
