import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type AuthorizationServer,
  startAuthorizationServer,
} from '../../../local/identity/authorization-server.ts';
import { createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';

let stack: TestStack;
let next: AuthorizationServer;
let guide: Guide;

beforeAll(async () => {
  stack = await startTestStack();
  next = await startAuthorizationServer({ port: 0, onServed: () => {}, log: () => {} });
  const { loadBalancer, authorizationServer } = stack.urls;
  guide = createGuide('new-issuer', stack, {
    'https://login.example.com': authorizationServer,
    'https://login.example.net/oauth': next.origin,
    'https://login.example.net': next.origin,
    'https://api.example.com': loadBalancer,
    'CLIENT_ID:CLIENT_SECRET': 'demo-client:demo-secret',
  });
});
afterAll(async () => {
  guide.close();
  await next.close();
  await stack.close();
});

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toEqual({ status: 0, output });

test('the guide moves callers to another issuer, and rejects old tokens only after nobody uses them', async () => {
  const old = await stack.token({ scope: 'orders:read' });
  const oldStatus = async () => (await stack.call('/api/orders/1', old)).status;

  await guide.follow('Before you start', succeeds);
  await guide.follow('Change the issuer without an outage');
  await guide.follow('1. Accept both', (ran) => {
    succeeds(ran);
    expect(ran.output).toContain('with a token of next');
  });
  await guide.follow('2. Try a token of the new issuer', (ran, index) => {
    if (index === 0) expect(statusesIn(ran.output)).toEqual([200]);
    else succeeds(ran);
  });
  expect(await oldStatus()).toBe(200);

  expect(await guide.query('by provider')).toMatchObject([
    { provider: 'next', requests: '1' },
    { provider: 'default', requests: '1' },
  ]);
  expect(await guide.query('who is left')).toMatchObject([{ path: '/api/orders/1' }]);

  await guide.follow('4. Remove the old issuer', async (ran, index) => {
    succeeds(ran);
    expect(await oldStatus()).toBe(index === 0 ? 401 : 200);
  });
  await guide.again('4. Remove the old issuer');
  expect(await oldStatus()).toBe(401);

  await guide.follow('5. Make it the default provider', async (ran, index) => {
    succeeds(ran);
    if (index === 0) expect(ran.output).toContain('No request is known to be decided differently.');
    expect(await guide.statusOfToken('/api/orders/1')).toBe(200);
  });

  await guide.follow("The key set's URL alone", async (ran) => {
    succeeds(ran);
    expect(await guide.statusOfToken('/api/orders/1')).toBe(200);
  });
  stack.setParameter('jwks-uri', 'discover');
  await guide.follow('The short way', async (ran) => {
    succeeds(ran);
    expect([await guide.statusOfToken('/api/orders/1'), await oldStatus()]).toEqual([401, 200]);
  });
  await guide.follow('The audience alone', async (ran) => {
    succeeds(ran);
    const other = await stack.token({ scope: 'orders:read', aud: 'orders.example.com' });
    expect([await oldStatus(), (await stack.call('/api/orders/1', other)).status]).toEqual([401, 200]);
  });
  expect(guide.left()).toEqual([]);
});
