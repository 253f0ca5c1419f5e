import { join } from 'node:path';

/** The folder of the installed package, whose modules are CommonJS. */
declare const __dirname: string;

/** The arguments with which Node.js judges a policy: a module in the package. */
export const JUDGE: readonly string[] = [join(__dirname, 'judge-policy.mjs')];
