import { afterEach, describe, expect, test } from '@jest/globals';
import type { StackOptions } from '../../local/stack.ts';
import { givenPorts, startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually, isAlive, lambdaOf, temporaryDirectory } from '../support/local-stack-fixtures.ts';

let stack: TestStack | undefined;
const directories = [temporaryDirectory(), temporaryDirectory()] as const;
afterEach(async () => {
  const running = stack;
  stack = undefined;
  if (!running) return;
  const pids = [...running.functions.pids(), ...(running.keeper?.functions.pids() ?? [])];
  await running.close();
  expect(pids.filter(isAlive)).toEqual([]);
});

/** A function that returns its environment. */
const VERIFIER = `export const handler = async () => ({
  statusCode: 200,
  body: JSON.stringify({ ...process.env, pid: process.pid }),
});`;

/** A keeper that writes its event, the parameters and part of its environment. */
const KEEPER = `export const handler = async (event) => {
  if (event.fail) throw new Error('no bucket');
  const parameters = await fetch(process.env.AWS_ENDPOINT_URL_SSM, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSSM.GetParametersByPath' },
    body: '{"Path":"/","Recursive":true}',
  });
  const { Parameters } = await parameters.json();
  const values = Object.fromEntries(Parameters.map(({ Name, Value }) => [Name.split('/').at(-1), Value]));
  await fetch(process.env.SNAPSHOT_URL, {
    method: 'PUT',
    headers: { 'x-amz-expected-bucket-owner': process.env.SNAPSHOT_OWNER },
    body: JSON.stringify({ event, values, color: process.env.COLOR, extra: process.env.EXTRA }),
  });
  return values;
};`;

/** A stack whose functions report what they get, instead of the deployed functions. */
async function start(options: StackOptions = {}): Promise<TestStack> {
  const environment = {
    SNAPSHOT_URL: 'https://bucket.example/1.json',
    SNAPSHOT_OWNER: '111111111111',
    COLOR: 'green',
  };
  stack = await startTestStack({
    keeper: true,
    adjust: (deployment) => ({
      ...deployment,
      lambda: lambdaOf(directories[0].path, VERIFIER, { environment }),
      configuration: lambdaOf(directories[1].path, KEEPER, { environment, name: 'keeper' }),
    }),
    ...options,
  });
  return stack;
}

const environmentOf = async (running: TestStack) =>
  (await (await running.call('/api/x')).json()) as Record<string, string>;
const snapshot = (running: TestStack) =>
  JSON.parse(String(running.s3?.store.get('snapshots', 'snapshot/1.json')?.bytes ?? 'null'));

describe('with the keeper', () => {
  test('the snapshot of the parameters exists before the load balancer starts', async () => {
    const running = await start({ keeperEnvironment: { EXTRA: 'more' } });
    expect(snapshot(running)).toMatchObject({
      event: { source: 'aws.events' },
      values: { issuer: running.urls.authorizationServer, audience: 'api.example.com' },
      color: 'green',
      extra: 'more',
    });
  });

  test('the snapshot follows each parameter that is put', async () => {
    const running = await start();
    running.setParameter('audience', 'other');
    await eventually(() => snapshot(running).values.audience, (audience) => audience === 'other'); // biome-ignore format: one line
    expect(snapshot(running).event).toMatchObject({
      'detail-type': 'Parameter Store Change',
      detail: { name: running.parameterName('audience'), operation: 'Update' },
    });
  });

  test('the function gets the address of the snapshot, whatever the template says', async () => {
    const running = await start({ environment: { MAX_SNAPSHOT_SECONDS: '5' } });
    expect(await environmentOf(running)).toMatchObject({
      SNAPSHOT_URL: `${running.urls.s3}/snapshots/snapshot/1.json`,
      SNAPSHOT_OWNER: '000000000000',
      MAX_SNAPSHOT_SECONDS: '5',
      COLOR: 'green',
    });
  });

  test("the keeper can be invoked through Lambda's API", async () => {
    const running = await start();
    const url = `${running.urls.lambda}/2015-03-31/functions/keeper/invocations`;
    const response = await fetch(url, { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([200, { audience: 'api.example.com' }]);
    expect(snapshot(running).event).toEqual({});
  });

  test('the keeper can fail without affecting anything else', async () => {
    const seen: string[] = [];
    const running = await start({ onS3Request: ({ operation, key }) => seen.push(`${operation} ${key}`) });
    await running.keeper?.invoke({ fail: true });
    await running.keeper?.invoke({ fail: true });
    const printed = running.lines.filter(({ part, kind }) => part === 'keeper' && kind === 'event');
    expect(printed.filter(({ text }) => text.startsWith('keeper failed'))).toMatchObject([
      { text: 'keeper failed: Error: no bucket' },
    ]);
    expect((await running.call('/api/x')).status).toBe(200);
    expect(seen).toContain('PutObject snapshot/1.json');
    expect(running.lines).toContainEqual({
      part: 's3',
      kind: 'event',
      text: 'PutObject snapshots/snapshot/1.json',
    });
  });

  test('each request gets a new environment if the stack is cold', async () => {
    const running = await start({ functions: { cold: true } });
    expect((await environmentOf(running)).pid).not.toBe((await environmentOf(running)).pid);
  });
});

test('without the keeper, none of its parts run, and the function gets no snapshot address', async () => {
  const running = await start({ keeper: false });
  expect([running.keeper, running.s3, running.urls.s3, running.urls.lambda]).toEqual(
    Array(4).fill(undefined),
  );
  const environment = await environmentOf(running);
  expect(environment.COLOR).toBe('green');
  expect(Object.keys(environment).filter((name) => name.startsWith('SNAPSHOT'))).toEqual([]);
});

test('does not start if its upstream is its own load balancer', async () => {
  const provider = { issuer: 'https://issuer.example.com', audience: ['api'] };
  const first = await givenPorts();
  const own = { port: first, upstream: `http://localhost:${first}`, provider, keeper: false };
  await expect(start(own)).rejects.toThrow('is the load balancer of this stack');
});
