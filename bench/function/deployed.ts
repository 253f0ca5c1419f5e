import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startRuntimeApi } from '../../local/lambda/runtime-api.ts';

const RUNTIME_CLIENT = fileURLToPath(new URL('../node_modules/aws-lambda-ric/index.mjs', import.meta.url));

export interface FunctionOptions {
  /** Directory of the code. */
  readonly directory: string;
  /** `file.export`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** An execution environment: the function, run by AWS's own runtime client. */
export interface Deployed {
  /** Sends an event and returns the response, as JSON. */
  readonly invoke: (event: string) => Promise<string>;
  /** Settles when the init phase is over. */
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

/** The memory of the deployed function, in MB. */
const MEMORY = 512;

export async function deploy(options: FunctionOptions): Promise<Deployed> {
  const { directory, handler, environment, nodeFlags = [] } = options;
  const api = await startRuntimeApi();
  const flags = [`--max-old-space-size=${Math.floor(MEMORY * 0.9)}`, '--max-http-header-size=81920'];
  // Log lines go to another process, as in Lambda, which discards them.
  const reader = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const child: ChildProcess = spawn(process.execPath, [...flags, ...nodeFlags, RUNTIME_CLIENT], {
    cwd: directory,
    env: {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'measured',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY),
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/measured',
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: directory,
      TZ: ':UTC',
      _HANDLER: handler,
      ...environment,
    },
    stdio: ['ignore', reader.stdin, 'pipe'],
  });
  reader.stdin.destroy();
  const complaints: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk));
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`${handler} ended with ${code}: ${Buffer.concat(complaints)}`)),
    );
  });
  ended.catch(() => {});
  const ready = async () => {
    const state = await Promise.race([api.initialized, ended]);
    if (state !== 'ready') throw new Error(`${handler}: ${state.body}`);
  };

  return {
    ready: ready(),
    async invoke(event) {
      const { result } = api.invoke({
        event,
        deadline: Date.now() + 30_000,
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:measured',
        traceId: 'Root=1-67891233-abcdef012345678912345678',
      });
      const outcome = await Promise.race([result, ended]);
      if (outcome.kind === 'error') throw new Error(`${handler}: ${outcome.body}`);
      return outcome.body.toString();
    },
    stop() {
      child.kill('SIGKILL');
      api.close();
    },
  };
}
