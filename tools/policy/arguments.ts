import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { ArgumentError } from '../arguments.ts';
import { PLACE_OPTIONS } from '../deployment/place.ts';
import { hasToken } from '../harmless.ts';
import { readArgumentFile } from '../parameters.ts';

const HERE = { ...PLACE_OPTIONS, json: { type: 'boolean' } } as const;
const WRITING = { ...HERE, yes: { type: 'boolean' }, 'no-wait': { type: 'boolean' } } as const;
const GIVEN = {
  revocations: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  'jwks-uri': { type: 'string' },
  upstream: { type: 'string' },
} as const;
const JUDGED = { accept: { type: 'string', multiple: true }, paths: { type: 'string' } } as const;
const VERSIONS = { 'if-version': { type: 'string', multiple: true } } as const;
const REVOKED = {
  ...WRITING,
  issuer: { type: 'string' },
  jti: { type: 'string', multiple: true },
  sub: { type: 'string', multiple: true },
  'client-id': { type: 'string', multiple: true },
  'issued-before': { type: 'string' },
  token: { type: 'string' },
  by: { type: 'string' },
} as const;

/** The options of each subcommand. */
export const SUBCOMMANDS = {
  diff: { ...HERE, ...GIVEN, ...JUDGED },
  put: { ...WRITING, ...GIVEN, ...JUDGED, ...VERSIONS },
  revoke: REVOKED,
  unrevoke: REVOKED,
  rollback: { ...WRITING, to: { type: 'string', multiple: true }, ...VERSIONS },
  status: { ...HERE, ...GIVEN },
} as const;

export type Subcommand = keyof typeof SUBCOMMANDS;

/** How many positional arguments each takes. */
export const POSITIONALS = {
  diff: 1,
  put: 1,
  revoke: 0,
  unrevoke: 0,
  rollback: 0,
  status: 1,
} as const satisfies Record<Subcommand, number>;

const NAMES = Object.keys(SUBCOMMANDS) as readonly Subcommand[];

/** The subcommand, which comes first, and its own arguments. */
export function takeSubcommand(args: readonly string[]): readonly [Subcommand, readonly string[]] {
  // First, so that no other message repeats the token.
  if (args.some(hasToken)) {
    throw new ArgumentError(
      "A token on the command line stays in the shell's history and shows in the list of processes. Pipe it in: pbpaste | npm run policy -- revoke --token -",
    );
  }
  const [first = '', ...rest] = args;
  const name = NAMES.find((one) => one === first);
  if (name !== undefined) return [name, rest];
  if (first === '' || first.startsWith('-')) {
    throw new ArgumentError(`Name a subcommand first: ${NAMES.join(', ')}.`);
  }
  const nearest = nearestName(first, NAMES);
  throw new ArgumentError(
    nearest === undefined
      ? `There is no such subcommand. The subcommands are ${NAMES.join(', ')}.`
      : `There is no such subcommand; did you mean ${nearest}?`,
  );
}

type GivenArguments = { readonly [name in keyof typeof GIVEN]?: string };

/** The parameters that the arguments give, with the contents of the files. */
export function givenParameters(values: GivenArguments, file: string | undefined): ParameterValues {
  const { revocations, issuer, audience, upstream, 'jwks-uri': jwksUri } = values;
  const given = {
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(jwksUri !== undefined && { 'jwks-uri': jwksUri }),
    ...(upstream !== undefined && { upstream }),
    ...(file !== undefined && { policy: readArgumentFile(file) }),
    ...(revocations !== undefined && { revocations: readArgumentFile(revocations) }),
  };
  const empty = Object.entries(given).find(([, value]) => value.trim() === '');
  if (empty !== undefined) {
    throw new ArgumentError(`The value of ${empty[0]} is empty, and SSM stores no empty values.`);
  }
  return given;
}

/** The error when no value is given. */
export const NOTHING_GIVEN = 'Name a policy FILE, or a parameter such as --issuer or --revocations FILE.';
