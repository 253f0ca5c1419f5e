import { inspect, type ParseArgsConfig, parseArgs } from 'node:util';
import { nearestName } from '../lambda/core/config/nearest-name.ts';
import { firstLine } from '../lambda/io/service-error.ts';
import { harmless, withoutTokens } from './harmless.ts';

/** The options of a command, as `parseArgs` takes them. */
export type Options = NonNullable<ParseArgsConfig['options']>;

/** A command line with an error. The message says what would be right, and repeats nothing secret. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** The command cannot do what it was asked to do. The message says in one line what is wrong, where, and what to do. Status 1. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
}

type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K] extends { type: 'boolean' }
    ? boolean
    : O[K] extends { multiple: true }
      ? readonly string[]
      : string;
};

export interface ParsedArguments<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/** Parses a command line strictly. `positionals` is the maximum number of positional arguments. */
export function parseArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  positionals = 0,
): ParsedArguments<O> {
  const parsed = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw new ArgumentError(unknownOption(token.rawName, options));
    if (option.type === 'string' && (token.value === undefined || looksLikeOption(token))) {
      throw new ArgumentError(`${token.rawName} needs a value.`);
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw new ArgumentError(`${token.rawName} takes no value.`);
    }
  }
  const [unexpected] = parsed.positionals.slice(positionals);
  if (unexpected !== undefined) {
    throw new ArgumentError(`There is one argument too many: ${shown(unexpected)}.`);
  }
  return { values: parsed.values as Values<O>, positionals: parsed.positionals };
}

function unknownOption(name: string, options: Options): string {
  // Every command has --help, whether it parses it itself or not.
  const { help: _, ...others } = options;
  const written = (option: string) => {
    const short = others[option]?.short;
    return short === undefined ? `--${option}` : `-${short}`;
  };
  const nearest = nearestName(name.replace(/^-+/, ''), Object.keys(options));
  if (nearest !== undefined) return `There is no ${shown(name)}; did you mean ${written(nearest)}?`;
  const names = [...Object.keys(others), 'help'];
  const all = names.map(written).join(', ');
  return `There is no ${shown(name)}. The ${names.length === 1 ? 'only option is' : 'options are'} ${all}.`;
}

/** In `--issuer --audience x` the value was forgotten. `-` alone is a value, and so is `--x` in `--issuer=--x`. */
const looksLikeOption = ({ value, inlineValue }: { value?: string; inlineValue?: boolean | undefined }) =>
  inlineValue !== true && value !== undefined && /^-./.test(value);

/** An argument in a form that may be printed: never one that may be a token. */
const shown = (text: string): string => (text.length > 60 ? 'one that may be a token' : text);

/** The number that an option takes, from `min` (default 0) to `max`. */
export function wholeNumber(
  option: string,
  text: string,
  {
    min = 0,
    max = Number.MAX_SAFE_INTEGER,
    example = 10,
  }: { readonly min?: number; readonly max?: number; readonly example?: number } = {},
): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  throw new ArgumentError(`${option} takes a whole number ${range}, such as ${option} ${example}.`);
}

export interface Command {
  /** Begins with the command line: `Usage: npm run NAME …`. */
  readonly help: string;
  /** Returns the exit status. */
  readonly run: (args: readonly string[]) => Promise<number> | number;
}

/**
 * Runs a command as a process. `--help` prints the help. An error comes last, on standard error. Status 2 for bad arguments, 1 for
 * any other error.
 */
export async function runCommand({ help, run }: Command): Promise<void> {
  // Otherwise the AWS SDK's warning about coming versions of Node.js would follow the error.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // A reader such as head may close the pipe early. The command still finishes, with its own status.
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return;
  }
  try {
    process.exitCode = await run(args);
  } catch (error) {
    if (process.env.DEBUG) console.error(withoutTokens(harmless(inspect(error))));
    console.error(accountOf(error, help));
    process.exitCode = error instanceof ArgumentError ? 2 : 1;
  }
}

/** The lines with which a command ends after an error. */
export function accountOf(error: unknown, help: string): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  // Parsers quote what they could not parse, and a service's response or a file name can contain anything.
  const said = withoutTokens(harmless(message));
  if (error instanceof ArgumentError) return `${said}\nSee ${callOf(help)} -- --help`;
  if (error instanceof CommandFailure) return said;
  return `Unexpected ${name}: ${firstLine(said)} (this is a bug; DEBUG=1 prints where it is)`;
}

/** `npm run NAME`, or `npm start`. */
const callOf = (help: string): string => /npm (?:run )?[\w:-]+/.exec(help)?.[0] ?? 'the command';
