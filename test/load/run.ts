import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runLoad } from './load.ts';
import { report } from './report.ts';

const HELP = `Usage: npm run load [-- --seconds N] [--connections N] [--write]

Drives the local stack with good, bad and slow requests, while the function's processes are killed once and
the upstream, the key endpoint, the keeper, S3 and SSM are taken away in turn. Fails unless every request got one answer,
its own, that the request or a fault explains, and the function's memory stayed flat.

  --seconds N      length of the run (default: 60)
  --connections N  requests under way at a time, each in a process of the function (default: 4)
  --write          write the report to docs/load.md
  --help           print this text`;

const DOCUMENT = fileURLToPath(new URL('../../docs/load.md', import.meta.url));

const PREFACE = `# Under load, with faults

What \`npm run load\` reports; written by \`npm run load -- --write\`. It shows that nothing is lost or unexplained
while parts fail, and that memory stays flat. It is no benchmark: everything shares one machine, and the client and
the emulated load balancer take more of it than the function.

`;

async function main(): Promise<number> {
  const { values, problem } = parse(process.argv.slice(2));
  if (problem !== undefined) {
    console.error(`${HELP}\n\n${problem}`);
    return 2;
  }
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const options = { seconds: Number(values.seconds), connections: Number(values.connections) };
  console.log(`Starting the stack; the run takes ${options.seconds} s …`);
  const { text, problems } = report(await runLoad({ ...options, say: console.log }), options);
  console.log(`\n${text}`);
  for (const line of problems) console.error(line);
  if (values.write && problems.length === 0) writeFileSync(DOCUMENT, PREFACE + text);
  return problems.length > 0 ? 1 : 0;
}

function parse(args: string[]) {
  const defaults = { seconds: '60', connections: '4', write: false, help: false };
  try {
    const { values } = parseArgs({
      args,
      options: {
        seconds: { type: 'string', default: defaults.seconds },
        connections: { type: 'string', default: defaults.connections },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    for (const [name, max] of [
      ['seconds', 3600],
      ['connections', 100],
    ] as const) {
      const value = values[name];
      if (!/^[1-9]\d*$/.test(value) || Number(value) > max) {
        return { values, problem: `--${name} takes a whole number from 1 to ${max}.` };
      }
    }
    return { values, problem: undefined };
  } catch (error) {
    return { values: defaults, problem: (error as Error).message };
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
