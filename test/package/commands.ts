import { spawnSync } from 'node:child_process';

/** Runs a command to its end. If it fails, throws an error with its output. */
export function command(directory: string, program: string, args: readonly string[]): string {
  const { npm_config_local_prefix: _, NODE_OPTIONS: __, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(program, [...args], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...env,
      CI: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_prefer_offline: 'true',
    },
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined || status !== 0) {
    const details = [error?.message, stdout, stderr].filter((text) => text).join('\n');
    throw new Error(`${[program, ...args].join(' ')} failed in ${directory}:\n${details}`);
  }
  return stdout;
}
