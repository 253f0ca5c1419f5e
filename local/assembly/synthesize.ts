import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BINARIES = join(ROOT, 'node_modules', '.bin');
/** The script itself, because on Windows the file in `.bin` is not JavaScript. */
const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');

export interface SynthesisOptions {
  readonly signal?: AbortSignal | undefined;
  /** The app's options, as with `-c NAME=VALUE`. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** The app could not be synthesized. `output` is what the CLI and the app printed. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
  readonly output: string;

  constructor(code: number | null, output: string) {
    super(`The CDK app could not be synthesized (cdk synth ended with ${code}): fix the errors above.`);
    this.output = output;
  }
}

/**
 * Synthesizes the CDK app into a directory with the pinned CLI and without the network: no lookups, notices,
 * version check or telemetry, and no AWS credentials.
 */
export function synthesize(
  outputDirectory: string,
  { signal, context = {} }: SynthesisOptions = {},
): Promise<void> {
  const values = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  const args = ['synth', '--quiet', '--output', outputDirectory, ...values];
  const offline = ['--no-lookups', '--no-notices', '--no-version-reporting'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CDK, ...args, ...offline], {
      cwd: ROOT,
      env: offlineEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that the app that the CLI starts ends with it.
      detached: true,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const abort = () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      // Windows has no groups to signal.
      if (process.platform === 'win32') child.kill();
      else process.kill(-child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (code === 0) resolve();
      else if (signal?.aborted) reject(signal.reason);
      else reject(new SynthesisError(code, Buffer.concat(output).toString('utf8').trim()));
    });
  });
}

function offlineEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    // Validating the template for CloudFormation takes as long as the whole synthesis, and nothing is deployed here.
    CDK_VALIDATION: 'false',
    PATH: `${BINARIES}${delimiter}${process.env.PATH ?? ''}`,
  };
}
