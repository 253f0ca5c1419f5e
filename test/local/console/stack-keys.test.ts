import { beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Key } from '../../../local/console/keys.ts';
import { stackKeys } from '../../../local/console/stack-keys.ts';
import { createStyle } from '../../../local/console/style.ts';
import { startAuthorizationServer } from '../../../local/identity/authorization-server.ts';
import type { Stack } from '../../../local/stack.ts';
import { deploymentOf } from '../../support/local-stack-fixtures.ts';

let written: string[];
let quits: number;
beforeEach(() => {
  written = [];
  quits = 0;
});

/** The keys of a stack that has only the parts that keys use. */
function keysOf(stack: { readonly urls?: object; readonly authorizationServer?: object } = {}): Key[] {
  const { urls, ...rest } = stack;
  const whole = {
    urls: {
      loadBalancer: 'http://localhost:1',
      ssm: 'http://localhost:2',
      playground: 'http://localhost:6',
      ...urls,
    },
    deployment: deploymentOf(),
    provider: { issuer: 'https://idp.example', audience: ['api'] },
    parameterName: (name: string) => `/x/${name}`,
    ...rest,
  };
  return stackKeys({
    stack: whole as unknown as Stack,
    console: { lastRejection: () => undefined },
    write: (text) => written.push(text),
    style: createStyle(false),
    quit: () => quits++,
    signal: new AbortController().signal,
  });
}
const press = (keys: readonly Key[], name: string) => keys.find(({ key }) => key === name)?.act();
const names = (keys: readonly Key[]) => keys.map(({ key }) => key).join('');

describe('there are keys', () => {
  test("for the stack's own authorization server", () => {
    expect(names(keysOf({ authorizationServer: { origin: 'http://localhost:3' } }))).toBe('troephq');
  });

  test('but none for the authorization server if tokens come from another one', () => {
    expect(names(keysOf())).toBe('ephq');
  });

  test('for the playground', () => {
    const keys = keysOf({ urls: { playground: 'http://localhost:6' } });
    expect(keys.find(({ key }) => key === 'p')?.title).toBe('open http://localhost:6');
  });
});

test('one key begins and ends an outage', async () => {
  let out = false;
  const keys = keysOf({
    authorizationServer: {
      origin: 'http://localhost:3',
      isOut: () => out,
      setOutage: (on: boolean) => {
        out = on;
      },
    },
  });
  await press(keys, 'o');
  expect([out, written.pop()]).toEqual([true, expect.stringContaining('returns 503')]);
  await press(keys, 'o');
  expect([out, written.pop()]).toEqual([false, expect.stringContaining('is back')]);
});

test('t gets a token for the MCP server if that is the upstream, with the scopes of all its tools', async () => {
  const issuer = await startAuthorizationServer({ port: 0, onServed: () => {}, log: () => {} });
  const mcp = 'http://localhost:1/api/mcp';
  try {
    await press(keysOf({ authorizationServer: issuer, urls: { mcp } }), 't');
    await press(keysOf({ authorizationServer: issuer }), 't');
  } finally {
    await issuer.close();
  }
  const tokens = written.map((command) => decodeJwt(/Bearer ([^"]+)"/.exec(command)?.[1] ?? ''));
  expect(tokens).toMatchObject([
    { aud: mcp, scope: 'orders:read orders:write' },
    { aud: 'api.example.com', scope: 'read write' },
  ]);
  expect(written[0]).toMatch(/list_orders.* http:\/\/localhost:1\/api\/mcp$/);
  expect(written[1]).toMatch(/ http:\/\/localhost:1\/api\/anything$/);
});

test('e says that there is no rejection to explain', async () => {
  await press(keysOf(), 'e');
  expect(written).toEqual(['No request has been rejected yet: make one first.']);
});

test('the help lists each key, and no command for a missing part', async () => {
  const keys = keysOf();
  await press(keys, 'h');
  for (const { title } of keys) expect(written[0]).toContain(title);
  expect(written[0]).not.toMatch(/undefined|outage|keeper/);
  await press(keys, 'q');
  expect(quits).toBe(1);
});
