import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The handler that the environment names, in Lambda's variables. */
export async function loadHandler() {
  const [file, name] = process.env._HANDLER.split('.');
  // Code inside a template becomes index.js.
  const paths = ['mjs', 'js'].map((ending) => join(process.env.LAMBDA_TASK_ROOT, `${file}.${ending}`));
  const module = await import(pathToFileURL(paths.find((path) => existsSync(path))).href);
  return module[name];
}

/** The context of one invocation. */
export function contextOf(timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}
