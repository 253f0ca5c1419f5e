import type { AuthorizationServer } from '../../local/identity/authorization-server.ts';
import { DEMO } from '../../local/identity/authorization-server.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { PORT_SPAN } from '../../local/ports.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { type Part, type StackEvent, textOf } from '../../local/stack-event.ts';
import { testAssembly } from './assembly.ts';
import { freePort } from './free-port.ts';

/** A stack with its own authorization server and upstream. */
export interface WholeStack extends Stack {
  readonly urls: Stack['urls'] & { readonly authorizationServer: string };
  readonly authorizationServer: AuthorizationServer;
  readonly upstream: LoopbackServer;
}

/** An event as a line: `output` is what a function wrote, `event` everything else. */
export interface TestLine {
  readonly part: Part;
  readonly kind: 'output' | 'event';
  readonly text: string;
}

export interface TestStack extends WholeStack {
  /** Everything that has happened in the stack. */
  readonly events: readonly StackEvent[];
  readonly lines: readonly TestLine[];
  /** An access token from the authorization server; `form` adds to the token request. */
  token(form?: Readonly<Record<string, string>>): Promise<string>;
  /** A request to the load balancer, with the token if given. */
  call(path: string, token?: string, init?: RequestInit): Promise<Response>;
  setParameter(name: string, value: string): void;
  /** Resolves when environments that start from now on have all parameters that were put: a snapshot could be older. */
  settle(): Promise<void>;
}

/**
 * Starts the stack of the project's own assembly, on ports that the system chooses. The jest project of the test decides
 * whether the keeper runs.
 */
export async function startTestStack(options: StackOptions = {}): Promise<TestStack> {
  const lines: TestLine[] = [];
  const events: StackEvent[] = [];
  const stack = await startWholeStack({
    port: 0,
    assembly: await testAssembly({ ...options.context, ...(options.authorizer && { authorizer: 'true' }) }),
    keeper: (globalThis as { KEEPER?: boolean }).KEEPER ?? true,
    onEvent(event) {
      events.push(event);
      lines.push({
        part: event.part,
        kind: event.kind === 'output' ? 'output' : 'event',
        text: textOf(event),
      });
    },
    ...options,
  });
  return {
    ...stack,
    events,
    lines,
    async token(form = {}) {
      const response = await fetch(`${stack.urls.authorizationServer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: DEMO.scope,
          ...form,
        }),
        headers: {
          authorization: `Basic ${Buffer.from(`${DEMO.clientId}:${DEMO.clientSecret}`).toString('base64')}`,
        },
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    call(path, token, init = {}) {
      const headers = new Headers(init.headers);
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      return fetch(`${stack.urls.loadBalancer}${path}`, { ...init, headers });
    },
    setParameter(name, value) {
      stack.ssm.execute('PutParameter', { Name: stack.parameterName(name), Value: value, Overwrite: true });
    },
    async settle() {
      await stack.keeper?.invoke();
    },
  };
}

/** The first of the ports for a stack whose parts restart. The system could give its own choice to another test meanwhile. */
export const givenPorts = () => freePort(PORT_SPAN + 1);

export async function startWholeStack(options: StackOptions): Promise<WholeStack> {
  const stack = await startStack(options);
  if (!stack.authorizationServer || !stack.upstream)
    throw new Error('The stack has no authorization server or upstream of its own.');
  return stack as WholeStack;
}
