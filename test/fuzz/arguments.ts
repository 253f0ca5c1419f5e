import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run fuzz [-- --runs N] [--seed N]

Compares the verdicts of this verifier and of jose on generated and mutated tokens: all algorithms, key
sets of several shapes, edited headers and claims, other encodings, flipped bits, wrong keys. They must
agree, but where this one is stricter by a rule of test/fuzz/stricter-rules.ts. Ends with exit status 1 and
the token, the key set and both verdicts where they do not. Ctrl-C ends it early with the summary.

  --runs N   tokens to compare (default: 100000)
  --seed N   where the generator begins, from 0 to 2147483647 (default: by the clock)
  --help     print this text`;

export type Arguments =
  | { readonly kind: 'run'; readonly runs: number; readonly seed: number | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problem: string };

const DEFAULT_RUNS = 100_000;
export const MAX_SEED = 2_147_483_647;

/** Parses the command line of `npm run fuzz`. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { runs: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const unknown = [
    ...tokens.flatMap((token) =>
      token.kind === 'option' && !['runs', 'seed', 'help'].includes(token.name) ? [token.rawName] : [],
    ),
    ...positionals,
  ];
  if (unknown.length > 0) {
    const problem = `Unknown argument ${unknown.join(', ')}. There are --runs N, --seed N and --help.`;
    return { kind: 'invalid', problem };
  }
  if (values.help) return { kind: 'help' };
  const runs = wholeNumber(values.runs ?? String(DEFAULT_RUNS), 1, Number.MAX_SAFE_INTEGER);
  if (runs === undefined)
    return { kind: 'invalid', problem: '--runs takes a whole number, such as --runs 1000000.' };
  const seed = values.seed === undefined ? undefined : wholeNumber(values.seed, 0, MAX_SEED);
  if (values.seed !== undefined && seed === undefined) {
    return {
      kind: 'invalid',
      problem: `--seed takes a whole number from 0 to ${MAX_SEED}, such as --seed 7.`,
    };
  }
  return { kind: 'run', runs, seed };
}

function wholeNumber(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return undefined;
  const number = Number(value);
  return number >= min && number <= max ? number : undefined;
}
