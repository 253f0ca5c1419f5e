import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The arguments by which Node.js judges a policy. The package has another module in place of this one. */
export const JUDGE: readonly string[] = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  fileURLToPath(new URL('judge-policy.ts', import.meta.url)),
];
