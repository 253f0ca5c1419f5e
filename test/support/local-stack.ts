import { DEMO } from '../../local/identity/authorization-server.ts';
import { type LogLine, type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { testAssembly } from './assembly.ts';

export interface TestStack extends Stack {
  /** Everything that the stack would have put on the console. */
  readonly lines: readonly LogLine[];
  /** An access token of the authorization server; `form` goes into the request. */
  token(form?: Readonly<Record<string, string>>): Promise<string>;
  /** A request to the load balancer, with the token if there is one. */
  call(path: string, token?: string, init?: RequestInit): Promise<Response>;
  setParameter(name: string, value: string): void;
}

/**
 * Starts the stack of the project's own assembly, on ports that the system chooses; with or without the keeper as
 * the jest project says that the test runs in.
 */
export async function startTestStack(options: StackOptions = {}): Promise<TestStack> {
  const lines: LogLine[] = [];
  const stack = await startStack({
    port: 0,
    assembly: await testAssembly({ ...options.context, ...(options.authorizer && { authorizer: 'true' }) }),
    synthesize: false,
    keeper: (globalThis as { KEEPER?: boolean }).KEEPER ?? true,
    log: (line) => lines.push(line),
    ...options,
  });
  return {
    ...stack,
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
  };
}
