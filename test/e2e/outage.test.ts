import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KEY_RULES } from '../../lambda/io/jwks-source.ts';
import { OUTAGE } from '../../local/identity/authorization-server.ts';
import { createKey } from '../support/keys.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { claimsOf, mint } from '../support/tokens.ts';

let stack: TestStack;
let known: string;
let unknown: string;

beforeAll(async () => {
  // One environment, so that there is one cache of keys and one cooldown.
  // Without the keeper, which would fetch keys too; keeper.test.ts covers its part in an outage.
  stack = await startTestStack({ functions: { maxEnvironments: 1 }, keeper: false });
  known = await stack.token();
  const seconds = Math.floor(Date.now() / 1000);
  const times = { iat: seconds, exp: seconds + 3600 };
  unknown = mint(
    createKey('ES256', 'nobody-knows'),
    claimsOf({ iss: stack.urls.authorizationServer, ...times }),
  );
});
afterAll(() => stack.close());

const call = async (token: string) => {
  const response = await stack.call('/api/anything', token);
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
};
const accessLog = () => stack.lines.filter(({ part }) => part === 'auth').map(({ text }) => text);
const UNAVAILABLE = {
  status: 503,
  code: 'keys_unavailable',
  retryAfter: expect.stringMatching(/^[1-9]\d?$/),
};

test('in an outage of the authorization server, known keys verify, unknown keys get a 503, and there is one fetch per cooldown', async () => {
  expect(await call(known)).toMatchObject({ status: 200 });
  await fetch(stack.urls.authorizationServer + OUTAGE, { method: 'PUT' });
  const begun = performance.now();
  const before = accessLog().length;

  // During the cooldown after the successful fetch, an unknown key is merely unknown.
  await eventually(() => call(unknown), ({ status }) => status === 503); // biome-ignore format: one line
  for (let i = 0; i < 20; i++) {
    expect(await call(unknown)).toEqual(UNAVAILABLE);
    expect(await call(known)).toMatchObject({ status: 200 });
  }
  const attempts = accessLog().slice(before);
  expect(attempts.length).toBeGreaterThanOrEqual(1);
  expect(attempts.length).toBeLessThanOrEqual(1 + (performance.now() - begun) / KEY_RULES.cooldownMs);
  expect(new Set(attempts)).toEqual(new Set(['GET /.well-known/openid-configuration 503']));

  await stack.authorizationServer.close();
  expect(await call(known)).toMatchObject({ status: 200 });
  expect(await call(unknown)).toEqual(UNAVAILABLE);
});
