import { randomUUID } from 'node:crypto';
import type { SeedParameter } from '../assembly/deployment.ts';
import { createFaultSwitch, type FaultScope } from '../fault-switch.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { Input } from './rules.ts';
import { createParameterStore, type ParameterChange, type SsmResult } from './store.ts';

/** `hang`: no answer, ever. `throttle`: ThrottlingException. */
export type SsmFault = 'hang' | 'throttle';

export interface Ssm extends LoopbackServer {
  /** Runs an operation without HTTP; an error is thrown. No fault hits it. */
  execute(operation: string, input: Input): object;
  /** Fails requests from now on, until it is set to none. */
  setFault(fault: SsmFault | undefined, scope?: FaultScope): void;
  /** Calls the listener after each change of a parameter; the returned function ends that. */
  onChange(listener: (change: ParameterChange) => void): () => void;
}

/** AWS's limit on a request to SSM is not documented; this one is above whatever its operations allow. */
const REQUEST_LIMIT = 1024 * 1024;

/**
 * Serves SSM's parameter operations over the AWS JSON 1.1 protocol. Signatures are not looked at: who reaches
 * loopback may do everything.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export async function startSsm(options: {
  readonly port: number;
  readonly region: string;
  readonly account: string;
  readonly parameters: readonly SeedParameter[];
  /** Gets one line for each change, and for each error. Reads are silent: the function polls. */
  readonly log: (line: string) => void;
  /** Sees every request, for tests. */
  readonly onRequest?: ((operation: string, input: Input) => void) | undefined;
}): Promise<Ssm> {
  const listeners = new Set<(change: ParameterChange) => void>();
  const faults = createFaultSwitch<SsmFault>();
  const store = createParameterStore({
    region: options.region,
    account: options.account,
    now: Date.now,
    onChange: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  const execute = (operation: string, input: Input): object => {
    const result = store.execute(operation, input);
    if (!result.ok) throw new Error(`${operation} ${String(input.Name ?? '')}: ${result.error.message}`);
    return result.output;
  };
  for (const { name, type, value } of options.parameters) {
    execute('PutParameter', { Name: name, Type: type, Value: value, Tier: 'Intelligent-Tiering' });
  }

  const server = await startLoopbackServer(
    { name: 'SSM endpoint', port: options.port },
    () => async (request, response) => {
      const answer = (status: number, body: object) => {
        response.writeHead(status, {
          'Content-Type': 'application/x-amz-json-1.1',
          'x-amzn-RequestId': randomUUID(),
        });
        response.end(JSON.stringify(body));
      };
      const fail = (type: string, message: string) => {
        options.log(`${operation || request.url} 400 ${type}: ${message}`);
        answer(400, { __type: type, message });
      };

      const [, operation = ''] = /^AmazonSSM\.(\w+)$/.exec(String(request.headers['x-amz-target'])) ?? [];
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size <= REQUEST_LIMIT) chunks.push(chunk);
      }
      if (request.method !== 'POST' || operation === '') {
        fail('UnknownOperationException', 'SSM takes a POST with an X-Amz-Target of AmazonSSM.OPERATION.');
        return;
      }
      const input = size <= REQUEST_LIMIT ? parseInput(Buffer.concat(chunks)) : undefined;
      if (!input) {
        fail('SerializationException', 'The body is not a JSON object.');
        return;
      }
      options.onRequest?.(operation, input);
      const fault = faults.take(operation);
      if (fault === 'hang') return;
      if (fault === 'throttle') {
        fail('ThrottlingException', 'Rate exceeded');
        return;
      }
      const result: SsmResult = store.execute(operation, input);
      if (!result.ok) {
        fail(result.error.type, result.error.message);
        return;
      }
      if (/^(Put|Delete)/.test(operation)) options.log(describeChange(operation, input));
      answer(200, result.output);
    },
  );
  return {
    ...server,
    execute,
    setFault: faults.set,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function describeChange(operation: string, input: Input): string {
  const what = String(input.Name ?? input.Names);
  if (operation !== 'PutParameter') return `${operation} ${what}`;
  const value = input.Type === 'SecureString' ? '***' : String(input.Value);
  return `${operation} ${what} = ${value.length > 60 ? `${value.slice(0, 60)}…` : value}`;
}

function parseInput(body: Buffer): Input | undefined {
  try {
    const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Input)
      : undefined;
  } catch {
    return undefined;
  }
}
