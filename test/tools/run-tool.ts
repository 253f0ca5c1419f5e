import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ToolRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a tool with the arguments of its npm script, without AWS variables in the environment, and without tsx: the
 * Node.js of the tests runs TypeScript directly, in a third of the time.
 */
export function runTool(
  name: 'schema' | 'check-config' | 'explain' | 'doctor' | 'init' | 'policy',
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Promise<ToolRun> {
  const inherited = Object.entries(process.env).filter(
    ([variable]) => !/^(AWS_|CONFIG_PATH$)/.test(variable),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`tools/${name}.ts`, ...args], {
      cwd: ROOT,
      env: {
        ...Object.fromEntries(inherited),
        NODE_OPTIONS: '',
        TZ: 'UTC',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
      },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...output }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
