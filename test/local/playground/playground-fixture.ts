import { createLogStore } from '../../../local/logs/store.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import type { PlaygroundStack } from '../../../local/playground/context.ts';
import { startPlayground } from '../../../local/playground/server.ts';
import { startSsm } from '../../../local/ssm/server.ts';
import { deploymentOf } from '../../support/local-stack-fixtures.ts';

export interface Playground extends LoopbackServer {
  /** Calls the API as the page does, with these fields in addition. */
  call(name: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** A playground for a stack in which only SSM runs. */
export async function startTestPlayground(changes: Partial<PlaygroundStack> = {}): Promise<Playground> {
  const deployment = deploymentOf({
    parameters: [{ name: '/alb-jwt-authorizer/policy', type: 'String', value: '{}' }],
  });
  const { region, account, parameters } = deployment;
  const ssm = await startSsm({ port: 0, region, account, parameters, log: () => {} });
  let outage = false;
  const server = await startPlayground({
    port: 0,
    stack: {
      deployment,
      loadBalancer: 'http://localhost:1',
      api: undefined,
      authorizationServer: {
        origin: 'http://localhost:1',
        rotateKeys: async () => {},
        setOutage: (on) => {
          outage = on;
        },
        isOut: () => outage,
      },
      ssm,
      logs: createLogStore(Date.now),
      received: { find: () => undefined },
      signIn: undefined,
      invoke: async () => ({ kind: 'no-environment' }),
      ...changes,
    },
  });
  return {
    ...server,
    call: (name, body, headers = {}) =>
      fetch(`${server.origin}/api/${name}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-playground': '1', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async close() {
      await server.close();
      await ssm.close();
    },
  };
}
