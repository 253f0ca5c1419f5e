import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundle } from '../../infra/bundle/bundle.ts';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

/** Both handlers, built as for a deploy. */
export function buildOurs(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-ours-'));
  bundle({ entry: 'alb-handler', outdir });
  bundle({ entry: 'authorizer-handler', outdir });
  return outdir;
}

/**
 * The same source, built as CDK's NodejsFunction does with no option but the ES module format: esbuild's
 * default choice of a package's builds, not minified, with a shim that lets CommonJS call `require`.
 */
export function buildWithDefaults(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-defaults-'));
  build(join(BENCH, '../lambda/alb-handler.ts'), outdir);
  return outdir;
}

/** The handlers of the floor and the peers, each bundled and minified. */
export function buildPeers(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-peers-'));
  for (const name of ['empty', 'pass-through', 'aws-jwt-verify', 'powertools-jose']) {
    build(join(BENCH, `invocation/handlers/${name}.mjs`), outdir, { minify: true });
  }
  return outdir;
}

/** The peer that a team would write, built with the defaults, as in `buildWithDefaults`. */
export function buildTeamsPeer(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-team-'));
  build(join(BENCH, 'invocation/handlers/client-ssm-jose.mjs'), outdir);
  return outdir;
}

function build(entryPoint: string, outdir: string, options: { readonly minify?: boolean } = {}): void {
  buildSync({
    entryPoints: [entryPoint],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
    ...options,
  });
}
