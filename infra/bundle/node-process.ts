/**
 * Stands in for `node:process` in the bundle. Importing the module itself as an ES module makes Node.js look at
 * everything that it exports, one of which is a list of all its flags that is made when it is asked for: some
 * 4 ms of every cold start for two objects that are global anyway.
 */
export const { env, versions } = process;
