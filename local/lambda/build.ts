import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds without colours, because the console would escape their control characters. */
const { FORCE_COLOR: _, ...rest } = process.env;
const UNCOLORED = { ...rest, NO_COLOR: '1' };

export type Built = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** Bundles all functions into a directory as a deploy would: runs the project's own build in a separate process. */
export function build(directory: string, signal: AbortSignal): Promise<Built> {
  const args = ['--import', 'tsx', 'infra/bundle/build.ts', '--outdir', directory];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env: UNCOLORED, signal }, (error, _stdout, stderr) => {
      resolve(error ? { ok: false, problem: stderr.trim() || error.message } : { ok: true });
    });
  });
}
