import { spawnSync } from 'node:child_process';
import { JUDGE } from './judge-command.ts';
import type { Options } from './options.ts';
import type { ReadPolicy } from './policy-file.ts';
import type { SynthWarning } from './policy-warnings.ts';

type JudgedPolicy = ReadPolicy & { readonly warnings: readonly SynthWarning[] };

/** Reads a policy and judges it as the function would, and as `check-config` would, before it returns. */
export function judgedPolicy(
  file: string,
  { paths, authorizer }: Pick<Options, 'paths' | 'authorizer'>,
): JudgedPolicy {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, error, status } = spawnSync(process.execPath, [...JUDGE], {
    input: JSON.stringify({ file, paths, authorizer }),
    encoding: 'utf8',
    env,
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`The policy in ${file} could not be judged. ${error?.message ?? stderr}`);
  }
  return JSON.parse(stdout);
}
