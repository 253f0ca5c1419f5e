import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasMoto, startMoto } from './moto.ts';
import { stopAll } from './processes.ts';
import { rehearse } from './rehearsal.ts';

const HELP = `Usage: npm run test:deploy [-- --verbose]

Rehearses a deploy against moto_server, an AWS API in memory: cdk bootstrap and cdk deploy with the
pinned CLI, the load balancer's rule, the permission and the parameters read back, the issuer set with
the printed command, a second deploy that leaves it alone, then the deployed function's own code driven
with load balancer events; then a second stack with a rule on the same listener, a policy from a file and an
API Gateway authorizer, whose own code is driven too. Needs no AWS account and no Docker.

  --verbose  print what the CDK CLI and the function say
  --help     print this text

Without moto_server the rehearsal is skipped; to install it: pip install 'moto[server]'`;

async function main(args: readonly string[]): Promise<number> {
  let verbose: boolean;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    verbose = values.verbose;
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
    await rehearse({ endpoint, directory, verbose });
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
