import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';

let stack: TestStack;
let guide: Guide;

beforeAll(async () => {
  stack = await startTestStack();
  const token = await stack.token({ scope: 'orders:read orders:write' });
  guide = createGuide('browsers', stack, {
    'https://api.example.com': stack.urls.loadBalancer,
    'https://login.example.com': stack.urls.authorizationServer,
    'Bearer TOKEN': `Bearer ${token}`,
  });
  guide.setToken(token);
});
afterAll(async () => {
  guide.close();
  await stack.close();
});

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toEqual({ status: 0, output });
const allowedOrigins = (output: string) =>
  [...output.matchAll(/^access-control-allow-origin: (\S+)\r?$/gim)].map(([, origin]) => origin);
const PAGE = 'https://app.example.com';

// `npm run test:browser` checks that a browser treats the responses as the guide says.
test('the guide lets a page call with a token and with a cookie, keeps other pages out, and goes back', async () => {
  await guide.follow('1. See what pages get today', ({ output }) => {
    expect(statusesIn(output)).toEqual([401]);
    expect(allowedOrigins(output)).toEqual([]);
  });
  await guide.follow('2. List the origin', succeeds);
  await guide.follow('3. Try it with curl', ({ output }, index) => {
    if (index === 0) {
      expect(statusesIn(output)).toEqual([204, 403]);
      expect(allowedOrigins(output)).toEqual([PAGE]);
      expect(output).toMatch(/^access-control-allow-headers: authorization, content-type\r?$/im);
      expect(output).toContain('"code":"origin_not_allowed"');
    } else {
      expect(statusesIn(output)).toEqual([401, 200]);
      expect(allowedOrigins(output)).toEqual([PAGE, PAGE]);
    }
  });
  await guide.follow('4. Try it in the browser');
  expect((await guide.run('"$NODE" call.mjs')).output).toMatch(/^200 1-[\w-]+ \{\s*"method": "GET"/);

  await guide.follow('5. With a cookie instead', (ran, index) => {
    if (index === 0) return succeeds(ran);
    expect(statusesIn(ran.output)).toEqual([403, 403, 200]);
    expect(ran.output.match(/"code":"origin_not_allowed"/g)).toHaveLength(2);
  });
  expect((await guide.run('"$NODE" call-with-cookie.mjs')).output).toMatch(/^401 1-[\w-]+ .*token_missing/);
  expect((await guide.run('"$NODE" call.mjs')).output).toMatch(/^200 /);
  const expired = { cookie: '__Host-session=expired', origin: PAGE };
  const statusOf = async (path: string) =>
    (await stack.call(path, undefined, { method: 'POST', headers: expired })).status;
  expect([await statusOf('/api/login/start'), await statusOf('/api/orders/1')]).toEqual([200, 401]);

  expect(await guide.query('refused pages')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ method: 'OPTIONS', requests: '1' }),
      expect.objectContaining({ method: 'POST', requests: '2' }),
    ]),
  );
  await guide.follow('Go back', succeeds);
  const cookie = `__Host-session=${await stack.token({ scope: 'orders:read' })}`;
  const response = await stack.call('/api/orders/1', undefined, { headers: { cookie, origin: PAGE } });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, PAGE]);
  expect(guide.left()).toEqual([]);
});
