import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArguments, runCommand, wholeNumber } from '../../tools/arguments.ts';
import { runLoad } from './load.ts';
import { report } from './report.ts';

const HELP = `Usage: npm run load [-- --seconds N] [--connections N] [--write]

Sends good, bad and slow requests to the local stack. Meanwhile it kills the function's processes once, and takes
the upstream, the key endpoint, the keeper, S3 and SSM down in turn. Fails unless every request got its own answer, the
request or a fault explains that answer, and the function's memory stayed flat.

  --seconds N      length of the run (default: 60)
  --connections N  requests under way at a time, each in its own process of the function (default: 4)
  --write          writes the report to docs/load.md
  --help           prints this text`;

const DOCUMENT = fileURLToPath(new URL('../../docs/load.md', import.meta.url));

const PREFACE = `# Under load, with faults

This is the report of \`npm run load\`, written by \`npm run load -- --write\`. It shows that no
request is lost while parts fail, that each response is the expected one or has a fault as its cause, and that the
function's memory stays flat. It is not a benchmark: everything shares one machine, and the client and the emulated load
balancer use more of it than the function.

`;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(args, {
    seconds: { type: 'string' },
    connections: { type: 'string' },
    write: { type: 'boolean' },
  });
  const options = {
    seconds: wholeNumber('--seconds', values.seconds ?? '60', { min: 1, max: 3600 }),
    connections: wholeNumber('--connections', values.connections ?? '4', { min: 1, max: 100 }),
  };
  console.log(`Starting the stack; the run takes ${options.seconds} s …`);
  const { text, problems } = report(await runLoad({ ...options, say: console.log }), options);
  console.log(`\n${text}`);
  for (const line of problems) console.error(line);
  if (values.write && problems.length === 0) writeFileSync(DOCUMENT, PREFACE + text);
  return problems.length > 0 ? 1 : 0;
}

await runCommand({ help: HELP, run });
// Remains of the stack must not keep the process alive.
process.exit();
