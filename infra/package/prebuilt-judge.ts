import { join } from 'node:path';

/** The folder of the installed package, which is of CommonJS modules. */
declare const __dirname: string;

/** The arguments by which Node.js judges a policy: a module that comes with the package. */
export const JUDGE: readonly string[] = [join(__dirname, 'judge-policy.mjs')];
