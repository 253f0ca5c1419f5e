import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { unzipSync } from 'fflate';
import { findNode24 } from '../../local/lambda/node24.ts';
import { start, stop } from './processes.ts';

const DRIVER = fileURLToPath(new URL('drive-handler.mjs', import.meta.url));

export interface DeployedFunction {
  invoke<Event = ALBEvent, Result = ALBResult>(event: Event): Promise<Result>;
  /** What the function printed. */
  log(): string;
  /** Ends its environment. */
  end(): Promise<void>;
}

interface StartOptions {
  /** The function's code as it was uploaded. */
  readonly zip: Uint8Array;
  readonly configuration: FunctionConfiguration;
  /** Where to unpack it. */
  readonly directory: string;
  /** The environment that Lambda itself would add: region, credentials and, here, the endpoint. */
  readonly env: Readonly<Record<string, string>>;
}

/** Unpacks a deployed function and loads its handler in a separate Node.js 24 process. */
export async function startFunction(options: StartOptions): Promise<DeployedFunction> {
  const { zip, configuration, directory, env } = options;
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
  const { child, output } = start(findNode24(), [DRIVER], {
    env: {
      ...env,
      ...reachable(configuration.Environment?.Variables ?? {}, env.AWS_ENDPOINT_URL ?? ''),
      // aws/permissions.py identifies the caller by the role's name, without the path.
      AWS_ACCESS_KEY_ID: configuration.Role?.split('/').at(-1),
      LAMBDA_TASK_ROOT: directory,
      _HANDLER: configuration.Handler,
      AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    },
    cwd: directory,
    ipc: true,
  });
  const timeoutMs = (configuration.Timeout ?? 3) * 1000;
  return {
    async invoke(event) {
      child.send({ event: event as object, timeoutMs });
      const settled = new AbortController();
      const [message] = await Promise.race([
        once(child, 'message', settled),
        once(child, 'exit', settled).then(() => {
          throw new Error(`The function's process ended:\n${output()}`);
        }),
      ]).finally(() => settled.abort());
      if ('error' in message) throw new Error(`The handler failed: ${message.error}\n${output()}`);
      return message.result;
    },
    log: output,
    end: () => stop(child),
  };
}

/** Variables with the addresses of buckets by path: only in AWS do their host names resolve. */
function reachable(variables: Readonly<Record<string, string>>, endpoint: string): Record<string, string> {
  const bucket = /^https:\/\/([a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com\//;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replace(bucket, `${endpoint}/$1/`)]),
  );
}
