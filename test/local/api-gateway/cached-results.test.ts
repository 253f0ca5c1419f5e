import { afterEach, describe, expect, test } from '@jest/globals';
import { startApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import type { ApiKind } from '../../../local/api-gateway/event.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';

let gateway: LoopbackServer | undefined;
afterEach(() => gateway?.close());

/** An API whose authorizer responds to everybody with 401, with the number of its invocations. */
async function start(kind: ApiKind, ttlSeconds?: number) {
  const tokens: string[] = [];
  gateway = await startApiGateway({
    kind,
    port: 0,
    place: { region: 'us-east-1', account: '123456789012' },
    ttlSeconds,
    upstream: 'http://127.0.0.1:9',
    onServed: () => {},
    log: () => {},
    invoke: async (event) => {
      const { methodArn, authorizationToken, headers } = JSON.parse(event);
      tokens.push(authorizationToken ?? headers?.Authorization ?? headers?.authorization ?? '');
      const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: methodArn }];
      const policyDocument = { Version: '2012-10-17', Statement };
      return { kind: 'response', body: Buffer.from(JSON.stringify({ principalId: 'x', policyDocument })) };
    },
  });
  const { origin } = gateway;
  const call = async (token?: string) =>
    (await fetch(`${origin}/x`, token === undefined ? {} : { headers: { Authorization: token } })).status;
  return { call, tokens };
}

describe('an authorizer', () => {
  test.each(['http', 'http-v1', 'rest'] as const)(
    'of an API of kind %s is invoked for each request',
    async (kind) => {
      const { call, tokens } = await start(kind);
      for (const token of ['a', 'a', undefined]) expect([403, 500]).toContain(await call(token));
      expect(tokens).toEqual(['a', 'a', '']);
    },
  );
  test('with cached responses is invoked once per token, and never without one', async () => {
    const { call, tokens } = await start('rest', 300);
    expect([await call('a'), await call('a'), await call('b'), await call()]).toEqual([403, 403, 403, 401]);
    expect(tokens).toEqual(['a', 'b']);
  });
  test('that gets only the token is not invoked without one', async () => {
    const { call, tokens } = await start('rest-token');
    expect([await call('a'), await call()]).toEqual([403, 401]);
    expect(tokens).toEqual(['a']);
  });
});
