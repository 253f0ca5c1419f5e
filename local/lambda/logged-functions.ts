import type { LogStore } from '../logs/store.ts';
import type { Part, StackEvent } from '../stack-event.ts';
import { createFunctionPool, type FunctionPool, type FunctionPoolOptions } from './function-pool.ts';

/** The settings that differ between the functions of a stack. */
export type FunctionSettings = Omit<FunctionPoolOptions, 'region' | 'node' | 'onLine' | 'onEvent'>;

/** The functions of a stack. Their output goes to their log groups and to `emit`. */
export interface LoggedFunctions {
  start(part: Part, settings: FunctionSettings): FunctionPool;
  /** Makes all of them run the code in another directory from now on. */
  replaceCode(directory: string): void;
}

export function createLoggedFunctions(options: {
  readonly region: string;
  /** The Node.js binary. */
  readonly node: string;
  readonly logs: LogStore;
  readonly emit: (event: StackEvent) => void;
}): LoggedFunctions {
  const { region, node, logs, emit } = options;
  const pools: FunctionPool[] = [];
  return {
    start(part, settings) {
      const { logGroup } = settings.lambda;
      logs.createGroup(logGroup);
      const pool = createFunctionPool({
        ...settings,
        region,
        node,
        onLine(text, stream) {
          logs.append(logGroup, stream, text);
          emit({ part, kind: 'output', text });
        },
        onEvent: (text, kind) => emit({ part, kind, text }),
      });
      pools.push(pool);
      return pool;
    },
    replaceCode(directory) {
      for (const pool of pools) pool.replaceCode(directory);
    },
  };
}
