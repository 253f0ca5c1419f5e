import { spawnSync } from 'node:child_process';
import { JUDGE } from './judge-command.ts';
import type { Options } from './options.ts';
import type { ReadPolicy } from './policy-file.ts';
import type { SynthWarning } from './policy-warnings.ts';

/** What the process that judges is given, as JSON. */
export interface ToJudge {
  readonly file: string;
  readonly options: Options;
}

type JudgedPolicy = ReadPolicy & { readonly warnings: readonly SynthWarning[] };

/** More than what there may be to say of a policy, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a policy and judges it as the function would, and as `check-config` would, before it returns. */
export function judgedPolicy(file: string, options: Options): JudgedPolicy {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, error, status } = spawnSync(process.execPath, [...JUDGE], {
    input: JSON.stringify({ file, options } satisfies ToJudge),
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    env,
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`The policy in ${file} could not be judged. ${error?.message ?? messageIn(stderr)}`);
  }
  return JSON.parse(stdout);
}

/** What has gone wrong, without the source around it, which is in one line. */
function messageIn(stderr: string): string {
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr;
}
