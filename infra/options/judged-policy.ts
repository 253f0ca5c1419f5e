import { spawnSync } from 'node:child_process';
import { JUDGE } from './judge-command.ts';
import type { Options } from './options.ts';
import type { ReadPolicy } from './policy-file.ts';
import type { SynthWarning } from './policy-warnings.ts';

/** Input of the process that judges, as JSON. */
export interface ToJudge {
  readonly file: string;
  readonly options: Options;
}

type JudgedPolicy = ReadPolicy & { readonly warnings: readonly SynthWarning[] };

/** More than a report about a policy can have, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a policy synchronously, and judges it as the function and `check-config` would. */
export function judgedPolicy(file: string, options: Options): JudgedPolicy {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, error, status } = spawnSync(process.execPath, [...JUDGE], {
    input: JSON.stringify({ file, options } satisfies ToJudge),
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    env,
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`Cannot judge the policy in ${file}. ${error?.message ?? messageIn(stderr)}`);
  }
  return JSON.parse(stdout);
}

/** The error's line, without the minified source around it. */
function messageIn(stderr: string): string {
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr;
}
