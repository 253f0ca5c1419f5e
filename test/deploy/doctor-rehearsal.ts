import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeployedFunction } from './deployed-function.ts';
import { run } from './processes.ts';
import { requestEvent } from './request-event.ts';

interface Finding {
  readonly status: string;
  readonly detail: string;
  readonly remedy?: string;
}

/** What `npm run doctor` finds, by the ids of its checks. */
type Found = Readonly<Record<string, readonly Finding[]>>;

/** Runs `npm run doctor` as an operator does. */
async function doctor(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<Found> {
  const tool = ['--import', 'tsx', 'tools/doctor.ts', '--json', ...args];
  const { output } = await run(process.execPath, tool, env);
  assert.ok(output.startsWith('{'), output);
  const { checks } = JSON.parse(output) as {
    readonly checks: readonly { readonly id: string; readonly findings: readonly Finding[] }[];
  };
  return Object.fromEntries(checks.map(({ id, findings }) => [id, findings]));
}

/** Findings about this machine, which say nothing about the deployment. */
const OF_THE_MACHINE = ['node', 'dependencies'];

/** Throws unless the doctor says that a deploy comes next, in an account that is only bootstrapped. */
export async function checkDoctorBefore(env: Readonly<Record<string, string>>): Promise<void> {
  const { bootstrap, stack, parameters } = await doctor(env, []);
  assert.equal(bootstrap?.[0]?.status, 'ok', JSON.stringify(bootstrap));
  assert.match(stack?.[0]?.remedy ?? '', /npx cdk deploy/);
  assert.equal(parameters?.[0]?.status, 'skipped');
}

/**
 * Throws unless the doctor finds a deployed trial in order: its listener has no certificate, and everything else is ok. In
 * place of a load balancer, the deployed code itself responds to the request.
 */
export async function checkDoctor(
  env: Readonly<Record<string, string>>,
  deployed: DeployedFunction,
): Promise<void> {
  const front = await startFront(deployed);
  try {
    const found = await doctor(env, ['--url', `${front.origin}/api/orders`]);
    const amiss = Object.entries(found).flatMap(([id, findings]) =>
      findings.filter(({ status }) => status !== 'ok').map(({ status }) => `${id}: ${status}`),
    );
    assert.deepEqual(
      amiss.filter((text) => !OF_THE_MACHINE.some((id) => text.startsWith(id))),
      ['certificate: warning'],
      JSON.stringify(found, null, 2),
    );
  } finally {
    front.close();
  }
}

async function startFront(deployed: DeployedFunction) {
  const server = createServer(async ({ url = '' }, response) => {
    const { statusCode, multiValueHeaders = {}, body } = await deployed.invoke(requestEvent(url));
    const headers = Object.entries(multiValueHeaders).map(([name, values]) => [name, values.map(String)]);
    response.writeHead(statusCode, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
