import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';

let stack: TestStack;
let guide: Guide;
let token: string;

beforeAll(async () => {
  stack = await startTestStack();
  guide = createGuide('revoke', stack, {
    'https://login.example.com': stack.urls.authorizationServer,
    'https://api.example.com': stack.urls.loadBalancer,
  });
  token = await stack.token();
  guide.setToken(token);
});
afterAll(async () => {
  guide.close();
  await stack.close();
});

const succeeds = ({ status, output }: Ran) => {
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(output).not.toContain(token);
};
const statusOf = async (bearer: string) => (await stack.call('/api/orders/1', bearer)).status;
/** A token issued in a later second than all earlier ones. */
async function later(): Promise<string> {
  const second = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 50));
  return stack.token();
}

test('the guide revokes a token, a client, a subject and an issuer, proves it, and undoes it', async () => {
  expect(await statusOf(token)).toBe(200);
  await guide.follow('A token', succeeds);
  expect([await statusOf(token), await statusOf(await stack.token())]).toEqual([401, 200]);

  await guide.follow('Prove that the token is rejected', ({ status, output }, index) => {
    if (index === 0) expect(statusesIn(output)).toEqual([401]);
    if (index === 0) expect(output).toContain('"code":"token_revoked"');
    if (index === 1) expect({ status, output }).toMatchObject({ status: 1, output: /FAIL {2}revocations/ });
    if (index === 2) expect(output).toMatch(/revocations version \d+, in force/);
  });
  expect(await guide.query('revoked')).toMatchObject([
    { outcome: 'rejected', provider: 'default', method: 'GET', requests: '2' },
  ]);
  expect(await guide.query('let through')).toHaveLength(2);

  const second = await later();
  await guide.follow('A client', async (ran, index) => {
    succeeds(ran);
    if (index === 0) expect(await statusOf(second)).toBe(401);
  });
  expect([await statusOf(second), await statusOf(await later())]).toEqual([401, 200]);

  await guide.follow('A subject', succeeds);
  const third = await later();
  expect(await statusOf(third)).toBe(200);
  const fourth = await later();
  expect(await statusOf(fourth)).toBe(200);
  await guide.follow('Everything issued before now', succeeds);
  expect([await statusOf(third), await statusOf(await later())]).toEqual([401, 200]);

  await guide.follow('Undo a revocation', succeeds);
  expect(guide.left()).toEqual([]);
});
