import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArgumentError, parseArguments, runCommand, wholeNumber } from '../../tools/arguments.ts';
import { start, stop } from '../deploy/processes.ts';
import { freePort } from '../support/free-port.ts';
import { SERVERS, type UpstreamServer } from './servers.ts';
import { nearMissesOfGuarded, type Trial, tryUpstream } from './trial.ts';

const HELP = `Usage: npm run test:upstreams [-- --runs N] [--seed N] [--only NAME]

Sends near misses of guarded paths through the function to real servers: nginx, Apache with PHP, Tomcat and Python's
own, in Debian's packages. None may reach a handler that the policy guards. Skips servers that are not installed.

  --runs N     near misses per server (default: 1500)
  --seed N     repeats the near misses of an earlier run; a failure prints its seed
  --only NAME  tries only servers whose names begin with NAME
  --help       prints this text`;

/** How long a server may take to listen, in quarters of a second. */
const TRIES = 240;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(args, {
    runs: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  });
  const runs = wholeNumber('--runs', values.runs ?? '1500', { min: 1 });
  const seed = wholeNumber('--seed', values.seed ?? String(Date.now() % 2 ** 31));
  const { only = '' } = values;
  if (!SERVERS.some(({ name }) => name.toLowerCase().startsWith(only.toLowerCase()))) {
    throw new ArgumentError(
      `--only takes the beginning of one of these: ${SERVERS.map(({ name }) => name).join('; ')}.`,
    );
  }
  const paths = nearMissesOfGuarded(runs, seed);
  let failed = false;
  for (const server of SERVERS) {
    if (!server.name.toLowerCase().startsWith(only.toLowerCase())) continue;
    const missing = server.needs.find((file) => !existsSync(file));
    if (missing !== undefined) {
      console.log(`skipped  ${server.name}: ${missing} is missing; apt-get install ${server.packages}`);
      continue;
    }
    const trial = await trialOf(server, paths).catch((error: Error) => error.message);
    const good = typeof trial !== 'string' && trial.breaches.length === 0;
    failed ||= !good;
    console.log(`${good ? 'ok      ' : 'FAILED  '} ${server.name}: ${summary(trial)}`);
  }
  if (failed) console.error(`To reproduce it: npm run test:upstreams -- --seed ${seed} --runs ${runs}`);
  return failed ? 1 : 0;
}

function summary(trial: Trial | string): string {
  if (typeof trial === 'string') return trial;
  const { tried, rejected, passed, dangerous, breaches } = trial;
  return [
    `${tried} near misses, twice each: ${rejected} rejected, ${passed} forwarded to the server, ${breaches.length} past ` +
      `the policy; without the function, ${dangerous} reach a guarded handler`,
    ...breaches.slice(0, 20),
  ].join('\n           ');
}

async function trialOf(server: UpstreamServer, paths: readonly string[]): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), 'upstream-'));
  // Servers read the directory as their own users.
  chmodSync(directory, 0o755);
  const port = await freePort();
  const { command, args, env, log, close } = await server.prepare(directory, port);
  const { child, output } = start(command, args, { env: { ...process.env, ...env } });
  try {
    const origin = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries++) {
      const up = await fetch(`${origin}/api/admin/users`).then(
        (response) => response.headers.get('x-handler') === 'admin',
        () => false,
      );
      if (up) break;
      if (child.exitCode !== null || tries === TRIES) {
        const logged = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8') : '';
        throw new Error(`does not start, or does not serve the guarded handlers:\n${output()}${logged}`);
      }
      await delay(250);
    }
    return await tryUpstream(origin, paths);
  } finally {
    await stop(child);
    close?.();
    rmSync(directory, { recursive: true, force: true });
  }
}

await runCommand({ help: HELP, run });
