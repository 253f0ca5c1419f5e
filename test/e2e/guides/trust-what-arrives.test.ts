import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../support/free-port.ts';
import { createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';

let stack: TestStack;
let guide: Guide;

beforeAll(async () => {
  stack = await startTestStack();
  const { loadBalancer, authorizationServer } = stack.urls;
  guide = createGuide('trust-what-arrives', stack, {
    ' --local': '',
    'http://localhost:8080': loadBalancer,
    'http://localhost:8081': authorizationServer,
    'http://localhost:8083': stack.upstream.origin,
    9000: String(await freePort()),
    'http://orders.internal.example:8080': `http://127.0.0.1:${await freePort()}`,
    'https://api.example.com': loadBalancer,
  });
});
afterAll(async () => {
  // The service must not outlive a test that fails on the way.
  await guide.again('6. Or verify the token again');
  guide.close();
  await stack.close();
});

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toMatchObject({ status: 0 });
/** The identity fields that the upstream says it got. */
const identityIn = ({ output }: Ran) =>
  (JSON.parse(output) as { headers: [string, string][] }).headers.filter(([name]) =>
    /^x[-_](?:jwt|amzn[-_]oidc)/i.test(name),
  );

test('the guide shows that a forged identity does not get through, gets around the function, and closes the way', async () => {
  await guide.follow('1. Set up', succeeds);
  await guide.follow('2. Send a forged identity', (ran) => {
    expect(identityIn(ran)).toEqual([
      ['x-jwt-provider', 'default'],
      ['x-jwt-issuer', stack.urls.authorizationServer],
      ['x-jwt-subject', 'demo-client'],
      ['x-jwt-client-id', 'demo-client'],
      ['x-jwt-scope', 'orders:read'],
    ]);
    expect(ran.output).not.toContain('admin');
  });
  await guide.follow('3. Send one without a token', (ran, index) => {
    if (index === 0) expect(identityIn(ran)).toEqual([]);
    else expect(statusesIn(ran.output)).toEqual([401]);
  });
  await guide.follow('4. Go around the function', (ran) => {
    expect(identityIn(ran)).toEqual([['x-jwt-subject', 'admin']]);
  });
  await guide.follow('5. Close the way around', ({ output }) => {
    expect(output).toContain('not run: aws ec2 authorize-security-group-ingress');
  });

  await guide.follow('6. Or verify the token again', (ran, index) => {
    succeeds(ran);
    if (index === 1) {
      expect(statusesIn(ran.output)).toEqual([200, 401]);
      expect(ran.output).toContain('Hello demo-client');
    }
    if (index === 2) expect(statusesIn(ran.output)).toEqual([200, 403]);
  });
  const token = await stack.token({ scope: 'orders:read' });
  expect(await (await stack.call('/api/orders/1', token)).json()).toMatchObject({ url: '/api/orders/1' });

  await guide.follow('7. Test it from outside', ({ status, output }, index) => {
    if (index === 0) expect(status).not.toBe(0);
    if (index === 0) expect(output).not.toContain('OPEN');
    if (index === 1) expect(statusesIn(output)).toEqual([401, 401]);
  });
  expect(guide.left()).toEqual([]);
});
