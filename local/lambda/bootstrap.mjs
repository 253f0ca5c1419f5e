/**
 * The runtime client in an execution environment: loads the handler and feeds it invocations from the Lambda Runtime
 * API, as AWS's own client for Node.js 24 does. Plain JavaScript, so that measurements of the function include
 * nothing but Node.js.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const BASE = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

// Standard input closes when the parent ends, for whatever reason: leaves no orphans.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();

/** @type {string | undefined} */
let currentRequestId;

process.on('uncaughtException', (error) => die(error, 'Runtime.UncaughtException', 129));
process.on('unhandledRejection', (reason) => die(reason, 'Runtime.UnhandledPromiseRejection', 128));

const handler = await loadHandler().catch((error) => die(error, error?.name ?? 'Runtime.InitError', 1));
for (;;) {
  await serve(await call('GET', '/invocation/next'));
}

async function serve({ headers, body }) {
  const id = headers['lambda-runtime-aws-request-id'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  currentRequestId = id;
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let report;
  try {
    const result = await handler(JSON.parse(body.toString('utf8')), context);
    report = ['response', JSON.stringify(result === undefined ? null : result)];
  } catch (error) {
    logError('Invoke Error', error);
    report = ['error', describe(error), error?.name ?? 'Error'];
  }
  currentRequestId = undefined;
  const [kind, text, type] = report;
  await call('POST', `/invocation/${id}/${kind}`, text, type);
}

async function loadHandler() {
  const root = process.env.LAMBDA_TASK_ROOT ?? process.cwd();
  const [, file = '', path = ''] = /^(.*?)\.([^/]*)$/.exec(process.env._HANDLER ?? '') ?? [];
  const found = ['', '.js', '.mjs', '.cjs']
    .map((end) => resolve(root, file + end))
    .find((name) => existsSync(name));
  if (!file || !found) throw named('Runtime.ImportModuleError', `Cannot find module '${file}' in ${root}`);
  const module = await import(pathToFileURL(found).href);
  const exported = path.split('.').reduce((value, name) => value?.[name], module);
  if (typeof exported !== 'function') {
    throw named('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  if (exported.length >= 3) {
    throw named('Runtime.CallbackHandlerDeprecated', 'Node.js 24 has no callback-based handlers');
  }
  return exported;
}

/** Reports an uncaught error to the current invocation, or else to init, and exits. */
async function die(error, type, exitCode) {
  logError(currentRequestId ? 'Invoke Error' : 'Init Error', error);
  const path = currentRequestId ? `/invocation/${currentRequestId}/error` : '/init/error';
  await call('POST', path, describe(error), type, new Agent()).catch(() => {});
  process.exit(exitCode);
}

function logError(what, error) {
  console.error(`${what}\t${describe(error)}`);
}

function describe(error) {
  return JSON.stringify({
    errorType: error?.name ?? typeof error,
    errorMessage: error?.message ?? String(error),
    trace: typeof error?.stack === 'string' ? error.stack.split('\n') : [],
  });
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

// Not fetch, which gives up waiting for headers after five minutes and would load a second HTTP client.
function call(method, path, text, errorType, through = agent) {
  return new Promise((settle, reject) => {
    const headers = text === undefined ? {} : { 'Content-Type': 'application/json' };
    if (text !== undefined) headers['Content-Length'] = Buffer.byteLength(text);
    if (errorType !== undefined) headers['Lambda-Runtime-Function-Error-Type'] = errorType;
    const outgoing = request(BASE + path, { method, headers, agent: through }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => settle({ headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    outgoing.on('error', (error) => {
      // The Runtime API is gone, so the environment has nothing left to do.
      if (path === '/invocation/next') process.exit(0);
      reject(error);
    });
    outgoing.end(text);
  });
}
