import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_LOGIN, SIGNING_SERVICES, type SigningService } from '../../local/identity/signing-service.ts';
import { startLoadBalancer } from '../../local/load-balancer/load-balancer.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import type { Echo } from '../../local/upstream.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';

/** The values of a header that the upstream received. */
const seen = ({ headers }: Echo, wanted: string) =>
  headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));

describe.each(SIGNING_SERVICES)('a request through %s', (as) => {
  let stack: TestStack;
  let service: SigningService;
  let past: LoopbackServer;
  beforeAll(async () => {
    stack = await startTestStack({ as });
    service = stack.signingService as SigningService;
    const { deployment, functions } = stack;
    past = await startLoadBalancer({
      port: 0,
      deployment,
      invoke: functions.invoke,
      onServed: () => {},
      log: () => {},
    });
  });
  afterAll(async () => {
    await past.close();
    await stack.close();
  });

  const echoOf = async (path: string, token?: string, headers: Record<string, string> = {}) => {
    const response = await stack.call(path, token, { headers });
    expect(response.status).toBe(200);
    return (await response.json()) as Echo;
  };

  test('passes on the routes that name its provider, and the upstream learns the provider', async () => {
    const echo = await echoOf('/api/admin/users');
    expect(seen(echo, 'x-jwt-provider')).toEqual([service.provider]);
    expect(seen(echo, 'x-jwt-subject')).toEqual([DEMO_LOGIN.subject]);
    expect(seen(echo, service.header)).toHaveLength(1);
  });

  test('is anonymous on other paths, which need a token, and the upstream learns that provider', async () => {
    const anonymous = await stack.call('/api/anything');
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({ code: 'token_missing' });
    const echo = await echoOf('/api/anything', await stack.token());
    expect(seen(echo, 'x-jwt-provider')).toEqual(['default']);
    expect(seen(echo, service.header)).toEqual([]);
  });

  test('forwards no forged header, and no bearer token besides the signed header', async () => {
    const forged = { [service.header]: 'forged', 'X-Amzn-Oidc-Identity': 'root' };
    const echo = await echoOf('/api/admin/users', await stack.token(), forged);
    expect(seen(echo, 'x-jwt-subject')).toEqual([DEMO_LOGIN.subject]);
    expect(seen(echo, 'authorization')).toEqual([]);
    expect(seen(echo, 'x-amzn-oidc-identity')).toEqual([]);
    expect(JSON.stringify(echo)).not.toContain('forged');
  });

  test('shows the signed header with its padding', async () => {
    const [token = ''] = seen(await echoOf('/api/admin/users'), service.header);
    for (const segment of token.split('.')) expect(segment.length % 4).toBe(0);
  });

  test('makes the function fetch its key once', () => {
    const fetches = stack.lines.filter(({ part }) => part === 'signer');
    expect(fetches.map(({ text }) => text)).toEqual([expect.stringMatching(/^GET \/[0-9a-f-]{36} 200$/)]);
  });

  describe('that bypasses it', () => {
    const call = async (headers: Record<string, string>) => {
      const response = await fetch(`${past.origin}/api/admin/users`, { headers });
      return [response.status, ((await response.json()) as { code: string }).code];
    };

    test('is anonymous, with or without a bearer token', async () => {
      expect(await call({})).toEqual([403, 'signed_header_missing']);
      expect(await call({ authorization: `Bearer ${await stack.token()}` })).toEqual([
        403,
        'signed_header_missing',
      ]);
    });

    test('is rejected with a self-signed header, and with a changed byte', async () => {
      const [[, good] = []] = service.pass([]);
      const [header, , signature] = good?.split('.') ?? [];
      const root = Buffer.from('{"sub":"root"}').toString('base64url');
      const padded = root.padEnd(Math.ceil(root.length / 4) * 4, '=');
      expect(await call({ [service.header]: 'forged' })).toEqual([401, 'token_malformed']);
      expect(await call({ [service.header]: `${header}.${padded}.${signature}` })).toEqual([
        401,
        'signature_invalid',
      ]);
    });
  });
});
