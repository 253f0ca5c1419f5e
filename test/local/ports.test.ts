import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { claimPorts, FIRST_PORT, neededPort, PORT_SPAN, type PortBlock, portOf } from '../../local/ports.ts';
import { freePort } from '../support/free-port.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** The start of a row of ports with room for several blocks. */
const freeArea = (): Promise<number> => freePort(6 * (PORT_SPAN + 1));

async function listen(port: number): Promise<Server> {
  const server = createServer();
  opened.push({ close: () => server.close() });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

const claim = async (...args: Parameters<typeof claimPorts>): Promise<PortBlock> => {
  const block = await claimPorts(...args);
  opened.push(block);
  return block;
};

test('gives stacks that start at the same instant separate blocks, and frees them afterwards', async () => {
  const from = await freeArea();
  const blocks = await Promise.all(
    Array.from({ length: 4 }, () => claim(undefined, ['loadBalancer', 'ssm'], from)),
  );
  const firsts = blocks.map(({ first }) => first);
  expect(new Set(firsts).size).toBe(4);
  expect(firsts.filter((first) => (first - from) % (PORT_SPAN + 1) !== 0)).toEqual([]);
  for (const { close } of blocks) await close();
  expect((await claim(undefined, ['loadBalancer'], from)).first).toBe(Math.min(...firsts));
});

test("skips a block if one part's port is taken, unless the stack does not have that part", async () => {
  const from = await freeArea();
  await listen(portOf('ssm', from));
  const without = await claim(undefined, ['loadBalancer', 's3'], from);
  expect(without.first).toBe(from);
  await without.close();
  expect((await claim(undefined, ['loadBalancer', 'ssm'], from)).first).toBe(from + PORT_SPAN + 1);
});

test('names the port and the part in the error if a given port is taken', async () => {
  const first = await freeArea();
  await listen(portOf('ssm', first));
  await expect(claimPorts(first, ['loadBalancer', 'ssm'])).rejects.toMatchObject({
    name: 'PortUnavailableError',
    port: portOf('ssm', first),
    part: 'SSM endpoint',
  });
});

test('uses a given port even if the claim on its block fails', async () => {
  const { first } = await claim(undefined, ['ssm'], await freeArea());
  expect((await claim(first, ['loadBalancer', 'ssm'])).first).toBe(first);
});

test('lets the system choose with port 0', async () => {
  const { first } = await claim(0, ['loadBalancer']);
  expect([first, portOf('ssm', first)]).toEqual([0, 0]);
});

test('commands need the port of any stack but the one at the first ports', () => {
  expect(neededPort('ssm', portOf('ssm', FIRST_PORT))).toBeUndefined();
  expect(neededPort('ssm', portOf('ssm', 8090))).toBe(8090);
});
