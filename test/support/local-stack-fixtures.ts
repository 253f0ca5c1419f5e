import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, LambdaFunction } from '../../local/assembly/deployment.ts';

export const TARGET_GROUP_ARN = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/Tg/0';

/** A temporary directory, and a function that removes it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'local-stack-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A function with the given ES module as its code, which exports `handler`. */
export function lambdaOf(
  directory: string,
  code: string,
  changes: Partial<LambdaFunction> = {},
): LambdaFunction {
  writeFileSync(join(directory, 'index.mjs'), code);
  return {
    name: 'fixture',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture',
    version: '$LATEST',
    directory,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 60,
    memoryMegabytes: 128,
    environment: { COLOR: 'green' },
    logGroup: '/aws/lambda/fixture',
    ...changes,
  };
}

/** A load balancer that forwards `/api/*` to the function and responds with 404 elsewhere. */
export function deploymentOf(changes: Partial<Deployment> = {}): Deployment {
  return {
    stackName: 'Fixture',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Fixture/1',
    region: 'us-east-1',
    account: '000000000000',
    listener: {
      rules: [
        {
          priority: 10,
          conditions: [{ field: 'path-pattern', values: ['/api/*'] }],
          action: { type: 'forward', targetGroup: TARGET_GROUP_ARN },
        },
      ],
      defaultAction: {
        type: 'fixed-response',
        statusCode: 404,
        contentType: 'text/plain',
        body: 'nothing here',
      },
    },
    dropInvalidHeaderFields: true,
    targetGroups: new Map([[TARGET_GROUP_ARN, { arn: TARGET_GROUP_ARN, multiValueHeaders: true }]]),
    lambda: lambdaOf(tmpdir(), ''),
    configuration: lambdaOf(tmpdir(), ''),
    parameters: [],
    ...changes,
  };
}

/** Sends raw bytes and returns everything that arrives until the server closes. */
export function exchange(port: number, bytes: string | Buffer, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(bytes);
  });
}

/** Guards against hanging, as the limit of a test does: how long something takes is not a test's business. */
const LIMIT_MS = 90_000;

/** Polls until the result satisfies a condition. */
export async function eventually<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end)
      throw new Error(`not within ${LIMIT_MS} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether a process still exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
