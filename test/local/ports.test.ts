import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { claimPorts, type PortBlock, portOf } from '../../local/ports.ts';
import { freePort } from '../support/free-port.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Where there is room for some blocks, though some of their ports may be taken. */
const freeArea = async (): Promise<number> => Math.min(await freePort(), 65_000);

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

test('stacks that start at the same instant get blocks of their own, and leave them to the next one', async () => {
  const from = await freeArea();
  const blocks = await Promise.all(
    Array.from({ length: 4 }, () => claim(undefined, ['loadBalancer', 'ssm'], from)),
  );
  const firsts = blocks.map(({ first }) => first);
  expect(new Set(firsts).size).toBe(4);
  expect(firsts.filter((first) => (first - from) % 10 !== 0)).toEqual([]);
  for (const { close } of blocks) await close();
  expect((await claim(undefined, ['loadBalancer'], from)).first).toBe(Math.min(...firsts));
});

test('a block in which the port of one part is taken is left out, unless that part is not there', async () => {
  const from = await freeArea();
  const { first, close } = await claim(undefined, ['ssm'], from);
  await close();
  await listen(portOf('ssm', first));
  expect((await claim(undefined, ['loadBalancer', 's3'], first)).first).toBe(first);
  expect((await claim(undefined, ['loadBalancer', 'ssm'], first)).first).toBeGreaterThan(first);
});

test('a port that is given and taken is an error which names it and the part', async () => {
  const { first, close } = await claim(undefined, ['ssm'], await freeArea());
  await close();
  await listen(portOf('ssm', first));
  await expect(claimPorts(first, ['loadBalancer', 'ssm'])).rejects.toMatchObject({
    name: 'PortUnavailableError',
    port: portOf('ssm', first),
    part: 'SSM endpoint',
  });
});

test('a port that is given is taken though nobody can claim the block', async () => {
  const { first } = await claim(undefined, ['ssm'], await freeArea());
  expect((await claim(first, ['loadBalancer', 'ssm'])).first).toBe(first);
});

test('with 0 the system chooses', async () => {
  const { first } = await claim(0, ['loadBalancer']);
  expect([first, portOf('ssm', first)]).toEqual([0, 0]);
});
