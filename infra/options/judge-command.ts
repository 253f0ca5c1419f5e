import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The arguments with which Node.js judges a policy. The package replaces this module. */
export const JUDGE: readonly string[] = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  fileURLToPath(new URL('judge-policy.ts', import.meta.url)),
];
