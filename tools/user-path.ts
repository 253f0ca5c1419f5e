import { resolve } from 'node:path';

/**
 * A path in an argument, resolved from the user's working directory. npm runs a script in the folder of its package, and says in
 * INIT_CWD where it was called, as with `npm --prefix DIR run …`.
 */
export const userPath = (path: string): string => resolve(process.env.INIT_CWD ?? '', path);
