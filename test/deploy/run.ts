import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cdk, fakeAccount } from './cloud.ts';
import { hasMoto, startMoto } from './moto.ts';
import { stopAll } from './processes.ts';
import { rehearse } from './rehearsal.ts';
import { rehearseShapes } from './shape-rehearsal.ts';
import { NOT_REHEARSED, REHEARSED } from './shapes.ts';
import { stepsOf } from './step.ts';

const SHAPE_LIST = REHEARSED.map((name) => `                  ${name}`).join('\n');

const HELP = `Usage: npm run test:deploy [-- --quick | --only SHAPE] [--verbose]

Rehearses a deploy against moto_server, an AWS API in memory: cdk bootstrap and cdk deploy with the
pinned CLI, the load balancer's rule, the permission and the parameters read back, the issuer set with
the printed command, a second deploy that leaves it alone, then the deployed function's own code driven
with load balancer events; then a second stack with a rule on the same listener, a policy from a file and an
API Gateway authorizer, whose own code is driven too. After that each further shape of deployment, as far as
moto_server takes it: deployed, read back, updated with a parameter edited by hand in between, and destroyed.
Needs no AWS account and no Docker.

  --quick       leave the further shapes out
  --only SHAPE  rehearse this shape alone, one of:
${SHAPE_LIST}
  --verbose     print what the CDK CLI and the function say
  --help        print this text

Without moto_server the rehearsal is skipped; to install it: pip install 'moto[server]'`;

async function main(args: readonly string[]): Promise<number> {
  let verbose: boolean;
  let quick: boolean;
  let only: string | undefined;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        verbose: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    ({ verbose, quick, only } = values);
    if (quick && only !== undefined) throw new Error('--quick and --only exclude each other');
    if (only !== undefined && !REHEARSED.includes(only)) {
      throw new Error(`No shape "${only}" is rehearsed; these are: ${REHEARSED.join(', ')}`);
    }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }
  if (!(await hasMoto())) {
    console.log("Skipped: moto_server is not installed. To install it: pip install 'moto[server]'");
    return 0;
  }

  const directory = mkdtempSync(join(tmpdir(), 'deploy-test-'));
  try {
    const endpoint = await startMoto();
    const options = { endpoint, directory, verbose };
    await stepsOf(options)('cdk bootstrap', () =>
      cdk(['bootstrap', '--output', join(directory, 'cdk.out')], fakeAccount(endpoint, directory)),
    );
    if (only === undefined) await rehearse(options);
    if (!quick) await rehearseShapes(options, only === undefined ? REHEARSED : [only]);
    if (!quick && only === undefined) {
      for (const [name, reason] of NOT_REHEARSED) console.log(`not rehearsed: ${name}: ${reason}`);
    }
    return 0;
  } catch (error) {
    // What was waiting for a child that a signal ended has nothing to say.
    if (signalled === undefined) console.error(error instanceof Error ? error.stack : error);
    return 1;
  } finally {
    await stopAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

let signalled: string | undefined;

// Ending the children makes what waits for them fail, and `main` cleans up as after any failure.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    signalled = signal;
    console.error(`\nStopped by ${signal}`);
    await stopAll();
  });
}

// The SDK's clients here run on the tools' Node.js, which may be older than what the SDK announces to need.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
process.exitCode = await main(process.argv.slice(2));
