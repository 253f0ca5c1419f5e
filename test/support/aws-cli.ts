import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether the AWS CLI is installed. */
export const AWS_CLI = ((): boolean => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** The environment of a machine without any AWS configuration. */
export function unconfiguredEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Runs the AWS CLI, unsigned, against an endpoint on this machine; returns its output. */
export async function aws(endpoint: string, ...args: readonly string[]): Promise<string> {
  const options = [
    '--endpoint-url',
    endpoint,
    '--region',
    'us-east-1',
    '--no-sign-request',
    '--output',
    'json',
  ];
  const { stdout } = await run('aws', [...args, ...options], { env: unconfiguredEnvironment() });
  return stdout;
}
