import { describe, expect, test } from '@jest/globals';
import { type Changes, DOOR, LISTENER_ARN, STACK, stored, textsOf } from './doctor-world.ts';

type Values = NonNullable<Parameters<typeof stored>[0]>;

/** What the doctor says about the parameters of a stack with these outputs. */
const parametersOf = (values: Values, outputs: Readonly<Record<string, string>>, changes: Changes) =>
  textsOf('parameters', {
    ...changes,
    aws: { parametersUnder: async () => stored(values), stacks: async () => [{ ...STACK, outputs }] },
  });

/** With a listener of another stack. */
const ALONE = { ConfigPath: '/app', ListenerArn: LISTENER_ARN };

describe('an upstream that is an address of the deployment causes a warning of its own:', () => {
  const routes = [{ path: '/api/a', upstream: `https://${DOOR.dnsName}/v1` }];
  const { Url: _, ...withoutUrl } = STACK.outputs;
  test.each<[string, Values, Readonly<Record<string, string>>, Changes, string, string]>([
    [
      'the one in the output Url',
      { upstream: 'https://api.example.com' },
      STACK.outputs,
      {},
      'upstream: https://api.example.com is',
      'upstream:upstream-loop:api.example.com',
    ],
    [
      "the load balancer's own name, in a route",
      { policy: JSON.stringify({ unmatched: 'deny', routes }) },
      withoutUrl,
      {},
      `policy: routes.0.upstream: https://${DOOR.dnsName} is`,
      `policy:upstream-loop:${DOOR.dnsName}`,
    ],
    [
      'the load balancer with the listener of others',
      { upstream: `https://${DOOR.dnsName}` },
      ALONE,
      {},
      `upstream: https://${DOOR.dnsName} is`,
      `upstream:upstream-loop:${DOOR.dnsName}`,
    ],
    [
      'the one in --url',
      { upstream: 'https://given.example.com' },
      ALONE,
      { url: new URL('https://given.example.com/api/') },
      'upstream: https://given.example.com is',
      'upstream:upstream-loop:given.example.com',
    ],
  ])('%s', async (_name, values, outputs, changes, detail, id) => {
    const [valid, loop = '', ...others] = await parametersOf(values, outputs, changes);
    expect(valid).toMatch(/^ok valid under \/app/);
    expect(loop).toContain(`warning /app/${detail} an address of this deployment itself`);
    expect(loop).toContain(` > Put the address of the service with npm run policy -- put.`);
    expect(loop).toContain(`--accept '${id}'`);
    expect(others).toEqual([]);
    expect(await parametersOf(values, outputs, { ...changes, accepted: [id] })).toEqual([valid]);
  });
});

test('another upstream causes none', async () => {
  expect(await parametersOf({ upstream: 'https://orders.example' }, STACK.outputs, {})).toEqual([
    expect.stringMatching(/^ok valid under \/app/),
  ]);
});
