import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArguments, runCommand, wholeNumber } from '../../tools/arguments.ts';
import { MAX_SEED } from './arguments.ts';
import { filesWithProperties } from './property-files.ts';

const HELP = `Usage: npm run test:properties [-- --minutes N] [--seed N] [FILE ...]

Runs the tests that have properties again and again, each time with another seed, until one fails. npm test always uses
the same seed, so that a change passes or fails for what it changes; this looks for cases that nobody has tried yet.

  FILE         test files with properties, or folders of them (default: test)
  --minutes N  how long to go on; a round that has begun is finished (default: 10)
  --seed N     runs one round with this seed, to repeat a failure; a failure prints its seed
  --help       prints this text`;

let interrupted = false;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    { minutes: { type: 'string' }, seed: { type: 'string' } },
    Number.POSITIVE_INFINITY,
  );
  const minutes = wholeNumber('--minutes', values.minutes ?? '10', { min: 1 });
  const seed =
    values.seed === undefined ? undefined : wholeNumber('--seed', values.seed, { max: MAX_SEED, example: 7 });
  const files = filesWithProperties(positionals.length > 0 ? positionals : ['test']);
  const endsAt = Date.now() + (seed === undefined ? minutes * 60_000 : 0);
  let rounds = 0;
  do {
    const tried = seed ?? Math.floor(Math.random() * MAX_SEED);
    console.log(`Round ${rounds + 1}, seed ${tried}`);
    const status = await runRound(tried, files);
    if (interrupted) break;
    if (status !== 0) {
      console.error(
        `To reproduce it: npm run test:properties -- --seed ${tried}${positionals.map((one) => ` ${one}`).join('')}`,
      );
      return 1;
    }
    rounds += 1;
  } while (Date.now() < endsAt);
  // A terminal shows Ctrl-C where the cursor is.
  if (interrupted) console.log(`\nStopped in round ${rounds + 1}`);
  console.log(`No failure in ${counted(rounds, 'round')} of ${counted(files.length, 'test file')}`);
  return 0;
}

const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;

async function runRound(seed: number, files: readonly string[]): Promise<number | null> {
  const child = spawn(
    'npm',
    ['test', '--silent', '--', '--selectProjects', 'all', '--silent', '--runTestsByPath', ...files],
    {
      stdio: 'inherit',
      env: { ...process.env, PROPERTY_SEED: String(seed) },
      // npm is a script that only a shell finds on Windows.
      shell: process.platform === 'win32',
    },
  );
  const [status] = await once(child, 'close');
  return status;
}

// The terminal also sends the signal to Jest.
process.on('SIGINT', () => {
  interrupted = true;
});

await runCommand({ help: HELP, run });
