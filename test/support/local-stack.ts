import { join } from 'node:path';
import { DEMO } from '../../local/authorization-server.ts';
import { type LogLine, type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { temporaryDirectory } from './local-stack-fixtures.ts';

export interface TestStack extends Stack {
  /** Everything that the stack would have put on the console. */
  readonly lines: readonly LogLine[];
  /** An access token of the authorization server; `form` goes into the request. */
  token(form?: Readonly<Record<string, string>>): Promise<string>;
  /** A request to the load balancer, with the token if there is one. */
  call(path: string, token?: string, init?: RequestInit): Promise<Response>;
  setParameter(name: string, value: string): void;
}

/** Synthesizes into a directory of its own and starts the stack on ports that the system chooses. */
export async function startTestStack(options: StackOptions = {}): Promise<TestStack> {
  const directory = temporaryDirectory();
  const lines: LogLine[] = [];
  const assembly = options.assembly ?? join(directory.path, 'cdk.out');
  const stack = await startStack({ port: 0, assembly, log: (line) => lines.push(line), ...options }).catch(
    (error: unknown) => {
      directory.remove();
      throw error;
    },
  );
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
    async close() {
      await stack.close();
      directory.remove();
    },
  };
}
