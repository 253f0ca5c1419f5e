import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The files that the server serves besides its API, by path. */
export type PageFiles = ReadonlyMap<string, PageFile>;

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The placeholder in the page for the nonce of its style sheets. */
export const NONCE = 'NONCE';

const source = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url));
const schema = (name: string): string => fileURLToPath(new URL(`../../schema/${name}`, import.meta.url));

const STATIC = {
  '/': ['text/html;charset=utf-8', source('page.html')],
  '/style.css': ['text/css;charset=utf-8', source('style.css')],
  '/icon.svg': ['image/svg+xml', source('icon.svg')],
  '/schema/policy.json': ['application/json', schema('policy.schema.json')],
  '/schema/revocations.json': ['application/json', schema('revocations.schema.json')],
} as const;

/** Builds the page's script in memory. The editor is a separate chunk, so that the rest of the page need not wait for it. */
export async function buildPage(): Promise<PageFiles> {
  const { outputFiles } = await build({
    entryPoints: { main: source('main.ts') },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    write: false,
    target: 'es2023',
    chunkNames: 'chunk-[hash]',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files: (readonly [path: string, PageFile])[] = [];
  for (const [path, [type, file]] of Object.entries(STATIC)) {
    files.push([path, { type, bytes: readFileSync(file) }]);
  }
  for (const { path, contents } of outputFiles) {
    const name = path.replaceAll('\\', '/').replace(/^.*\//, '/');
    files.push([name, { type: 'text/javascript;charset=utf-8', bytes: Buffer.from(contents) }]);
  }
  return new Map(files);
}
