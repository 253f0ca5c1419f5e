import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { run, start } from './processes.ts';

/** Whether moto's server is installed. A shim without the program behind it counts as not. */
export async function hasMoto(): Promise<boolean> {
  const { status } = await run('moto_server', ['--help'], process.env);
  return status === 0;
}

/** Starts moto, an AWS API in memory, and answers its endpoint. */
export async function startMoto(): Promise<string> {
  const port = await freePort();
  const { child, output } = start('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    env: process.env,
  });
  // By this name and not by its address: moto reads the account's bucket out of a host of "localhost".
  const endpoint = `http://localhost:${port}`;
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) break;
    const up = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return endpoint;
    await delay(250);
  }
  throw new Error(`moto_server did not start:\n${output()}`);
}
