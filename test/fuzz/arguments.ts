import { parseArguments, wholeNumber } from '../../tools/arguments.ts';

export const HELP = `Usage: npm run fuzz [-- --runs N] [--seed N]

Compares the verdicts of this verifier and of jose on generated and mutated tokens: all algorithms, key
sets of several shapes, edited headers and claims, other encodings, flipped bits, wrong keys. They must
agree, unless a rule in test/fuzz/stricter-rules.ts makes this verifier stricter. If they do not, prints
the token, the key set and both verdicts, and exits with status 1. Ctrl-C ends it early with the summary.

  --runs N   tokens to compare (default: 100000)
  --seed N   seed of the generator, from 0 to 2147483647 (default: from the clock)
  --help     prints this text`;

export interface Arguments {
  readonly runs: number;
  readonly seed: number | undefined;
}

const DEFAULT_RUNS = '100000';
export const MAX_SEED = 2_147_483_647;

/** Parses the command line of `npm run fuzz`. */
export function parseFuzzArguments(args: readonly string[]): Arguments {
  const { values } = parseArguments(args, { runs: { type: 'string' }, seed: { type: 'string' } });
  const { runs = DEFAULT_RUNS, seed } = values;
  return {
    runs: wholeNumber('--runs', runs, { min: 1, example: 1_000_000 }),
    seed: seed === undefined ? undefined : wholeNumber('--seed', seed, { min: 0, max: MAX_SEED, example: 7 }),
  };
}
