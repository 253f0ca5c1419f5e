import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findNode24 } from '../../local/lambda/node24.ts';
import { freePort } from '../support/free-port.ts';
import { fakeAccount } from './cloud.ts';
import { run, start } from './processes.ts';

const SERVER = fileURLToPath(new URL('aws/server.py', import.meta.url));
const CHECK_REPLACED_BY = fileURLToPath(new URL('aws/check_replaced_by.py', import.meta.url));

/** aws/ patches moto, so it needs this release. */
export const INSTALL = "pip install 'moto[server]==5.2.1'";

/** A Python that can import moto's server: the first on the path, or the one of the `moto_server` command. */
export async function findPython(): Promise<string | undefined> {
  for (const python of ['python3', ...interpretersOf('moto_server')]) {
    const { status } = await run(python, ['-c', 'import moto.server, flask, boto3'], process.env);
    if (status === 0) return python;
  }
  return undefined;
}

/** Throws if replaced-by.json differs from the schemas of cfn-lint, which moto installs. */
export async function checkReplacedBy(python: string): Promise<void> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const { status, output } = await run(python, [CHECK_REPLACED_BY, 'eu-west-1'], env);
  if (status !== 0) throw new Error(`test/infra/transitions/replaced-by.json is out of date:\n${output}`);
}

/** The Python that the first lines of an installed command name. pipx gives each command its own. */
function interpretersOf(command: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).flatMap((directory) => {
    const file = join(directory, command);
    const head = existsSync(file) ? readFileSync(file, 'utf8').slice(0, 500) : '';
    const [, python] = /^(?:#!|'''exec' "?)(\/[^\s"]*python[^\s"]*)/m.exec(head) ?? [];
    return python === undefined ? [] : [python];
  });
}

/** Starts the AWS API in memory and returns its endpoint. */
export async function startAws(python: string, directory: string): Promise<string> {
  const port = await freePort();
  // The name, not the address: moto derives the bucket only from a host under "localhost".
  const endpoint = `http://localhost:${port}`;
  const { child, output } = start(python, [SERVER, '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...fakeAccount(endpoint, directory), NODE24: findNode24(), PYTHONDONTWRITEBYTECODE: '1' },
  });
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) break;
    const up = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return endpoint;
    await delay(250);
  }
  throw new Error(`The AWS API did not start; it is written for moto 5.2.1:\n${output()}`);
}
