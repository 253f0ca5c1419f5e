import type { SeedParameter } from '../assembly/deployment.ts';
import { startAwsEndpoint } from '../aws-api/endpoint.ts';
import type { QueryService } from '../aws-api/query-service.ts';
import type { AwsJsonService } from '../aws-api/service.ts';
import { createFaultSwitch, type FaultScope } from '../fault-switch.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import type { Input } from './rules.ts';
import { createParameterStore, type ParameterChange } from './store.ts';

/** `hang`: never responds. `throttle`: ThrottlingException. */
export type SsmFault = 'hang' | 'throttle';

export interface Ssm extends LoopbackServer {
  /** Runs an operation without HTTP and throws its error. Faults do not apply. */
  execute(operation: string, input: Input): object;
  /** Makes requests fail until it is set to undefined. */
  setFault(fault: SsmFault | undefined, scope?: FaultScope): void;
  /** Calls the listener after each change of a parameter; the returned function stops that. */
  onChange(listener: (change: ParameterChange) => void): () => void;
}

/** Serves SSM's parameter operations. */
export async function startSsm(options: {
  readonly port: number;
  readonly region: string;
  readonly account: string;
  readonly parameters: readonly SeedParameter[];
  /** Gets one line per error. */
  readonly log: (line: string) => void;
  /** Gets every request, for tests. */
  readonly onRequest?: ((operation: string, input: Input) => void) | undefined;
  /** Further APIs at the same address. */
  readonly beside?: readonly AwsJsonService[];
  readonly queries?: readonly QueryService[];
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

  const service: AwsJsonService = {
    target: 'AmazonSSM',
    execute(operation, input) {
      options.onRequest?.(operation, input);
      const fault = faults.take(operation);
      if (fault === 'hang') return undefined;
      if (fault === 'throttle') {
        return { ok: false, error: { type: 'ThrottlingException', message: 'Rate exceeded' } };
      }
      return store.execute(operation, input);
    },
  };
  const server = await startAwsEndpoint({
    name: 'SSM endpoint',
    port: options.port,
    services: [service, ...(options.beside ?? [])],
    queries: options.queries ?? [],
    log: options.log,
  });
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
