import { describe, expect, test } from '@jest/globals';
import { parsePolicy, problemsOf } from '../../../support/paths.ts';

const APP = 'https://app.example.com';
const corsOf = async (cors: object, policy: object = {}) => {
  const parsed = await parsePolicy({ cors, ...policy });
  return 'config' in parsed ? parsed.config : undefined;
};

test('without "cors" there are no rules, and with it there are defaults', async () => {
  const parsed = await parsePolicy({});
  expect('config' in parsed && parsed.config.cors).toBe(undefined);
  expect((await corsOf({ origins: [APP] }))?.cors).toEqual({
    origins: new Set([APP]),
    credentials: false,
    exposed: 'WWW-Authenticate, X-Request-Id, DPoP-Nonce, Retry-After',
    maxAgeSeconds: 600,
  });
});

describe('an origin is as browsers send it', () => {
  test.each([
    'http://localhost:3000',
    'https://app.example.com:8443',
    'capacitor://localhost',
    'ionic://app',
  ])('%s', async (origin) => {
    expect(await problemsOf({ cors: { origins: [origin] } })).toEqual([]);
  });
  test.each([
    [`${APP}/`, `must be ${APP}, as browsers send it`],
    ['http://app.example.com', 'must be https (http is for loopback only)'],
    ['https://*.example.com', 'must be one origin such as https://app.example.com, without wildcards'],
    ['file://', 'must be one origin such as https://app.example.com, without wildcards'],
    ['null', 'cannot be "null": anybody can make a page with that origin'],
    ['htps://app.example.com', 'must be one origin such as https://app.example.com, without wildcards'],
  ])('and is not %s', async (origin, message) => {
    expect(await problemsOf({ cors: { origins: [APP, origin] } })).toEqual([`cors.origins.1: ${message}`]);
  });
});

describe('settings that contradict each other are a problem', () => {
  test.each<[string, object, string]>([
    [
      'all origins with credentials',
      { cors: { origins: ['*'], credentials: true } },
      'cors.origins: "*" cannot be combined with "credentials": true; list the origins',
    ],
    [
      'all origins and one of them',
      { cors: { origins: ['*', APP] } },
      'cors.origins: "*" means all origins; list it alone, or leave it out',
    ],
    [
      'all fields with credentials, where "*" is a name like any other',
      { cors: { origins: [APP], credentials: true, exposeHeaders: ['*'] } },
      'cors.exposeHeaders: "*" has no effect with "credentials": true; list the names',
    ],
    ...['allow', 'deny'].map((corsPreflight): [string, object, string] => [
      `a route that says ${corsPreflight} to preflights`,
      { cors: { origins: [APP] }, routes: [{ path: '/a' }, { path: '/api/*', corsPreflight }] },
      'routes.1.corsPreflight: cannot be combined with "cors", which handles every preflight; leave one of the two out',
    ]),
    ['no origin', { cors: { origins: [] } }, expect.stringContaining('cors.origins') as unknown as string],
    [
      'an invalid name',
      { cors: { origins: [APP], exposeHeaders: ['a b'] } },
      'cors.exposeHeaders.0: must be the name of a header field',
    ],
  ])('%s', async (_, policy, problem) => {
    expect(await problemsOf(policy)).toEqual([problem]);
  });
});

describe('a cookie may come from its pages', () => {
  const providers = {
    web: {
      type: 'jwks',
      issuer: 'https://idp.example',
      audience: 'web',
      tokenFrom: [{ cookie: '__Host-a' }],
    },
  };
  const OWN = 'https://api.example.com';
  test('beside those of "publicOrigins", or instead of them', async () => {
    const cors = { origins: [APP], credentials: true };
    expect((await corsOf(cors, { providers }))?.cookieOrigins).toEqual([APP]);
    const both = await corsOf(cors, { providers, publicOrigins: [OWN] });
    expect(both?.cookieOrigins).toEqual([OWN, APP]);
  });
  test('but not if they may not send cookies', async () => {
    const config = await corsOf({ origins: [APP] }, { providers, publicOrigins: [OWN] });
    expect(config?.cookieOrigins).toEqual([OWN]);
    expect(await problemsOf({ cors: { origins: [APP] }, providers })).toEqual([
      expect.stringContaining('or "cors" with "credentials": true') as unknown as string,
    ]);
  });
  test('but not if they are all pages: then the policy must say which', async () => {
    expect(await problemsOf({ cors: { origins: ['*'] }, providers })).toEqual([
      'providers.web.tokenFrom: a cookie needs "publicOrigins", or "cors" with "credentials": true, to list the pages that may send it',
    ]);
    const config = await corsOf({ origins: ['*'] }, { providers, publicOrigins: [APP] });
    expect(config?.cookieOrigins).toEqual([APP]);
  });
});
